"""axe-core in a page: https://github.com/dequelabs/axe-core, as axe-playwright-python ships it."""

from typing import Any

import pytest


def faults(tab: Any) -> list[str]:
    """What axe-core calls serious or critical, one line each: rule, how often, the first element."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{fault['id']} × {len(fault['nodes'])}: {fault['nodes'][0]['html']}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
    ]

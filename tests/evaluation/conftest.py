import pytest

from briefing.evaluation.cases import load
from briefing.evaluation.prepare import Prepared, prepared
from tests.evaluation.scripts import DATA


@pytest.fixture(scope="session")
def shipped() -> tuple[Prepared, ...]:
    return prepared(load([]))


@pytest.fixture(scope="session")
def plain() -> tuple[Prepared, ...]:
    """Cases in a language without word lists, where no rule finds anything."""
    return prepared(load([DATA], shipped=False))

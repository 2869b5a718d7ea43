"""`briefing send` with its clock set, for days that are only simulated.

python -m benchmarks.soak.postman BRIEFING.TOML MOMENT
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from briefing.commands.send import Options, send_edition


def main() -> int:
    """Send the latest edition as of that moment."""
    config, moment = sys.argv[1:]
    return send_edition(Options(config=Path(config)), print, lambda: datetime.fromisoformat(moment))


if __name__ == "__main__":
    sys.exit(main())

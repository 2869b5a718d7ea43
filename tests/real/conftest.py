"""Real pages are no part of the project: without BRIEFING_DATA these tests are not collected at all."""

import os

collect_ignore_glob = [] if os.environ.get("BRIEFING_DATA") else ["test_*.py"]

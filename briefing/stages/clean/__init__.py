"""Documents to articles: extraction, splitting, furniture, learned chrome, dates.

Document ─read→ lines ─split→ sections ─furniture→ pieces = Draft     per document (`draft`)
Drafts ─learn→ chrome of each source or folder                        once over all
Draft + chrome → Articles, a Failure, and what was dropped and why    per document (`finished`)
"""

from briefing.stages.clean.chrome import learn, remembered
from briefing.stages.clean.dates import parse_published
from briefing.stages.clean.records import Chrome, Cleaned, Draft, MapFunction, Piece, Trace
from briefing.stages.clean.stage import clean, draft

__all__ = [
    "Chrome", "Cleaned", "Draft", "MapFunction", "Piece", "Trace", "clean", "draft", "learn", "parse_published",
    "remembered",
]  # fmt: skip

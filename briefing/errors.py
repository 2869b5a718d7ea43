"""The exception tree.

BriefingError              shown to the user without a traceback
├── ConfigError            exit 2: a setting is wrong; says where and what to do
├── ItemError              one item failed; becomes a `Failure`, the rest goes on
│   ├── SourceError        a file, feed or page could not be read
│   └── PageError          a page was read and holds no article (chrome, paywall stub)
├── NothingProducedError   exit 4: no briefing could be written
├── StateError             exit 4: the state file cannot be used; it is never replaced in silence
├── EvidenceError          exit 6: an edition does not match its evidence
└── LockedError            exit 75: another run holds the lock
"""


class BriefingError(Exception):
    """The root; `exit_code` is what the command line returns for it."""

    exit_code = 1


class ConfigError(BriefingError):
    """A setting or argument is wrong."""

    exit_code = 2


class ItemError(BriefingError):
    """One item could not be handled; caught by the pipeline and printed in the briefing."""

    exit_code = 3


class SourceError(ItemError):
    """A file, feed or page could not be read."""


class PageError(ItemError):
    """A page was read and recognised as holding no article."""


class NothingProducedError(BriefingError):
    """No briefing could be written."""

    exit_code = 4


class StateError(BriefingError):
    """The state file is damaged, of a later version, or cannot be read."""

    exit_code = 4


class EvidenceError(BriefingError):
    """An edition does not match its evidence."""

    exit_code = 6


class LockedError(BriefingError):
    """Another run holds the lock."""

    exit_code = 75

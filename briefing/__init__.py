"""A cited daily briefing from many articles: evidence, not truth."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("briefing")

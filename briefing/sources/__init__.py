"""Where articles come from: each source is a plugin with `read(now) -> Reading`."""

from briefing.plugins import Reading

__all__ = ["Reading"]

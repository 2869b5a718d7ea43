"""Renderings of a briefing, each a plugin: a frozen record with an `extension` and `render(briefing) -> text`."""

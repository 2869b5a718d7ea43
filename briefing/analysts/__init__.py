"""Analysts turn a story into an analysis: `analyse(story) -> Analysis`. What they write is checked elsewhere."""

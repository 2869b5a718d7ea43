"""A source, an analyst, a model and an output for `briefing`, from a package of their own."""

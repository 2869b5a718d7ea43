"""Handing an edition to its readers: who has it, who still needs it, and the ways it goes."""

"""`briefing sources`: what is read each day is added, listed and tested, one module a command."""

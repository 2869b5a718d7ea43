"""What `briefing init` asks, and how the answers come into the commented settings file."""

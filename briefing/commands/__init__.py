"""What each command does once its arguments are read: one module each, no logic in the command line."""

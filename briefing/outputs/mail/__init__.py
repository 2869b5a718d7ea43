"""The mail: one message with plain text and HTML, small enough for every reader."""

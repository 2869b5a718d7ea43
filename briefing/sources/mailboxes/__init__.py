"""Mail: where it is kept, how it is fetched, what a message says."""

"""Getting what the sources want from the web: politely, safely, and no more often than needed."""

"""What comes from the web, read: feeds, lists of feeds, sitemaps, the links of pages. Pure."""

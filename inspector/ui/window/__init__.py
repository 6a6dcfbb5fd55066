"""The window around the pages, and what starts it."""

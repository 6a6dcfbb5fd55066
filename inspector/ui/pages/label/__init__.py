"""The page on which images get their labels: one by one, many at once, or off the map."""

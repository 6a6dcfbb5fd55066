"""Model files, and classifying folders with them: the table of results, sorted copies, maps."""

"""Files: written whole or not at all, and weights that are data, never code."""

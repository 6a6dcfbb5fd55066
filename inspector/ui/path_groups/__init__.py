"""Grouping images by their paths: the dialog, and what is done with its answer."""

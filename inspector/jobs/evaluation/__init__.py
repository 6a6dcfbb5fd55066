"""Judging a trained classifier, and the report of it."""

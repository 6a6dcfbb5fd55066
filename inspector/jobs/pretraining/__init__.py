"""Pretraining a project's encoder."""

"""Training a classifier on the labels, watching it, and comparing runs."""

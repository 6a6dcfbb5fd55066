"""How good answers are, how far they can be trusted, and on which images that may be asked."""

"""How far a trained classifier can be trusted, and the images behind each figure."""

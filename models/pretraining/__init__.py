"""Learning from unlabelled images: the loop, and an objective a file."""

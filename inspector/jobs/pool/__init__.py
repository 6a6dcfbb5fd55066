"""The images that learning may look at, and their features."""

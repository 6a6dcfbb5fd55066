"""The Classify page: a folder in, a CSV out, and what a person must look at."""

"""Which images of a project belong together, by likeness and by the user's pattern."""

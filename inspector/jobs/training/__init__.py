"""Training on a project's labels, and what is measured with it."""

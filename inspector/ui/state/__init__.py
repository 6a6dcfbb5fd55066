"""What the window knows: the open project, recent ones, settings."""

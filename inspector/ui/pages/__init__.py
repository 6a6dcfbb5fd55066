"""The pages of the window, one a file or folder, in the order of the work."""

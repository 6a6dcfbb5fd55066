"""Everything that learns: plain PyTorch and NumPy. Knows no window, no project and no command line."""

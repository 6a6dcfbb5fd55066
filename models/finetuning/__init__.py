"""Training the encoder itself with labels, and whether that paid."""

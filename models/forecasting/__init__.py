"""What more labels, and what pretraining, are worth."""

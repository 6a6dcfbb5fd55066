"""What the machine gives: devices, threads, memory. Knows nothing of learning."""

"""What every job needs while it runs: a device, being alone, being told of failures."""

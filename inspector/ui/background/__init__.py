"""What runs beside the window: jobs, and answers that are made anew while somebody works."""

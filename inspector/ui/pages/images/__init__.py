"""The Images page: what the project holds, found, looked at and labelled in bulk."""

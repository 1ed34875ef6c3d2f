"""What the service does: a function an operation, from a call to an answer."""

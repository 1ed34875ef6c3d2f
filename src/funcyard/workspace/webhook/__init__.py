"""GitHub's deliveries: proved by their signature, then told what they mean for a connection."""

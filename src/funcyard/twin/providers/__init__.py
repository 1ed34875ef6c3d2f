"""The clouds that layers may lie in."""

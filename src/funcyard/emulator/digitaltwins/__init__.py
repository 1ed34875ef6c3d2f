"""Azure Digital Twins: instances, and the graphs that they serve."""

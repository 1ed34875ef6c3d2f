"""Warm worker processes: started ahead, shared fairly, ended with everything they started."""

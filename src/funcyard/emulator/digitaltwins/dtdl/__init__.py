"""Models in DTDL: what they say, and which values fit them."""

"""Bindings: inputs read before a function runs, outputs written after it, their expressions."""

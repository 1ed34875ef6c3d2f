"""Versions of a workspace: what they hold, where their contents lie, which one is current."""

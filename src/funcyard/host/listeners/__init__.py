"""Listeners: what waits for a timer, a message or a blob and runs a function for it."""

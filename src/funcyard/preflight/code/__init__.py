"""Python sources read by their syntax: what names stand for, which module is which file.

An app that cannot be imported tells little of itself; its text still does.
"""

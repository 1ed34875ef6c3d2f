"""Brings a workspace to a version, and its view to what the version holds.

A push, a rollback, an adopted folder and an edit by hand all go the same way: ``draft.py`` stores
what is new and publishes the version, ``view.py`` brings the view to it. What runs and what is read
is the version, from the moment it is published.
"""

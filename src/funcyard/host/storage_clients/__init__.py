"""Azure's clients of storage, a module a service: each is imported when a function first needs it.

Importing them takes longer than all else that the host does before it serves.
"""

"""What both doors of an account refuse alike."""

from __future__ import annotations


class DefinitionError(Exception):
    """A database or a container cannot be like that."""

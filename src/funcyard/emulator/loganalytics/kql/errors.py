"""What is wrong with a query."""

from __future__ import annotations


class QueryError(Exception):
    """A query that is none, or not one that is run here.

    Args:
        message: What is wrong, for a person.
        position: Where in the text, from 0.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position

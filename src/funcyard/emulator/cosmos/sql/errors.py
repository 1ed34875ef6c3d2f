"""A query that cannot be run, told where it is wrong."""

from __future__ import annotations

import json


class QueryError(Exception):
    """A query is none, or none that is known here.

    Args:
        message: What is wrong.
        start: Where that begins, counted from 0.
        end: Where it ends.
        code: Azure's.
    """

    def __init__(self, message: str, start: int = 0, end: int = 0, code: str = "SC2001") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.code = code

    def told(self) -> str:
        """Return the error as Cosmos DB nests it in a message."""
        error = {
            "severity": "Error",
            "location": {"start": self.start, "end": self.end},
            "code": self.code,
            "message": self.message,
        }
        return json.dumps({"errors": [error]}, separators=(",", ":"))


def syntax(near: str, start: int) -> QueryError:
    """Say that a text is no query, and near what."""
    end = start + len(near)
    return QueryError(f"Syntax error, incorrect syntax near '{near}'.", start, end, "SC1001")


def unknown(what: str, start: int = 0) -> QueryError:
    """Say that a part of the language is not known here."""
    return QueryError(f"{what} is not supported by the local Cosmos DB.", start, start + len(what))

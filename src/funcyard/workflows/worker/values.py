"""What an execution returns, as JSON: strict, with the few types beyond it that mean one thing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import uuid
from pathlib import PurePath

from funcyard.workflows.wire import whole


class ResultError(Exception):
    """The returned value is no JSON, or too large; ``kind`` says which."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def to_json(value: object, longest: int) -> str:
    """Return a value as JSON text.

    Beyond JSON's own types: dataclasses as objects, enumerations as their values, dates and times
    in ISO 8601, UUIDs and paths as text. Halves of characters become U+FFFD.

    Args:
        value: What a workflow returned.
        longest: Bytes that the text may have.

    Raises:
        ResultError: It holds something else, a number that JSON has not, itself, or too much.
    """
    try:
        told = json.dumps(
            value, default=_plain, allow_nan=False, ensure_ascii=False, separators=(",", ":")
        )
    except (TypeError, ValueError, RecursionError) as fault:
        raise ResultError("ResultNotSerializable", f"the result is no JSON: {fault}") from None
    text = whole(told)
    if (size := len(text.encode())) > longest:
        raise ResultError(
            "ResultTooLarge", f"the result has {size:,} bytes; {longest:,} are allowed"
        )
    return text


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID | PurePath):
        return str(value)
    raise TypeError(f"an object of type {type(value).__name__}")

"""Results are JSON, strictly, and a few types that mean one thing in it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import uuid
from pathlib import PurePosixPath
from typing import Any

import pytest

from funcyard.workflows.worker.values import ResultError, to_json


@dataclasses.dataclass
class Point:
    x: int
    y: Any = None


class Color(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        ({"a": [1, 2.5, "é", True]}, '{"a":[1,2.5,"é",true]}'),
        ("\udcff \ud83d\ude00", '"\N{REPLACEMENT CHARACTER} \N{GRINNING FACE}"'),
        (Point(1, Point(2)), '{"x":1,"y":{"x":2,"y":null}}'),
        (Color.RED, '"red"'),
        (dt.datetime(2030, 1, 1, tzinfo=dt.UTC), '"2030-01-01T00:00:00+00:00"'),
        (dt.date(2030, 1, 1), '"2030-01-01"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (PurePosixPath("a/b"), '"a/b"'),
        ((1, 2), "[1,2]"),
    ],
)
def test_a_value_becomes_json(value: object, text: str) -> None:
    assert to_json(value, 1000) == text


def nested() -> list[Any]:
    inside: list[Any] = []
    inside.append(inside)
    return inside


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, b"bytes", float("nan"), float("inf"), nested(), {(1, 2): 3}, Point]
)
def test_anything_else_is_refused_by_name(value: object) -> None:
    with pytest.raises(ResultError) as raised:
        to_json(value, 1000)

    assert raised.value.kind == "ResultNotSerializable"


def test_too_much_is_refused() -> None:
    with pytest.raises(ResultError, match="1,002 bytes; 1,000 are allowed") as raised:
        to_json("x" * 1000, 1000)

    assert raised.value.kind == "ResultTooLarge"

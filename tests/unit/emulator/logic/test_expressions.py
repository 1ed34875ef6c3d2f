"""Expressions of workflows: what they mean, and which are refused."""

from __future__ import annotations

from typing import Any

import pytest

from funcyard.emulator.logic.expressions import ExpressionError, Known, check, settled

_KNOWN = Known(
    {"headers": {"x": "1"}, "queries": {}, "body": {"a": {"b": [1, "two"]}, "it's": 3}},
    {"call": {"statusCode": 200, "body": {"ok": True}}},
    {"word": "warm"},
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("@triggerBody()", {"a": {"b": [1, "two"]}, "it's": 3}),
        ("@triggerBody()['a']['b'][1]", "two"),
        ("@triggerBody()?['none']?['deeper']", None),
        ("@triggerBody()['it''s']", 3),
        ("@triggerOutputs()['headers']['x']", "1"),
        ("@body('call')['ok']", True),
        ("@outputs('call')['statusCode']", 200),
        (
            "@{parameters('word')} @{triggerBody()['a']['b']} @@ @{triggerBody()?['none']}",
            'warm [1, "two"] @ ',
        ),
        ("@@triggerBody()", "@triggerBody()"),
        ({"x": ["@parameters('word')"]}, {"x": ["warm"]}),
    ],
)
def test_expressions_mean_what_was_told(value: Any, expected: object) -> None:  # noqa: ANN401 - JSON
    list(check(value))
    assert settled(value, _KNOWN) == expected


@pytest.mark.parametrize(
    "value",
    ["@concat('a')", "@triggerBody('x')", "@body()", "@triggerBody().a", "@{utcNow()}", "@", "@ "],
)
def test_other_expressions_are_refused(value: str) -> None:
    with pytest.raises(ExpressionError):
        list(check(value))


@pytest.mark.parametrize("value", ["@triggerBody()['none']", "@body('other')", "@outputs('x')"])
def test_what_was_not_told_means_nothing(value: str) -> None:
    list(check(value))
    with pytest.raises(ExpressionError):
        settled(value, _KNOWN)

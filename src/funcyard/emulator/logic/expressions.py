"""Expressions in a workflow's definition: what a request or an action before told.

Of the many functions of the language those here are ``triggerBody``, ``triggerOutputs``, ``body``,
``outputs`` and ``parameters``, with the members of what they return. Others are refused when a
definition is written.
https://learn.microsoft.com/azure/logic-apps/workflow-definition-language-functions-reference
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CALL: Final = re.compile(
    r"(?P<name>triggerBody|triggerOutputs|body|outputs|parameters)"
    r"\(\s*(?:'(?P<argument>(?:[^']|'')*)')?\s*\)(?P<rest>.*)",
    re.DOTALL,
)
_MEMBER: Final = re.compile(r"(?P<safe>\??)\[\s*(?:'(?P<name>(?:[^']|'')*)'|(?P<number>\d+))\s*\]")
_PART: Final = re.compile(r"@@|@\{(?P<inner>[^}]*)\}")
_OF_TRIGGER: Final = ("triggerBody", "triggerOutputs")


class ExpressionError(Exception):
    """An expression is none that is served here, or means nothing in a run."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a run knows by now.

    Attributes:
        trigger: What the request told: ``headers``, ``queries`` and ``body``.
        actions: What each action told, by its name.
        parameters: Of the workflow.
    """

    trigger: Mapping[str, Any]
    actions: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Expression:
    name: str
    argument: str | None
    members: tuple[tuple[bool, str | int], ...]
    text: str


def check(value: object) -> Iterator[_Expression]:
    """Yield the expressions that a value holds.

    Raises:
        ExpressionError: One is none that is served here.
    """
    if isinstance(value, dict):
        for inner in value.values():
            yield from check(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from check(inner)
    elif isinstance(value, str):
        for part in _expressions(value):
            yield _read(part)


def settled(value: Any, known: Known) -> Any:  # noqa: ANN401 - JSON
    """Return a value with what its expressions mean.

    Raises:
        ExpressionError: One means nothing.
    """
    if isinstance(value, dict):
        return {name: settled(inner, known) for name, inner in value.items()}
    if isinstance(value, list):
        return [settled(inner, known) for inner in value]
    if not isinstance(value, str):
        return value
    if _is_whole(value):
        return _meaning(_read(value[1:]), known)

    def put(found: re.Match[str]) -> str:
        if found["inner"] is None:
            return "@"
        meant = _meaning(_read(found["inner"]), known)
        return meant if isinstance(meant, str) else "" if meant is None else json.dumps(meant)

    return _PART.sub(put, value)


def _is_whole(text: str) -> bool:
    return text.startswith("@") and not text.startswith(("@@", "@{"))


def _expressions(text: str) -> Iterator[str]:
    if _is_whole(text):
        yield text[1:]
        return
    for found in _PART.finditer(text):
        if found["inner"] is not None:
            yield found["inner"]


def _read(text: str) -> _Expression:
    found = _CALL.fullmatch(text.strip())
    if found is None:
        raise ExpressionError(f"the expression '{text}' is not served by the local Azure")
    name, argument = found["name"], found["argument"]
    if (argument is None) != (name in _OF_TRIGGER):
        raise ExpressionError(f"'{name}' in '{text}' has another number of arguments")
    members: list[tuple[bool, str | int]] = []
    at, rest = 0, found["rest"]
    while at < len(rest):
        member = _MEMBER.match(rest, at)
        if member is None:
            raise ExpressionError(f"'{rest[at:]}' in '{text}' names no member")
        key = int(member["number"]) if member["number"] else _unquoted(member["name"])
        members.append((bool(member["safe"]), key))
        at = member.end()
    return _Expression(
        name, None if argument is None else _unquoted(argument), tuple(members), text
    )


def _unquoted(text: str) -> str:
    return text.replace("''", "'")


def _meaning(one: _Expression, known: Known) -> Any:  # noqa: ANN401 - JSON
    place = _called(one, known)
    for is_safe, key in one.members:
        inside = isinstance(place, dict) and isinstance(key, str) and key in place
        if not inside and isinstance(place, list) and isinstance(key, int):
            inside = key < len(place)
        if not inside:
            if is_safe:
                return None
            raise ExpressionError(f"'{one.text}': there is no {key!r}")
        place = place[key]
    return place


def _called(one: _Expression, known: Known) -> Any:  # noqa: ANN401 - JSON
    if one.name in _OF_TRIGGER:
        return known.trigger.get("body") if one.name == "triggerBody" else dict(known.trigger)
    source: Mapping[str, Any] = known.parameters if one.name == "parameters" else known.actions
    if one.argument is None or one.argument not in source:
        raise ExpressionError(f"'{one.text}': '{one.argument}' told nothing")
    found = source[one.argument]
    return found.get("body") if one.name == "body" else found

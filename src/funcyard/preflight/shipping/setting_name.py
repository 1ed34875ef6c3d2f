"""The name of the setting whose value stands on a line, in any format that settings are written in.

``NAME=value``, ``NAME: value``, ``"NAME": {"value": …}``, and objects with a ``name`` and a
``value`` on one line or on several.
"""

from __future__ import annotations

import re

_KEY = re.compile(
    r"\s*(?:-\s+)?(?:\{\s*)?(?:(?:export|ENV|param|var)\s+)?[\"']?([\w.-]+)[\"']?\s*[:=]"
)
_NAMED = re.compile(r"(?<![\w.-])[\"']?name[\"']?\s*[:=]\s*[\"']?([\w.-]+)", re.IGNORECASE)
_OPENS, _CLOSES = re.compile(r"[{(\[]\s*$|^\s*-\s"), re.compile(r"^\s*[})\]]")
_MOST_LINES = 30
_PARTS = frozenset(
    {"accountname", "blobendpoint", "defaultendpointsprotocol", "usedevelopmentstorage"}
)
"""Keys with which a connection string itself begins."""


def setting_at(lines: list[str], number: int) -> str:
    """Return the setting that a line gives a value to, empty where that cannot be told.

    Args:
        lines: The lines of the file.
        number: The line, from 1.
    """
    line = lines[number - 1]
    named = _NAMED.search(line)
    if named:
        return named[1]
    key = _key(line)
    if key and key.lower() != "value":
        return key
    if not key:
        # A value below its key, as YAML has it.
        return _key(lines[number - 2]) if number > 1 else ""
    return _of_object(lines, number)


def _of_object(lines: list[str], number: int) -> str:
    """Return the name beside a ``value``, else the key of the object that holds it."""
    opened = ""
    for line in reversed(lines[max(0, number - 1 - _MOST_LINES) : number - 1]):
        if named := _NAMED.search(line):
            return named[1]
        if _CLOSES.search(line):
            break
        if _OPENS.search(line):
            opened = _key(line)
            break
    for line in lines[number : number + _MOST_LINES]:
        if _CLOSES.search(line) or _OPENS.search(line):
            break
        if named := _NAMED.search(line):
            return named[1]
    return opened


def _key(line: str) -> str:
    match = _KEY.match(line)
    return match[1] if match and match[1].lower() not in _PARTS else ""

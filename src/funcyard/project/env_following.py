"""``.env.local`` follows what is generated, line by line, where nobody edited it.

The file is a person's and is never merged with markers: a line that still is as it was generated
becomes what is generated now, or goes where nothing is; every other line stays, and what a person
sets is not offered beside it again. What was generated is known from ``names.ENV_TEMPLATE``, the
same file without the key.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_SETS = re.compile(rb"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.:]*)\s*=")
_OFFERS = re.compile(rb"(?:# )?([A-Za-z_][A-Za-z0-9_]*)=")


def following(content: bytes, before: bytes, now: bytes) -> bytes:
    """Return an ``.env.local`` brought from one generation to the next.

    Args:
        content: What it holds.
        before: What the template was generated as before.
        now: What it is generated as now.

    Returns:
        The same, but for lines that are exactly as they were ``before`` and are not so ``now``.
    """
    old, new = before.splitlines(), now.splitlines()
    lines = content.split(b"\n")
    plain = [line.removesuffix(b"\r") for line in lines]
    ending = b"\r" if lines[0].endswith(b"\r") else b""
    at = _untouched(old, plain)
    gone: set[int] = set()
    added: dict[int, list[bytes]] = {}
    for tag, begin, end, first, last in _matcher(old, new).get_opcodes():
        mine = [at[index] for index in range(begin, end) if index in at]
        if tag == "equal" or (tag != "insert" and not mine):
            continue
        gone.update(mine)
        place = min(mine) if mine else _after(begin, at, len(lines) - (not lines[-1]))
        added.setdefault(place, []).extend(new[first:last])
    if not gone and not added:
        return content
    kept = [line for index, line in enumerate(plain) if index not in gone]
    taken = {match[1] for line in kept if (match := _SETS.match(line))}
    result: list[bytes] = []
    for index in range(len(lines) + 1):
        result += [line + ending for line in added.get(index, ()) if _name(line) not in taken]
        if index < len(lines) and index not in gone:
            result.append(lines[index])
    return b"\n".join(result)


def _matcher(before: list[bytes], after: list[bytes]) -> SequenceMatcher[bytes]:
    return SequenceMatcher(None, before, after, autojunk=False)


def _untouched(old: list[bytes], lines: list[bytes]) -> dict[int, int]:
    """Return where each generated line still is; a variable's also where it was moved to."""
    at = {
        block.a + offset: block.b + offset
        for block in _matcher(old, lines).get_matching_blocks()
        for offset in range(block.size)
    }
    free = {line: place for place, line in enumerate(lines) if place not in set(at.values())}
    for index, line in enumerate(old):
        if index not in at and _OFFERS.match(line) and line in free:
            at[index] = free[line]
    return at


def _after(begin: int, at: dict[int, int], end: int) -> int:
    """Return where a new line goes: behind the nearest generated one that is there."""
    return next((at[index] + 1 for index in range(begin - 1, -1, -1) if index in at), end)


def _name(line: bytes) -> bytes | None:
    match = _OFFERS.match(line)
    return match[1] if match else None

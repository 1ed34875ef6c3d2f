"""The markers that a merge leaves in a text, and the text as the first of its sides has it.

https://git-scm.com/docs/git-merge, HOW CONFLICTS ARE PRESENTED.
"""

from __future__ import annotations

import re

MARKER = r"^(<<<<<<<|>>>>>>>|\|\|\|\|\|\|\|)( |$)"
"""A line that only a merge writes; one of equals signs alone may be the underline of a heading."""

_BEGIN, _MIDDLE, _END = "<<<<<<<", "=======", ">>>>>>>"
_LINE = re.compile(MARKER)


def one_side(text: str) -> str:
    """Return a text without markers and other sides, each line on the one that it was on."""
    kept: list[str] = []
    inside, dropping = False, False
    for line in text.split("\n"):
        marker = _LINE.match(line.rstrip("\r"))
        kind = marker[1] if marker else _MIDDLE if inside and line.rstrip("\r") == _MIDDLE else ""
        if kind == _BEGIN:
            inside, dropping = True, False
        elif kind == _END:
            inside = dropping = False
        elif kind:
            dropping = inside
        kept.append("" if kind or dropping else line)
    return "\n".join(kept)

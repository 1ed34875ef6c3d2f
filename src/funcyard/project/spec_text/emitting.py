"""YAML source for plain data: lines of block style, or one line of flow style.

Values are mappings, lists, text, numbers, booleans and None. Text stands without quotes where
nothing can take it for anything else, and as a JSON string otherwise, which is YAML too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN = re.compile(r"(?:[A-Za-z/]|[.~]/|\.[A-Za-z])[A-Za-z0-9 _./()'$*%+@=;,{}-]*\Z")
_PLAIN_IN_FLOW = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*\Z")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n", "~"})
_NUMBER_LIKE = re.compile(r"[-+.~]*[0-9]|\.(inf|nan)\Z", re.IGNORECASE)
_SPECIAL = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def block(value: object, indent: int = 0) -> Iterator[str]:
    """Yield the lines of a mapping or a list, each indented; lists of short text in brackets."""
    pad = " " * indent
    if isinstance(value, Mapping):
        for key, item in value.items():
            name = scalar(str(key), in_flow=True)
            if _is_inline(item):
                yield f"{pad}{name}: {inline(item)}"
            else:
                yield f"{pad}{name}:"
                yield from block(item, indent + 2)
    elif isinstance(value, Sequence):
        for item in value:
            if _is_inline(item):
                yield f"{pad}- {inline(item)}"
            else:
                first, *rest = block(item, indent + 2)
                yield f"{pad}- {first.lstrip()}"
                yield from rest


def inline(value: object) -> str:
    """Return what stands behind a key in block style: a scalar, or a collection in brackets."""
    return flow(value) if isinstance(value, (Mapping, list, tuple)) else scalar(value)


def flow(value: object) -> str:
    """Return any value in one line, brackets around collections."""
    if isinstance(value, Mapping):
        items = (f"{scalar(str(k), in_flow=True)}: {flow(item)}" for k, item in value.items())
        return f"{{{', '.join(items)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(flow(item) for item in value)}]"
    return scalar(value, in_flow=True)


def scalar(value: object, *, in_flow: bool = False) -> str:
    """Return text, a number, a boolean or None as one YAML scalar."""
    if not isinstance(value, str):
        return json.dumps(value)
    pattern = _PLAIN_IN_FLOW if in_flow else _PLAIN
    is_plain = (
        pattern.match(value)
        and value.lower() not in _WORDS
        and not _NUMBER_LIKE.match(value)
        and not value.endswith(" ")
        and value not in {".", ".."}
    )
    return value if is_plain else quoted(value)


def quoted(text: str) -> str:
    """Return text in double quotes, what YAML cannot hold as it is escaped."""
    plain = json.dumps(text, ensure_ascii=False)
    return _SPECIAL.sub(lambda match: f"\\u{ord(match[0]):04x}", plain)


def _is_inline(value: object) -> bool:
    """Whether a value stands on its key's line: scalars, and lists of words such as methods."""
    if isinstance(value, Mapping):
        return not value
    if isinstance(value, (list, tuple)):
        return all(isinstance(item, str) and _PLAIN_IN_FLOW.match(item) for item in value)
    return True

"""Which level a line of a log says that it has, where it says so.

Loggers of Python, of Node and of Go write it at the begin of a line, or as a member of JSON; a line
without one may be the end of the world all the same, such as that of a traceback.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_MEMBERS: Final = ("level", "levelname", "severity", "log.level", "lvl", "LogLevel")
_INFORMATION: Final = frozenset({"trace", "debug", "info", "information", "notice"})
_NUMBERS: Final = range(10, 31)
"""Levels of pino and bunyan: 10 trace, 20 debug, 30 information."""
_TIME: Final = r"(?:\[?\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?\]?[ \t]+)?"
_BEGIN: Final = re.compile(rf"{_TIME}\[?(?:TRACE|DEBUG|INFO|INFORMATION|NOTICE)\]?(?=[:\s-])")


def is_information(text: str) -> bool:
    """Whether a line says of itself that it is about nothing that went wrong."""
    if text.startswith("{"):
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return False
        return isinstance(document, dict) and has_low_level(document)
    return _BEGIN.match(text) is not None


def has_low_level(document: Mapping[str, object]) -> bool:
    """Whether a line that is JSON says so in one of its members."""
    level = next((document[name] for name in _MEMBERS if name in document), None)
    if isinstance(level, str):
        return level.lower() in _INFORMATION
    return isinstance(level, int) and not isinstance(level, bool) and level in _NUMBERS

"""A path that a person names: what it may be before anything else asks the disk about it.

Messages, JSON documents and generated files name the places they speak of, one a line. So a path
is text without control characters, and the system can at least look at it.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from funcyard.errors import UsageError

_NOT_ON_A_LINE = frozenset({"Cc", "Zl", "Zp"})
_SHOWN = 80


class BadPathError(UsageError):
    """A path cannot be used, whatever is or is not there."""

    code = "bad-path"


def usable(path: os.PathLike[str] | str) -> Path:
    """Return the absolute path of what a person named, which need not exist; links stay.

    Raises:
        BadPathError: It is empty, is no text or not on one line, or the system refuses to look at
            it: a part of it is too long, no folder, a link to itself, or may not be searched.
    """
    text = os.fspath(path)
    if not text:
        raise BadPathError("the path is empty", hint="`.` is the current folder")
    whole = os.path.abspath(text)  # noqa: PTH100 - resolve() would follow the links
    if not is_text(whole):
        raise BadPathError(
            f"{shown(whole)} holds bytes that are no text", hint="rename it, or name another"
        )
    if any(unicodedata.category(character) in _NOT_ON_A_LINE for character in whole):
        raise BadPathError(
            f"{shown(whole)} holds a line break or another control character",
            hint="rename it, or name another",
        )
    try:
        os.stat(whole)  # noqa: PTH116 - the text as it is
    except FileNotFoundError:
        pass
    except OSError as fault:
        raise BadPathError(
            f"{shown(whole)} cannot be used: {_reason(Path(whole), fault)}",
            hint="name another path, or mend what is in the way",
        ) from fault
    return Path(whole)


def _reason(path: Path, fault: OSError) -> str:
    if isinstance(fault, NotADirectoryError):
        blocking = next((at for at in path.parents if at.exists() and not at.is_dir()), path)
        return f"{shown(str(blocking))} is no folder"
    return str(fault.strerror)


def is_text(argument: str) -> bool:
    """Whether a text from the system was decodable: bytes that are not become surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in argument)


def shown(text: str) -> str:
    """Return a path as a message can show it: on one line, its middle cut where it is too long."""
    quoted = repr(text) if is_text(text) else repr(os.fsencode(text))[1:]
    begin = _SHOWN // 4
    return quoted if len(quoted) <= _SHOWN else f"{quoted[:begin]}…{quoted[begin - _SHOWN :]}"

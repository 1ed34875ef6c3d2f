r"""Paths of a workspace: which are allowed, which are one and the same, and where a scope lies.

Every path that comes from outside (a request, a commit, a ZIP) passes :func:`check_path` once;
behind it a path is a string of names with ``/`` between them that can be joined to a root without a
thought. A path is refused, never mended, so that nobody writes one name and finds another.

What is allowed is what every place a workspace lies in can hold: Azure Files (names of 255, paths
of 2,048 characters, 250 folders deep, the characters and devices of "Naming and referencing shares,
directories, files, and metadata"), Linux (255 bytes a name), Windows clients of the share (no dot
or space at the end, ``CON.txt`` is a device too) and Git.

- Names are in NFC. Azure Files compares code points, macOS normalises: in another form one name
  would be two files here and one file there.
- Two names that differ by case are one (:func:`fold`), as on SMB.
- What cannot be seen is refused: controls, format characters (the bidirectional ones make a name
  read as another), private use (the Linux SMB client maps it to ``:`` and ``\``), noncharacters.
  Joiners are letters in some scripts and stay, but two names that differ by one are one.
- Look-alikes of dots, separators and devices (U+FF0F for a slash, ``COM¹``) are refused, for the
  programs that normalise. Letters that look alike in two scripts are not: nothing is decided by
  how a name looks.
- A percent sign is a character like others, but where the decoded name would be refused the name
  is too: somewhere a proxy decodes twice.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

from funcyard.errors import UsageError

LONGEST_NAME: Final = 255
"""In UTF-16 code units, as Azure Files counts, and in bytes, as Linux does."""

LONGEST_PATH: Final = 1_900
"""In UTF-16 code units; what is left of 2,048 is for the scope's root."""

LONGEST_PATH_BYTES: Final = 3_072
"""What is left of Linux's 4,096 is for where the workspace is mounted."""

DEEPEST: Final = 240
"""How many names a path may have; Azure Files allows 250, the scope's root takes some."""

LEFTOVER_PREFIX: Final = ".funcyard~"
"""How the names of files begin that are written aside; what is left of them is no item."""

PLATFORM_FOLDERS: Final = frozenset({".funcyard", ".packages"})
"""Folders in a scope's root that no sync and no edit touches."""

_FORBIDDEN: Final = frozenset('<>:"|?*\\')
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", "clock$", "conin$", "conout$"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in range(10)}
)
_JOINERS: Final = "\u200c\u200d"
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_ASCII_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_SHOWN: Final = 80


class InvalidPathError(UsageError):
    """A path that no workspace can hold, or that means to lead out of it.

    Attributes:
        reason: Which rule it breaks, in kebab case.
    """

    code = "workspace-path"

    def __init__(self, message: str, *, reason: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class ReservedPathError(InvalidPathError):
    """A path in what belongs to the platform or to Git."""

    code = "workspace-path-reserved"


def check_path(path: str) -> str:
    """Return a path as it was given, where a workspace can hold it.

    Args:
        path: From a scope's root, ``/`` between names. The root itself is none.

    Raises:
        ReservedPathError: It lies in a folder of the platform's or is called ``.git`` somewhere.
        InvalidPathError: It breaks any other rule.
    """
    names = path.split("/")
    if path.startswith("/"):
        raise _refused(path, "absolute", "begins with a slash")
    for name in names:
        if fault := _fault(name):
            raise _refused(path, *fault)
    if len(names) > DEEPEST:
        raise _refused(path, "too-deep", f"is more than {DEEPEST} names deep")
    if _units(path) > LONGEST_PATH or len(path.encode()) > LONGEST_PATH_BYTES:
        raise _refused(path, "too-long", f"is longer than {LONGEST_PATH} characters")
    _check_reserved(path, names)
    return path


def check_folder(path: str) -> str:
    """Return the path of a folder as it was given; the empty path is the root.

    Raises:
        InvalidPathError: As :func:`check_path`.
    """
    return check_path(path) if path else path


def is_name(name: str) -> bool:
    """Whether a file or folder in a workspace may be called that."""
    return _fault(name) is None


def is_leftover(name: str) -> bool:
    """Whether a name is one that files have while they are written aside."""
    return name[: len(LEFTOVER_PREFIX)].lower() == LEFTOVER_PREFIX


def fold(path: str) -> str:
    """Return what two paths share that cannot both be there.

    It is coarser than any one file system: upper and lower case, full case folding (``ß`` is
    ``ss``) and joiners make no difference.
    """
    if path.isascii():
        return path.lower()
    for joiner in _JOINERS:
        path = path.replace(joiner, "")
    folded = unicodedata.normalize("NFD", path).upper().casefold()
    return unicodedata.normalize("NFC", folded)


def printable(path: str) -> str:
    """Return a path so that it can be sent and kept: bytes that are no text are escaped."""
    return path.encode(errors="backslashreplace").decode()


def parent_of(path: str) -> str:
    """Return the folder that a path is in; empty for the root."""
    return path.rpartition("/")[0]


def name_of(path: str) -> str:
    """Return the last name of a path."""
    return path.rpartition("/")[2]


def join(folder: str, name: str) -> str:
    """Return the path of something in a folder."""
    return f"{folder}/{name}" if folder else name


def _fault(name: str) -> tuple[str, str] | None:
    """Return the rule that a name breaks and how that is said, None where it breaks none."""
    if len(name) <= LONGEST_NAME and _ASCII_NAME.fullmatch(name):
        return _device(name)
    if not name:
        return "empty-name", "has an empty name"
    if fault := _characters(name) or _look(name) or _length(name):
        return fault
    if is_leftover(name):
        return "reserved-name", f"has a name that begins with {LEFTOVER_PREFIX}"
    return _decoded(name) if "%" in name else None


def _characters(name: str) -> tuple[str, str] | None:
    for one in name:
        if one in _FORBIDDEN:
            return "forbidden-character", f"has the character {one}"
        if one in _JOINERS:
            continue
        if unicodedata.category(one) in _UNSEEN or _is_noncharacter(one):
            return "unseen-character", f"has the character U+{ord(one):04X}"
    if not unicodedata.is_normalized("NFC", name):
        return "not-nfc", "is not in Unicode's composed form (NFC)"
    if not name.strip(_JOINERS):
        return "empty-name", "has a name of nothing that can be seen"
    return None


def _look(name: str) -> tuple[str, str] | None:
    """Return what is wrong with a name as a program would see it that normalises."""
    plain = unicodedata.normalize("NFKC", name)
    for joiner in _JOINERS:
        plain = plain.replace(joiner, "")
    if plain in {".", ".."}:
        return "traversal", "has a name of dots"
    if "/" in plain or "\\" in plain:
        return "separator", "has a character that stands for a slash"
    if plain.endswith((".", " ")):
        return "trailing", "has a name that ends with a dot or a space"
    return _device(plain)


def _device(name: str) -> tuple[str, str] | None:
    if name.partition(".")[0].rstrip(" ").lower() in _DEVICES:
        return "device", "has the name of a device"
    return None


def _length(name: str) -> tuple[str, str] | None:
    if _units(name) > LONGEST_NAME or len(name.encode()) > LONGEST_NAME:
        return "too-long", f"has a name longer than {LONGEST_NAME} characters or bytes"
    return None


def _decoded(name: str) -> tuple[str, str] | None:
    try:
        decoded = unquote(name, errors="strict")
    except UnicodeDecodeError:
        return "percent-encoded", "has percent-encoded bytes that are no text"
    if decoded != name and ("/" in decoded or _fault(decoded)):
        return "percent-encoded", "has a name that is refused once it is decoded"
    return None


def _check_reserved(path: str, names: list[str]) -> None:
    keys = [fold(name) for name in names]
    if keys[0] in PLATFORM_FOLDERS:
        raise ReservedPathError(
            f"the path {_shown(path)} belongs to the platform",
            reason="reserved",
            hint=f"{names[0]} is kept as it is by syncs and edits",
        )
    if ".git" in keys:
        raise ReservedPathError(f"the path {_shown(path)} belongs to Git", reason="reserved")


def _refused(path: str, reason: str, said: str) -> InvalidPathError:
    return InvalidPathError(f"the path {_shown(path)} {said}", reason=reason)


def _shown(path: str) -> str:
    """Return a path so that a terminal and a log can take it: short and escaped."""
    return ascii(path if len(path) <= _SHOWN else f"{path[:_SHOWN]}...")


def _is_noncharacter(one: str) -> bool:
    code = ord(one)
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE  # noqa: PLR2004  Unicode's own


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2

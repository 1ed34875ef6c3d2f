"""An exception of user code as data: its kind, its message, its traceback from the user's side.

Frames of the worker and of the import machinery are left out. Lines are shown as the snapshot has
them: the file at the view's path may be of a later version already.
"""

from __future__ import annotations

import linecache
import traceback
from pathlib import Path
from typing import Any, Final

_OWN: Final = str(Path(__file__).parents[1])
_LONGEST_MESSAGE: Final = 4_000
_LONGEST_TRACEBACK: Final = 16_000
_UNPRINTABLE: Final = "its message could not be made"


class Teller:
    """Describes exceptions of one snapshot's code."""

    def __init__(self, folder: Path, view: str) -> None:
        self._folder = folder
        self._view = view

    def describe(self, fault: BaseException) -> dict[str, Any]:
        """Return ``kind``, ``message`` and ``traceback`` of an exception."""
        self._provide_lines(fault, set())
        told = traceback.TracebackException.from_exception(fault, compact=True)
        _leave_out_own(told)
        return {
            "kind": type(fault).__name__,
            "message": _cut(_message(fault), _LONGEST_MESSAGE),
            "traceback": _cut("".join(told.format()), _LONGEST_TRACEBACK),
        }

    def line_in(self, file: str, fault: BaseException) -> int:
        """Return the line of a file of the snapshot that an exception points at; 0 for none."""
        shown = f"{self._view}/{file}"
        if isinstance(fault, SyntaxError) and fault.filename == shown:
            return fault.lineno or 0
        found = 0
        for frame, line in traceback.walk_tb(fault.__traceback__):
            if frame.f_code.co_filename == shown:
                found = line
        return found

    def relative(self, shown: str) -> str:
        """Return a file of the view relative to its root; as it is where it lies elsewhere."""
        return shown.removeprefix(f"{self._view}/")

    def _provide_lines(self, fault: BaseException | None, seen: set[int]) -> None:
        """Put the snapshot's text where traceback looks for lines, for good."""
        if fault is None or id(fault) in seen:
            return
        seen.add(id(fault))
        names = {frame.f_code.co_filename for frame, _ in traceback.walk_tb(fault.__traceback__)}
        for name in names:
            if name.startswith(f"{self._view}/") and name not in linecache.cache:
                try:
                    text = (self._folder / self.relative(name)).read_text(encoding="utf-8")
                except (OSError, ValueError):
                    continue
                # Without a time it is never compared with the file of that name.
                linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        self._provide_lines(fault.__cause__, seen)
        self._provide_lines(fault.__context__, seen)
        for one in getattr(fault, "exceptions", ()):
            self._provide_lines(one, seen)


def _message(fault: BaseException) -> str:
    try:
        return str(fault)
    except Exception:  # noqa: BLE001 - the user's own __str__ may raise anything
        return _UNPRINTABLE


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"


def _leave_out_own(told: traceback.TracebackException) -> None:
    told.stack = traceback.StackSummary.from_list(
        [
            frame
            for frame in told.stack
            if not frame.filename.startswith((_OWN, "<frozen "))
            and not frame.filename.endswith("/importlib/__init__.py")
        ]
    )
    for chained in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if chained is not None:
            _leave_out_own(chained)

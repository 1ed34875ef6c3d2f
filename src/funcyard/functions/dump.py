"""What Python's faulthandler wrote when an app crashed or hung: the stack, and the user's place.

https://docs.python.org/3/library/faulthandler.html; its lines read ``File "…", line N in name``,
the innermost frame first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .failure import is_machinery, is_own, is_users, relative

if TYPE_CHECKING:
    from pathlib import Path

    from .failure import Place

TIMED_OUT = re.compile(r"^Timeout \(\d+:\d\d:\d\d", re.MULTILINE)
_FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+) in ', re.MULTILINE)


def place_in(text: str, app_dir: Path) -> Place | None:
    """Return the app's innermost frame in a dump, None where there is no such frame."""
    for frame in _FRAME.finditer(text):
        if is_users(frame["file"], app_dir) and frame["file"].startswith(f"{app_dir}/"):
            return relative(frame["file"], app_dir), int(frame["line"])
    return None


def without_machinery(text: str) -> str:
    """Return the text without the import machinery, the loader and whatever called that."""
    kept: list[str] = []
    in_app = True
    for line in text.splitlines():
        frame = _FRAME.match(line)
        in_app = frame is None or (in_app and not is_own(frame["file"]))
        if frame is None or (in_app and not is_machinery(frame["file"])):
            kept.append(line)
    return "\n".join(kept)

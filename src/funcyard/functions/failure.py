"""Why an app could not be loaded, told from the user's side: their file, their line, their frames.

Takes the exception and the app's folder. Frames of the loader and of the import machinery are left
out of the traceback, in chained exceptions too.
"""

from __future__ import annotations

import inspect
import sysconfig
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .model import LoadFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

Place = tuple[str, int]
"""A file, relative to the app where it lies inside it, and a line from 1 or 0."""

_OWN = tuple(f"{Path(__file__).parents[1]}/{own}" for own in ("functions/", "host/", "__init__.py"))
_INSTALLED = frozenset({"site-packages", "dist-packages", ".python_packages"})
_LIBRARY = tuple({sysconfig.get_path("stdlib") + "/", sysconfig.get_path("platstdlib") + "/"})
_IMPORT = "/importlib/__init__.py"
_UNPRINTABLE = "Unhandled exception in function. Could not serialize original exception message."


def failure_of(fault: BaseException, app_dir: Path, place: Place | None = None) -> LoadFailure:
    """Describe a failure.

    Args:
        fault: What was raised.
        app_dir: The app's folder, absolute.
        place: Where it points at if known better than from its traceback.
    """
    file, line = place or place_of(fault, app_dir) or ("", 0)
    return LoadFailure(
        kind=type(fault).__name__,
        message=message_of(fault),
        file=file,
        line=line,
        traceback=_traceback(fault),
    )


def message_of(fault: BaseException) -> str:
    """Return an exception's text, the official excuse where it has none that can be told."""
    try:
        return str(fault)
    except Exception:  # noqa: BLE001 - the user's own __str__ may raise anything
        return _UNPRINTABLE


def place_of(fault: BaseException, app_dir: Path) -> Place | None:
    """Return what an exception points at: a syntax error's position, else the user's last frame."""
    if isinstance(fault, SyntaxError) and fault.filename and Path(fault.filename).is_file():
        return relative(fault.filename, app_dir), fault.lineno or 0
    found: Place | None = None
    for frame, line in traceback.walk_tb(fault.__traceback__):
        if is_users(frame.f_code.co_filename, app_dir):
            found = relative(frame.f_code.co_filename, app_dir), line
    return found


def definition_of(call: Any, app_dir: Path) -> Place | None:  # noqa: ANN401 - whatever was decorated
    """Return where the user's function is defined, its first decorator's line.

    Wrappers are followed to what they wrap, those of Durable Functions included.
    """
    for candidate in _unwrapped(call):
        code = getattr(candidate, "__code__", None)
        if code is not None and is_users(code.co_filename, app_dir):
            return relative(code.co_filename, app_dir), int(code.co_firstlineno)
    return None


def relative(file: str, app_dir: Path) -> str:
    """Return a file's path relative to the app, or as it is where it lies elsewhere."""
    path = Path(file)
    return (path.relative_to(app_dir) if path.is_relative_to(app_dir) else path).as_posix()


def is_users(file: str, app_dir: Path) -> bool:
    """Whether a source file is the user's: no installed package, no library, not the loader."""
    # Asked of every module that an app imports, so by text: a path object for each is slower.
    if not file.startswith("/") or is_machinery(file):
        return False
    inside = f"{app_dir}/"
    if file.startswith(inside):
        return _INSTALLED.isdisjoint(file.removeprefix(inside).split("/"))
    return not file.startswith(_LIBRARY) and _INSTALLED.isdisjoint(file.split("/"))


def is_own(file: str) -> bool:
    """Whether a frame of this file is the loader's."""
    return file.startswith(_OWN)


def is_machinery(file: str) -> bool:
    """Whether a frame of this file says nothing to a user: the loader or Python's import."""
    return is_own(file) or file.startswith("<frozen ") or file.endswith(_IMPORT)


def _unwrapped(call: Any) -> Iterator[Any]:  # noqa: ANN401 - whatever was decorated
    inner = inspect.unwrap(call)
    yield inner
    for attribute in ("orchestrator_function", "entity_function"):
        if hasattr(inner, attribute):
            yield inspect.unwrap(getattr(inner, attribute))
    yield call


def _traceback(fault: BaseException) -> str:
    told = traceback.TracebackException.from_exception(fault)
    _leave_out_own_frames(told)
    text = "".join(told.format())
    kind = type(fault)
    if kind.__module__.partition(".")[0] == __name__.partition(".")[0]:
        text = text.replace(f"{kind.__module__}.{kind.__qualname__}", kind.__qualname__)
    return text


def _leave_out_own_frames(told: traceback.TracebackException) -> None:
    told.stack = traceback.StackSummary.from_list(
        [frame for frame in told.stack if not is_machinery(frame.filename)]
    )
    for chained in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if chained is not None:
            _leave_out_own_frames(chained)

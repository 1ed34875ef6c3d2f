"""Exceptions that the user's code swallows while it is imported: what a guard kept quiet.

``try: from parts import bp`` with an ``except Exception`` that goes on leaves no trace in what was
imported. A trace function sees every exception that reaches a frame of the user's files; when such
a frame ends otherwise than by an exception, what reached it was swallowed in it. Frames of packages
are not traced. Tracing slows all else down by half, so it begins with the first of the user's files
that can lose functions so. Runs on the app's interpreter; standard library only.
"""

from __future__ import annotations

import opcode
import sys
import traceback
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, Self

from .failure import is_users, message_of, place_of, relative
from .model import LoadFailure
from .survey import Swallowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType, TracebackType

_Key = tuple[CodeType, int, type[BaseException]]
_LIMIT = 100
_BRINGING = frozenset(
    {
        *("app", "function_app", "register_blueprint", "register_functions"),
        *("AsgiFunctionApp", "Blueprint", "DFApp", "FunctionApp", "WsgiFunctionApp"),
        *("__import__", "import_module"),
    }
)
"""Names of code that binds the app, makes one, or registers."""
_ENDING = (GeneratorExit, StopAsyncIteration, StopIteration)
"""How iterations end."""
_LEAVING = frozenset(
    number
    for number, name in enumerate(opcode.opname)
    if name.startswith("RETURN_") or name == "YIELD_VALUE"
)
"""The instructions at which a frame is left other than by an exception."""


class Watch:
    """Records what is swallowed in this thread while it is entered.

    A trace function that is set already, or that the app sets, such as a debugger's, wins. The app
    is not told that it is traced: many take that for being debugged.

    Args:
        folder: The app's folder, absolute.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._users: dict[str, bool] = {}
        self._found: dict[_Key, Swallowed] = {}
        self._gettrace = sys.gettrace
        self._trace = self._tracer()
        self._waits = False

    @property
    def swallowed(self) -> tuple[Swallowed, ...]:
        """What was swallowed, in order of place; the same at one place once, a hundred at most."""
        return tuple(sorted(self._found.values(), key=lambda found: (found.file, found.line)))

    def is_users(self, file: str) -> bool:
        """Tell whether a source file is the user's."""
        if file not in self._users:
            self._users[file] = is_users(file, self.folder)
        return self._users[file]

    def is_new(self, key: _Key, waiting: int) -> bool:
        """Tell whether something is not recorded yet, and there is room beside what waits."""
        return key not in self._found and len(self._found) + waiting < _LIMIT

    def keep(self, key: _Key, found: Swallowed) -> None:
        """Record what was swallowed."""
        self._found.setdefault(key, found)

    def __enter__(self) -> Self:
        """Wait for the first of the user's files that guards what brings functions."""
        self._waits = True
        sys.addaudithook(self._begin)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Watch no longer."""
        self._waits = False
        if self._gettrace() is self._trace:
            sys.settrace(None)
        sys.gettrace = self._gettrace

    def _begin(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self._waits or event != "exec" or not isinstance(code := arguments[0], CodeType):
            return
        if self.is_users(code.co_filename) and any(map(self._is_guarding, _codes(code))):
            self._waits = False
            if self._gettrace() is None:
                sys.gettrace = self._told_trace
                sys.settrace(self._trace)

    def _is_guarding(self, code: CodeType) -> bool:
        """Tell whether code that handles exceptions may bring functions, or imports the user's."""
        if not code.co_exceptiontable:
            return False
        if _BRINGING & set(code.co_names):
            return True
        tops = {name.partition(".")[0] for name in code.co_names if name}
        folders = [Path(code.co_filename).parent, *map(Path, sys.path)]
        return any(
            (folder / top).is_dir() or (folder / f"{top}.py").is_file()
            for folder in folders
            if self.is_users(f"{folder}/__init__.py")
            for top in tops
        )

    def _told_trace(self) -> Any:  # noqa: ANN401 - what sys.gettrace returns
        found = self._gettrace()
        return None if found is self._trace else found

    def _tracer(self) -> Callable[..., Any]:
        """Return what traces the user's frames; it is called for every frame, so it is short."""
        users = self._users

        def trace(frame: FrameType, event: str, argument: object) -> Any:  # noqa: ANN401, ARG001 - a trace function
            try:
                if not users[frame.f_code.co_filename]:
                    return None
            except KeyError:
                if not self.is_users(frame.f_code.co_filename):
                    return None
            frame.f_trace_lines = False
            return _Frame(self).traced

        return trace


class _Frame:
    """What reaches one frame, until it is known whether that is swallowed in it."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._reached: dict[_Key, tuple[int, Swallowed]] = {}
        self._last: frozenset[int] = frozenset()

    def traced(self, frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ANN401 - a trace function
        """Take the frame's events."""
        if event == "exception":
            self._reach(frame, *argument)
        elif event == "return" and self._reached:
            unwound = frame.f_code.co_code[frame.f_lasti] not in _LEAVING
            for key, (identity, found) in self._reached.items():
                if not (unwound and identity in self._last):
                    self._watch.keep(key, found)
            self._reached.clear()
        return self.traced

    def _reach(
        self,
        frame: FrameType,
        kind: type[BaseException],
        fault: BaseException,
        trace: TracebackType,
    ) -> None:
        if issubclass(kind, _ENDING):
            return
        self._last = frozenset(map(id, _chain(fault)))
        key = (frame.f_code, frame.f_lineno, kind)
        if key in self._reached:
            self._reached[key] = (id(fault), self._reached[key][1])
        elif self._watch.is_new(key, waiting=len(self._reached)):
            self._reached[key] = (id(fault), self._described(frame, fault, trace))

    def _described(self, frame: FrameType, fault: BaseException, trace: TracebackType) -> Swallowed:
        folder = self._watch.folder
        files = [inner.f_code.co_filename for inner, _ in traceback.walk_tb(trace)]
        through = dict.fromkeys(file for file in files if self._watch.is_users(file))
        file, line = relative(frame.f_code.co_filename, folder), frame.f_lineno
        place = place_of(fault, folder) or (file, line)
        return Swallowed(
            file=file,
            line=line,
            failure=LoadFailure(type(fault).__name__, message_of(fault), *place),
            kinds=tuple(base.__name__ for base in type(fault).__mro__),
            through=tuple(relative(file, folder) for file in through),
        )


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield code and that of the functions and classes in it."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _chain(fault: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what it was raised in place of."""
    waiting, seen = [fault], set[int]()
    while waiting:
        found = waiting.pop()
        if id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += [behind for behind in (found.__cause__, found.__context__) if behind]

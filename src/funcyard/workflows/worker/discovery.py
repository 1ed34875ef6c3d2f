"""What a version holds: every file imported once, what was declared collected, faults per file.

Each fault names its file and line; one bad file takes nothing from the others. A name that two
places declare is nobody's: both are faults.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from funcyard.workflows import sdk
from funcyard.workflows.declarations import DataProvider, Workflow, as_dict
from funcyard.workflows.worker import modules
from funcyard.workflows.worker.telling import Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from funcyard.workflows.worker.compiling import Compiler

    Function = Callable[..., Any]
    Declared = Workflow | DataProvider


class TooSlowError(Exception):
    """Loading took longer than it may; raised in whatever file is being imported then."""


class Discovery:
    """The functions of one snapshot.

    Args:
        folder: The snapshot.
        view: What its root is called for people.
        announce: Told each file before it is imported.
        compiler: Has the files' code.
    """

    def __init__(
        self, folder: Path, view: str, announce: Callable[[str], None], compiler: Compiler
    ) -> None:
        self._folder = folder
        self._view = view
        self._announce = announce
        self._compiler = compiler
        self._faults: list[dict[str, Any]] = []
        self._functions: dict[tuple[str, str], tuple[Declared, Function]] = {}
        self.teller = Teller(folder, view)

    def load(self, files: Sequence[str] | None, skipped: Sequence[str], seconds: float) -> None:
        """Import files, all there are for None, and collect what they declare."""
        every = modules.files_of(self._folder) if files is None else files
        names = [name for name in every if name not in skipped]
        left = [name for name in names if modules.may_hold_workflows(name)]
        with _at_most(seconds):
            in_time = files is not None or self._compile(names)
            while in_time and left:
                in_time = self._import(left.pop(0))
        for name in left:
            self._fault(name, 0, "NotLoaded", "a file before it took all the time there is")
        self._collect()

    def function(self, kind: str, name: str) -> tuple[Declared, Function] | None:
        """Return a workflow or provider by name, None where the version has none."""
        return self._functions.get((kind, name))

    def registry(self) -> dict[str, Any]:
        """Return workflows, providers and faults as JSON takes them, sorted."""
        declared = [one for _, (one, _) in sorted(self._functions.items(), key=lambda of: of[0])]
        return {
            "workflows": [as_dict(one) for one in declared if isinstance(one, Workflow)],
            "providers": [as_dict(one) for one in declared if isinstance(one, DataProvider)],
            "faults": sorted(self._faults, key=lambda fault: (fault["file"], fault["line"])),
        }

    def _compile(self, files: Sequence[str]) -> bool:
        """Compile what was never compiled, before anything of it runs; return whether in time."""
        for file in files:
            try:
                shown = modules.shown(self._view, file)
                self._compiler.ahead(file, f"{self._folder}/{file}", shown)
            except TooSlowError as fault:
                self._fault(file, 0, "TooSlow", str(fault))
                return False
        return True

    def _import(self, file: str) -> bool:
        """Import a file; return whether there is time for more."""
        self._announce(file)
        try:
            modules.load(file)
        except TooSlowError as fault:
            line = self.teller.line_in(file, fault)
            self._fault(file, line, "TooSlow", str(fault), self.teller.describe(fault))
            return False
        except BaseException as fault:  # noqa: BLE001 - sys.exit() at import is a fault as well
            told = self.teller.describe(fault)
            line = self.teller.line_in(file, fault)
            self._fault(file, line, told["kind"], told["message"], told)
        return True

    def _collect(self) -> None:
        found: dict[tuple[str, str], list[tuple[Declared, Function]]] = {}
        for declaration, function, shown in sdk.declared:
            file = self.teller.relative(shown)
            if any(part.startswith(("_", ".", "/")) for part in file.split("/")) or not file:
                continue
            placed = replace(declaration, place=replace(declaration.place, file=file))
            found.setdefault((_kind(placed), placed.name), []).append((placed, function))
        for (kind, name), candidates in found.items():
            if len(candidates) == 1:
                self._functions[kind, name] = candidates[0]
                continue
            places = " and ".join(f"{one.place.file}:{one.place.line}" for one, _ in candidates)
            for one, _ in candidates:
                message = f"{places} declare the {kind} {name}: rename one"
                self._fault(one.place.file, one.place.line, "DuplicateName", message)
        self._check_providers()

    def _check_providers(self) -> None:
        for one, _ in self._functions.values():
            for parameter in one.parameters:
                wanted = parameter.data_provider
                if wanted and ("provider", wanted) not in self._functions:
                    message = f"{one.name}: there is no data provider {wanted}"
                    self._fault(one.place.file, one.place.line, "NoSuchProvider", message)

    def _fault(
        self, file: str, line: int, kind: str, message: str, told: dict[str, Any] | None = None
    ) -> None:
        trace = told["traceback"] if told else ""
        self._faults.append(
            {"file": file, "line": line, "kind": kind, "message": message, "traceback": trace}
        )


def _kind(declaration: Declared) -> str:
    return "workflow" if isinstance(declaration, Workflow) else "provider"


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise TooSlowError in the main thread when the time is over."""

    def over(signum: int, frame: object) -> None:
        del signum, frame
        raise TooSlowError(f"loading took longer than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

"""Where the code of the apps departs from the spec: functions wanted and not there, and the like.

The code is the user's, so an update does not mend it; it names the difference, shows what could be
pasted, and keeps the documents from claiming it. One file follows by itself: a function_app.py that
a template made and nobody ever edited is written anew when its functions differ, with its tests,
and when it states another purpose of its app.
Sources are read, not run; ``check`` and ``up`` compare what was really found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.functions.declared import Departure, Difference, compare
from funcyard.functions.written import Written, written
from funcyard.project.declaring import wanted
from funcyard.project.generating import generate
from funcyard.project.manifest import is_unedited, load
from funcyard.project.pasting import code_for
from funcyard.project.purposes import following_purpose
from funcyard.project.root import SPEC_FILE
from funcyard.project.tree import read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.files import GeneratedFile
    from funcyard.project.manifest import Entry
    from funcyard.project.spec import FunctionApp, Spec
    from funcyard.project.views import Remarks

SCRIPT = "function_app.py"
_TESTS = "tests/test_function_app.py"
_TEMPLATE = "app/function_app.py"
_REMARKS = {
    Departure.MISSING: "not in the code yet",
    Departure.CHANGED: "the code differs",
}


@dataclass(frozen=True, slots=True)
class Drift:
    """One function on which code and spec do not agree.

    Attributes:
        app: Its app.
        function: Its name.
        departure: ``missing`` from the code, ``changed`` there, or ``undeclared`` in the spec.
        message: The difference in one sentence.
        file: Where the function is, relative to the project; where it belongs when it is missing.
        line: The line there; 0 when it is missing.
        code: What the template would have written, to be pasted; empty for what is undeclared.
    """

    app: str
    function: str
    departure: Departure
    message: str
    file: str
    line: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """The code of all apps beside the spec.

    Attributes:
        drifts: In the order of the spec, app by app.
        faults: Sources that cannot be read, one sentence each; their apps are not compared.
        follow: Seeded files that nobody edited and that are to follow the spec.
    """

    drifts: tuple[Drift, ...] = ()
    faults: tuple[str, ...] = ()
    follow: frozenset[str] = field(default=frozenset())

    @property
    def lacks(self) -> tuple[Drift, ...]:
        """What the spec says and the code does not do."""
        return tuple(one for one in self.drifts if one.departure is not Departure.UNDECLARED)

    @property
    def remarks(self) -> Remarks:
        """What documents have to say of functions that the code does not have as the spec says."""
        return {(one.app, one.function): _REMARKS[one.departure] for one in self.lacks}


def generate_beside(
    root: Path, spec: Spec, *, now: datetime, restore: Collection[str] = ()
) -> tuple[tuple[GeneratedFile, ...], Code]:
    """Return every file of the project as it is to be generated beside the code that is there.

    Args:
        root: The project's folder.
        spec: Complete.
        now: See ``generating.generate``.
        restore: Paths that are written again though the user deleted them.

    Raises:
        UnknownBlueprintError: See ``generating.generate``.
        PathBlockedError, NewerManifestError: See ``planner.make_plan``.
    """
    files = generate(spec, now=now)
    code = code_beside(root, spec, files, restore)
    return (generate(spec, now=now, remarks=code.remarks) if code.lacks else files), code


def code_beside(
    root: Path, spec: Spec, files: Sequence[GeneratedFile], restore: Collection[str] = ()
) -> Code:
    """Compare the apps' code, as it will be once ``files`` are there, with the spec."""
    known = load(root).files
    generated = {file.path: file for file in files}
    drifts: list[Drift] = []
    faults: list[str] = []
    follow: set[str] = set()
    for app in spec.function_apps:
        folder = f"functions/{app.name}"
        script = generated[f"{folder}/{SCRIPT}"]
        entry = None if script.path in restore else known.get(script.path)
        found, follows = _found(root, app, script, entry)
        if follows:
            follow |= {script.path, f"{folder}/{_TESTS}"}
        follow |= set(following_purpose(root, app.name, generated, known))
        if found.fault:
            faults.append(f"{folder}/{found.fault}: its functions are not compared with the spec")
            continue
        drifts += _drifts(root, spec, app, found)
    return Code(tuple(drifts), tuple(faults), frozenset(follow))


def _found(
    root: Path, app: FunctionApp, script: GeneratedFile, entry: Entry | None
) -> tuple[Written, bool]:
    """Return what an app's code will declare, and whether its script follows the spec for that."""
    folder = root / "functions" / app.name
    disk = read(root, script.path)
    if disk is None:
        deleted = entry is not None and not entry.orphan
        return written(folder, {} if deleted else {SCRIPT: script.content}), False
    before = written(folder)
    untouched = entry is not None and is_unedited(disk, entry)
    if untouched and script.template == _TEMPLATE:
        after = written(folder, {SCRIPT: script.content})
        if list(_differences(app, after)) != list(_differences(app, before)):
            return after, True
    return before, False


def _differences(app: FunctionApp, found: Written) -> Iterator[Difference]:
    for one in compare(wanted(app), found.functions):
        if found.complete or one.departure is not Departure.MISSING:
            yield one


def _drifts(root: Path, spec: Spec, app: FunctionApp, found: Written) -> Iterator[Drift]:
    differences = list(_differences(app, found))
    if not differences:
        return
    disk = read(root, f"functions/{app.name}/{SCRIPT}")
    for one in differences:
        file = f"functions/{app.name}/{(one.found and one.found.file) or SCRIPT}"
        line = one.found.line if one.found else 0
        yield Drift(
            app=app.name,
            function=one.name,
            departure=one.departure,
            message=_message(one, app.name, f"{file}:{line}"),
            file=file,
            line=line,
            code=code_for(one, spec, app, disk.content if disk else b""),
        )


def _message(one: Difference, app: str, place: str) -> str:
    if one.wanted is None:
        kind = one.found.kind if one.found else ""
        return f"{one.name} of {app} ({kind}) is not in {SPEC_FILE}: {place}"
    if one.found is None:
        return f"{one.name} of {app} ({one.wanted.kind}) is in {SPEC_FILE} and not in the code"
    return f"{one.name} of {app} is not as {SPEC_FILE} says: {one.said}: {place}"

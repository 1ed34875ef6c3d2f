"""Update: the spec read, its files generated, compared, merged and written as a whole.

``inspect`` stops after the comparison; ``update`` goes on; with an ``edit`` it first changes the
spec's text, and writes both in one transaction. Afterwards the memory is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from funcyard import __version__
from funcyard.errors import UsageError
from funcyard.project.changes import FileChange, Recovery
from funcyard.project.code import Code, generate_beside
from funcyard.project.holding import held, viewed
from funcyard.project.journal import Checkpoint, perform
from funcyard.project.leftover import leftover_packages
from funcyard.project.memory.location import remember_store, store_for
from funcyard.project.memory.model import Change, ChangeKind, RecordResult
from funcyard.project.memory.recording import record
from funcyard.project.memory.storing import MemoryUnwritableError
from funcyard.project.names import ENV_FILE
from funcyard.project.planner import make_plan
from funcyard.project.port_overrides import port_overrides
from funcyard.project.reading import SpecDocument, read_spec
from funcyard.project.recalling import memory_notices
from funcyard.project.root import SPEC_FILE, find_root
from funcyard.project.setting_overrides import setting_overrides
from funcyard.project.tree import read

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.edit import Edit
    from funcyard.project.files import GeneratedFile
    from funcyard.project.memory.model import Probe
    from funcyard.project.plan import Plan
    from funcyard.project.spec import Spec

_FILE_MODE = 0o644
_UPDATE = Change(ChangeKind.UPDATE)
_BEGUN = (
    "the memory of {name} begins in {store}: if it is kept elsewhere, "
    "name that store once with --memory DIR"
)


class NotGeneratedError(UsageError):
    """A path was named that Funcyard does not generate."""

    code = "not-generated"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command found and did.

    Attributes:
        root: The project's folder.
        spec: Its spec as it is now.
        files: Everything that is generated.
        plan: What became, or would become, of each file.
        code: Where the apps' code departs from the spec, once the plan is carried out.
        written: Whether anything was written.
        spec_before: Text of funcyard.yaml before; None where it did not exist or did not change.
        spec_after: Its text now; None where it did not change.
        notices: What a person should hear, one sentence each.
        memory: What the memory recorded; None where nothing was to be recorded.
    """

    root: Path
    spec: Spec
    files: tuple[GeneratedFile, ...]
    plan: Plan
    code: Code = field(default_factory=Code)
    written: bool = False
    spec_before: str | None = None
    spec_after: str | None = None
    notices: tuple[str, ...] = ()
    memory: RecordResult | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """How a project is to be changed.

    Attributes:
        now: Local time.
        title: The command, for messages about it when it is interrupted.
        change: What the memory's history says of it.
        edit: The change of funcyard.yaml; None leaves it.
        restore: Paths to be written again though the user deleted them.
        memory: A memory store of the person's choice.
        dry_run: Only say what would be done.
        probes: Gives what was found of the prerequisites on this machine, for the memory.
        checkpoint: See ``journal.Checkpoint``.
    """

    now: datetime
    title: str = "funcyard update"
    change: Change = _UPDATE
    edit: Edit | None = None
    restore: Collection[str] = ()
    memory: Path | None = None
    dry_run: bool = False
    probes: Callable[[], Sequence[Probe]] = tuple
    checkpoint: Checkpoint = lambda _: None


def inspect(directory: Path, *, now: datetime, memory: Path | None = None) -> Outcome:
    """Compare a project with what would be generated, and with its memory; writes nothing.

    Args:
        directory: The project, or any folder in it.
        now: Local time.
        memory: A memory store of the person's choice.

    Raises:
        NoProjectError: There is no project.
        SpecError: The spec has faults.
        PathBlockedError, NewerManifestError, GitMissingError: See ``planner.make_plan``.
    """
    outcome = update(directory, Request(now=now, memory=memory, dry_run=True))
    said = memory_notices(outcome.spec, outcome.root, memory=memory, now=now)
    return replace(outcome, notices=(*outcome.notices, *said))


def update(directory: Path, request: Request) -> Outcome:
    """Bring a project up to date, all or nothing, keeping every edit.

    Args:
        directory: The project, or any folder in it.
        request: What is wanted.

    Raises:
        NoProjectError: There is no project.
        SpecError: The spec has faults.
        ChangeRefusedError, SpecEditError: See ``Edit.applied``.
        NotGeneratedError: A path to be restored is not one of the project's files.
        ProjectBusyError, CannotWriteError: See ``holding.held`` and ``journal.perform``.
        PathBlockedError, NewerManifestError, GitMissingError: See ``planner.make_plan``.
        MemoryOutsideError: The memory leads, by a link, out of where it belongs.
    """
    root = find_root(directory)
    store_for(root, request.memory)
    with (viewed if request.dry_run else held)(root) as recovery:
        find_root(root)
        before = read_spec(root / SPEC_FILE, root=root, today=request.now.date())
        document = before
        if request.edit is not None:
            document = request.edit.applied(before, root=root, today=request.now.date())
        files, code = generate_beside(root, document.spec, now=request.now, restore=request.restore)
        _check_restore(request.restore, files)
        plan = make_plan(root, document.spec, files, restore=request.restore, follow=code.follow)
        changes = [*_spec_change(root, before.text, document.text), *plan.changes]
        edited = document.text != before.text
        notices = [
            *_notices(recovery, plan, document),
            *_overrides(plan, document.spec, planned=not request.dry_run),
            *code.faults,
            *leftover_packages(root, document.spec, files),
        ]
        outcome = Outcome(
            root=root,
            spec=document.spec,
            files=files,
            plan=plan,
            code=code,
            spec_before=before.text if edited else None,
            spec_after=document.text if edited else None,
            notices=tuple(notices),
        )
        if request.dry_run:
            return outcome
        if changes or plan.manifest is not None:
            left = perform(
                root, changes, plan.manifest, title=request.title, checkpoint=request.checkpoint
            )
            said = [f"{path} changed meanwhile and was left: update again" for path in left]
            outcome = replace(outcome, written=True, notices=(*notices, *said))
        return remembered(outcome, request.change, request)


def remembered(outcome: Outcome, change: Change, request: Request) -> Outcome:
    """Tell the memory what the project is now, and return the outcome with what it answered.

    A memory that cannot be written is said and fails nothing: the project is whole.
    """
    store = store_for(outcome.root, request.memory)
    try:
        remember_store(outcome.root, request.memory)
        memory = record(
            store,
            outcome.spec,
            outcome.files,
            change,
            now=request.now,
            version=__version__,
            probes=request.probes(),
            remarks=outcome.code.remarks,
        )
    except MemoryUnwritableError as fault:
        return replace(outcome, notices=(*outcome.notices, f"not remembered: {fault.message}"))
    begun = request.memory is None and change.kind is not ChangeKind.NEW and memory.first
    said = [_BEGUN.format(name=outcome.spec.project_name, store=store)] if begun else []
    return replace(outcome, memory=memory, notices=(*outcome.notices, *said, *memory.warnings))


def _check_restore(paths: Collection[str], files: Sequence[GeneratedFile]) -> None:
    unknown = sorted(set(paths) - {file.path for file in files})
    if unknown:
        raise NotGeneratedError(
            f"Funcyard does not generate {', '.join(unknown)}",
            hint="`funcyard status --all` lists what it generates, relative to the project",
        )


def _spec_change(root: Path, before: str, after: str) -> list[FileChange]:
    if before == after:
        return []
    disk = read(root, SPEC_FILE)
    content = after.encode()
    mode, digest = (disk.mode, disk.digest) if disk else (_FILE_MODE, None)
    return [FileChange(SPEC_FILE, content, mode, digest)]


def _notices(recovery: Recovery | None, plan: Plan, document: SpecDocument) -> list[str]:
    said = [str(recovery)] if recovery else []
    said += plan.warnings
    return [*said, *(warning.as_text(document.name) for warning in document.warnings)]


def _overrides(plan: Plan, spec: Spec, *, planned: bool) -> tuple[str, ...]:
    """Return what ``.env.local`` and settings overrule of the spec: as planned, or as it is now."""
    files = {file.path: file for file in plan.files}

    def content(path: str) -> bytes | None:
        file = files.get(path)
        if file is None:
            return None
        return file.content if planned or path != ENV_FILE else file.current

    env = content(ENV_FILE)
    return (*(port_overrides(env, spec) if env else ()), *setting_overrides(spec, content))

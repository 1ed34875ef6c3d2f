"""A new project: its folder checked, its spec and files written in one transaction.

Run again on the same folder with the same spec it finds the project there and writes nothing. A
folder that it made for a project that then could not be written is taken away again.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.project.changes import FileChange
from funcyard.project.code import generate_beside
from funcyard.project.generating import generate
from funcyard.project.holding import held, viewed
from funcyard.project.journal import perform
from funcyard.project.lock import LOCK_FILE
from funcyard.project.memory.location import store_for
from funcyard.project.memory.model import Change, ChangeKind
from funcyard.project.memory.reading import is_complete
from funcyard.project.planner import make_plan
from funcyard.project.reading import SpecDocument, read_spec
from funcyard.project.root import SPEC_FILE, pending
from funcyard.project.target import is_generated, refuse_foreign, target_root
from funcyard.project.tree import OWN_FOLDER, read
from funcyard.project.updating import Outcome, Request, remembered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from funcyard.project.changes import Recovery

_FILE_MODE = 0o644


class ProjectExistsError(UserError):
    """The folder holds a project already, of another spec."""

    code = "project-exists"


@dataclass(frozen=True, slots=True)
class Created:
    """What ``create`` found and did.

    Attributes:
        outcome: The project; nothing was written where it was there already.
        existed: Whether the same project was there already.
    """

    outcome: Outcome
    existed: bool

    def with_notices(self, notices: Sequence[str]) -> Created:
        """Return the same with ``notices`` before its own."""
        said = (*notices, *self.outcome.notices)
        return replace(self, outcome=replace(self.outcome, notices=said))


def create(
    directory: Path,
    document: SpecDocument,
    request: Request,
    *,
    key: str | None = None,
) -> Created:
    """Generate a project, all or nothing.

    Args:
        directory: Absent, empty, or holding the same project.
        document: The spec, whose text funcyard.yaml shall hold, read for that folder.
        request: Clock, memory, dry run; ``edit`` and ``restore`` have no meaning here.
        key: The account key; a new one unless given.

    Raises:
        ForeignFilesError, LinkedTargetError, NotAFolderError: The folder is refused.
        ProjectExistsError: It holds another project.
        ProjectBusyError, CannotWriteError, PathBlockedError: See ``journal.perform``.
    """
    root = target_root(directory)
    if not is_generated(root) and not pending(root):
        refuse_foreign(root, document.spec, document.text)
    hold = viewed(root) if request.dry_run else _made(root)
    with hold as recovery:
        if is_generated(root):
            return _existing(root, document, request, recovery)
        refuse_foreign(root, document.spec, document.text)
        return Created(_write(root, document, request, key), existed=False)


def _write(root: Path, document: SpecDocument, request: Request, key: str | None) -> Outcome:
    files = generate(document.spec, now=request.now, key=key)
    plan = make_plan(root, document.spec, files)
    outcome = Outcome(
        root=root,
        spec=document.spec,
        files=files,
        plan=plan,
        spec_after=document.text,
        notices=tuple(warning.as_text(document.name) for warning in document.warnings),
    )
    if request.dry_run:
        return outcome
    there = read(root, SPEC_FILE)
    spec = FileChange(
        SPEC_FILE, document.text.encode(), _FILE_MODE, there.digest if there else None
    )
    perform(
        root,
        [spec, *plan.changes],
        plan.manifest,
        title=request.title,
        checkpoint=request.checkpoint,
    )
    return remembered(replace(outcome, written=True), Change(ChangeKind.NEW), request)


def _existing(
    root: Path, document: SpecDocument, request: Request, recovery: Recovery | None
) -> Created:
    found = read_spec(root / SPEC_FILE, root=root, today=request.now.date())
    if found.spec != document.spec:
        raise ProjectExistsError(
            f"{root} holds the project {found.spec.project_name} already, with another spec",
            hint=f"edit its {SPEC_FILE} and run `funcyard update`, or name another folder",
        )
    files, code = generate_beside(root, found.spec, now=request.now)
    plan = make_plan(root, found.spec, files, follow=code.follow)
    notices = [str(recovery)] if recovery else []
    notices += [warning.as_text(SPEC_FILE) for warning in found.warnings]
    if plan.changed:
        notices.append("there is something to update: see `funcyard diff`")
    notices += code.faults
    if code.lacks:
        notices.append(f"the code departs from {SPEC_FILE}: see `funcyard status`")
    if plan.unresolved:
        notices.append(f"resolve the conflicts in {', '.join(plan.unresolved)}")
    outcome = Outcome(
        root=root, spec=found.spec, files=files, plan=plan, code=code, notices=tuple(notices)
    )
    store = store_for(root, request.memory)
    known = is_complete(store, found.spec.project_name)
    if not request.dry_run and (not known or (recovery and recovery.completed)):
        outcome = remembered(outcome, Change(ChangeKind.NEW), request)
    return Created(outcome, existed=True)


@contextlib.contextmanager
def _made(root: Path) -> Iterator[Recovery | None]:
    """Hold a folder that may not exist yet; take away what was made when it fails."""
    missing = [folder for folder in (root / OWN_FOLDER, root, *root.parents) if not folder.exists()]
    lock = root / LOCK_FILE
    had_lock = lock.exists()
    try:
        with held(root) as recovery:
            try:
                yield recovery
            except BaseException:
                if not had_lock and not is_generated(root) and not pending(root):
                    lock.unlink(missing_ok=True)
                    _remove_empty(missing)
                raise
    except BaseException:
        _remove_empty(missing)
        raise


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()

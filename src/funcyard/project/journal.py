"""The journal, ``.funcyard/journal/``: a change of many files that happens as a whole.

A change is first staged: every new content in a file of its own, then, in one rename, the intent
that names them. Until then nothing of the project was touched, and whoever comes next throws the
stage away. From then on the change is made by one rename a file, and whoever comes next makes the
rest. A file that is neither as it was before nor as it shall be was changed by someone else: it is
left alone, and the manifest keeps saying of it what it said, so that the next update merges it.

A killed process leaves what it wrote to the system; only a power cut loses that. The intent and
every file that replaces another are therefore synced, they may carry a person's edits. New files
are not, which costs milliseconds each: they can be generated again, and a staged one that a power
cut tore is recognised by its digest and not put in place.

Everything here expects the project's lock to be held.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from funcyard.project.bases import FOLDER, base_path, unused
from funcyard.project.changes import FileChange, Intent, Recovery, Step
from funcyard.project.manifest import MANIFEST_FILE, Manifest, load
from funcyard.project.root import JOURNAL, pending
from funcyard.project.tree import (
    CannotWriteError,
    PathBlockedError,
    UnsafePathError,
    check_path,
    digest,
    locate,
    read,
)

INTENT = "intent.json"
DONE = "done.json"
"""What the intent is called once all of it was made: only the journal is left to be removed."""

_MANIFEST = "manifest.json"
_FILE_MODE = 0o644

Checkpoint = Callable[[str], None]
"""Called with the name of each step after it was made; tests stop the process in it."""


def perform(
    root: Path,
    changes: Sequence[FileChange],
    manifest: Manifest | None,
    *,
    title: str,
    checkpoint: Checkpoint = lambda _: None,
) -> tuple[str, ...]:
    """Make ``changes`` and write ``manifest``, all or nothing.

    Args:
        root: The project's folder, its lock held, no journal in it.
        changes: In the order in which they are made.
        manifest: What to say of the generated files from now on; None leaves it as it is.
        title: The command, for the message of whoever has to complete it.
        checkpoint: See :data:`Checkpoint`.

    Returns:
        Paths that changed on the disk since the plan was made, and were left as they are.

    Raises:
        CannotWriteError: The disk is full, read-only or forbidden. Nothing was changed, unless the
            message says that the next command has to complete the change.
        PathBlockedError: A link or a folder stands where a file belongs. Nothing was changed.
    """
    try:
        intent = _stage(root, changes, manifest, title, checkpoint)
    except OSError as fault:
        with contextlib.suppress(OSError):
            _throw_away(root)
        raise CannotWriteError(
            f"nothing was changed: {_said(fault)}",
            hint="free some space" if fault.errno in (errno.ENOSPC, errno.EDQUOT) else None,
        ) from fault
    except BaseException:
        _throw_away(root)
        raise
    return _finish(root, intent, checkpoint)


def recover(root: Path, checkpoint: Checkpoint = lambda _: None) -> Recovery | None:
    """Complete or throw away what a killed command left; None where it left nothing.

    Raises:
        CannotWriteError: It cannot be completed yet: the disk is full, read-only or forbidden.
        PathBlockedError: The journal is a symbolic link.
    """
    if not pending(root):
        return None
    intent = _read_intent(root, INTENT)
    if intent is None:
        done = _read_intent(root, DONE)
        try:
            _throw_away(root)
        except OSError as fault:
            raise CannotWriteError(f"{JOURNAL} cannot be removed: {_said(fault)}") from fault
        return Recovery(completed=done is not None, title=done.title if done else "")
    left = _finish(root, intent, checkpoint)
    return Recovery(completed=True, title=intent.title, left=left)


def _stage(
    root: Path,
    changes: Sequence[FileChange],
    manifest: Manifest | None,
    title: str,
    checkpoint: Checkpoint,
) -> Intent:
    for change in changes:
        _check_target(root, change.path)
    folder = locate(root, f"{JOURNAL}/{INTENT}").parent
    folder.mkdir(mode=0o700, parents=True)
    checkpoint("journal made")
    for number, change in enumerate(changes):
        if change.content is not None:
            replaces = change.before is not None and not change.path.startswith(f"{FOLDER}/")
            _write(
                folder / _name(number), change.content, change.mode, exact=replaces, sync=replaces
            )
            checkpoint(f"staged {change.path}")
    if manifest is not None:
        _write(folder / _MANIFEST, manifest.dump(), _FILE_MODE)
    _check_room(root, changes)
    steps = tuple(
        Step(
            path=change.path,
            before=change.before,
            after=None if change.content is None else digest(change.content),
        )
        for change in changes
    )
    intent = Intent(title=title, steps=steps, manifest=manifest)
    _write(folder / f"{INTENT}.new", intent.model_dump_json().encode(), 0o600)
    checkpoint("intent written")
    (folder / f"{INTENT}.new").replace(folder / INTENT)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    checkpoint("intent in place")
    return intent


def _finish(root: Path, intent: Intent, checkpoint: Checkpoint) -> tuple[str, ...]:
    """Make the change from wherever it stands; every step may have been made before."""
    left = []
    try:
        for number, step in enumerate(intent.steps):
            if not _make(root, step, root / JOURNAL / _name(number)):
                left.append(step.path)
            checkpoint(f"made {step.path}")
        if intent.manifest is not None:
            _write_manifest(root, intent.manifest, left)
            checkpoint("manifest written")
            _drop_unused(root, intent.manifest)
        checkpoint("texts tidied")
        (root / JOURNAL / INTENT).replace(root / JOURNAL / DONE)
        checkpoint("done")
        _throw_away(root)
    except OSError as fault:
        raise CannotWriteError(
            f"the change is incomplete: {_said(fault)}",
            hint=f"mend that and run the command again: it completes what is in {JOURNAL}",
        ) from fault
    return tuple(left)


def _make(root: Path, step: Step, staged: Path) -> bool:
    """Make one step; False when someone else changed the file, which is then left alone."""
    try:
        target = locate(root, step.path)
        found = read(root, step.path)
    except PathBlockedError:
        return False
    now = found.digest if found else None
    if now not in (step.before, step.after):
        return False
    if step.after is None:
        target.unlink(missing_ok=True)
        _prune(root, target.parent)
        return True
    if not staged.exists() or digest(staged.read_bytes()) != step.after:
        return now == step.after
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        staged.replace(target)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        beside = target.with_name(f".{target.name}.funcyard-part")
        beside.unlink(missing_ok=True)
        _write(beside, staged.read_bytes(), staged.stat().st_mode & 0o777, exact=True)
        beside.replace(target)
    return True


def _write_manifest(root: Path, manifest: Manifest, left: list[str]) -> None:
    staged = root / JOURNAL / _MANIFEST
    if left:
        old = load(root).files
        files = {path: entry for path, entry in manifest.files.items() if path not in left}
        files |= {path: old[path] for path in left if path in old}
        staged.unlink(missing_ok=True)
        _write(staged, manifest.model_copy(update={"files": files}).dump(), _FILE_MODE)
    if staged.exists():
        staged.replace(locate(root, MANIFEST_FILE))


def _drop_unused(root: Path, manifest: Manifest) -> None:
    wanted = [base_path(path, entry.sha256) for path, entry in manifest.files.items()]
    wanted += [base_path(path, entry.sha256) for path, entry in load(root).files.items()]
    for path in unused(root, wanted):
        (root / path).unlink()


def _read_intent(root: Path, name: str) -> Intent | None:
    found = read(root, f"{JOURNAL}/{name}")
    if found is None:
        return None
    try:
        intent = Intent.model_validate_json(found.content)
        for step in intent.steps:
            check_path(step.path)
    except (ValidationError, UnsafePathError):
        return None
    return intent


def _check_target(root: Path, path: str) -> None:
    folder = locate(root, path).parent
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def _check_room(root: Path, changes: Sequence[FileChange]) -> None:
    """Refuse where the folders of new files may not find room: staged files only move."""
    folders = {
        folder
        for change in changes
        for folder in PurePosixPath(change.path).parents
        if not (root / folder).exists()
    }
    room = os.statvfs(root)
    if room.f_bavail < 2 * len(folders):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _write(
    path: Path, content: bytes, mode: int, *, exact: bool = False, sync: bool = True
) -> None:
    """Write a new file; its mode is subject to the umask unless ``exact``."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "wb") as file:
        if exact:
            os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        if sync:
            os.fsync(file.fileno())


def _throw_away(root: Path) -> None:
    if pending(root):
        shutil.rmtree(root / JOURNAL)


def _prune(root: Path, folder: Path) -> None:
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _name(number: int) -> str:
    return f"{number:05d}"


def _said(fault: OSError) -> str:
    where = f": {fault.filename}" if fault.filename else ""
    return f"{fault.strerror or fault}{where}"

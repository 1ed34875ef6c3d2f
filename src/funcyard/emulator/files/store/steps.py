"""The steps that a change means for the file system: each can be done again and comes out the same.

A step names the file by its number too, so that what was made at its path since, through the mount,
is left alone when the step is done again.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.files.store import tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        kind: Which; a key of the table below.
        root: The share's folder, relative to the location; for a step on shares what it is on.
        path: Components as they are on disk.
        target: Where it goes: components for a file, a folder relative to the location otherwise.
        staged: Name of the file in ``.store/staged`` that holds what is written.
        inode: Number of the file that is meant, 0 for any.
        offset: Where what is staged goes.
        size: The size that the file is given.
        spans: First and last bytes that become zero.
        mtime: Nanoseconds: the modification time it has afterwards; None leaves it as it comes.
    """

    kind: str
    root: str
    path: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    staged: str = ""
    inode: int = 0
    offset: int = 0
    size: int = 0
    spans: tuple[tuple[int, int], ...] = field(default_factory=tuple)
    mtime: int | None = None

    @classmethod
    def load(cls, values: dict[str, Any]) -> Step:
        """Return a step that was written as JSON."""
        values["path"], values["target"] = tuple(values["path"]), tuple(values["target"])
        values["spans"] = tuple((first, last) for first, last in values["spans"])
        return cls(**values)


def apply(step: Step, location: Path, store: Path) -> os.stat_result | None:
    """Do a step, or what is left of it; return what the file is afterwards.

    Args:
        step: What to do.
        location: The folder of all accounts.
        store: The private folder.

    Raises:
        OSError: It cannot be done.
    """
    done = _STEPS[step.kind](step, location, store)
    if step.kind in _ON_SHARES:
        return None
    path = step.target if step.kind == "move" else step.path
    with tree.find(location / step.root, path) as place:
        if step.mtime is not None and place.status is not None and done:
            os.utime(
                place.name,
                ns=(step.mtime, step.mtime),
                dir_fd=place.folder,
                follow_symlinks=False,
            )
            return os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)
        return place.status


def _place(step: Step, location: Path, store: Path) -> bool:
    """Put a staged file in place, whatever file was there."""
    staged = store / "staged" / step.staged
    with tree.find(location / step.root, step.path) as place:
        if staged.exists():
            try:
                os.rename(staged, place.name, dst_dir_fd=place.folder)
            except OSError as fault:
                if fault.errno != errno.EXDEV:
                    raise
                _carry(staged, place)
    return True


def _carry(staged: Path, place: tree.Place) -> None:
    """Put a staged file in place where the share's folder is a mount of its own."""
    aside = f".{staged.name}"
    target = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=place.folder)
    try:
        with staged.open("rb") as source:
            offset = 0
            while block := source.read(_BLOCK):
                write_all(target, block, offset)
                offset += len(block)
    finally:
        os.close(target)
    os.rename(aside, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
    staged.unlink()


def _write(step: Step, location: Path, store: Path) -> bool:
    """Write a staged body into a file."""
    staged = store / "staged" / step.staged
    with tree.find(location / step.root, step.path) as place:
        if not _is_meant(place, step) or not staged.exists():
            return False
        target = tree.open_file(place, os.O_WRONLY)
        try:
            with staged.open("rb") as source:
                offset = step.offset
                while block := source.read(_BLOCK):
                    write_all(target, block, offset)
                    offset += len(block)
        finally:
            os.close(target)
    return True


def _zero(step: Step, location: Path, _store: Path) -> bool:
    """Clear parts of a file."""
    with tree.find(location / step.root, step.path) as place:
        if not _is_meant(place, step):
            return False
        target = tree.open_file(place, os.O_WRONLY)
        try:
            size = os.fstat(target).st_size
            for first, last in step.spans:
                if last + 1 >= size:
                    os.ftruncate(target, first)
                    os.ftruncate(target, size)
                    continue
                for offset in range(first, last + 1, _BLOCK):
                    write_all(target, bytes(min(_BLOCK, last + 1 - offset)), offset)
        finally:
            os.close(target)
    return True


def _resize(step: Step, location: Path, _store: Path) -> bool:
    """Give a file another size."""
    with tree.find(location / step.root, step.path) as place:
        if not _is_meant(place, step):
            return False
        target = tree.open_file(place, os.O_WRONLY)
        try:
            os.ftruncate(target, step.size)
        finally:
            os.close(target)
    return True


def _touch(step: Step, location: Path, _store: Path) -> bool:
    """Do nothing but set the time, which every step does."""
    with tree.find(location / step.root, step.path) as place:
        return _is_meant(place, step)


def _make_directory(step: Step, location: Path, _store: Path) -> bool:
    with tree.find(location / step.root, step.path) as place:
        if place.status is None:
            os.mkdir(place.name, dir_fd=place.folder)
    return True


def _remove(step: Step, location: Path, _store: Path) -> bool:
    """Remove a file or an empty directory."""
    with tree.find(location / step.root, step.path) as place:
        if not _is_meant(place, step):
            return False
        if place.is_directory:
            os.rmdir(place.name, dir_fd=place.folder)
        else:
            os.unlink(place.name, dir_fd=place.folder)
    return True


def _move(step: Step, location: Path, _store: Path) -> bool:
    """Rename a file or directory; a file that is in the way is replaced."""
    root = location / step.root
    with tree.find(root, step.path) as source, tree.find(root, step.target) as target:
        if not _is_meant(source, step):
            return True
        if source.is_directory and target.is_file:
            os.unlink(target.name, dir_fd=target.folder)
        other = target.status is not None and target.status.st_ino != step.inode
        if other and target.name != step.target[-1]:
            os.rename(source.name, target.name, src_dir_fd=source.folder, dst_dir_fd=target.folder)
            source_name, folder = target.name, target.folder
        else:
            source_name, folder = source.name, source.folder
        os.rename(source_name, step.target[-1], src_dir_fd=folder, dst_dir_fd=target.folder)
    return True


def _make_share(step: Step, location: Path, _store: Path) -> bool:
    (location / step.root).mkdir(parents=True, exist_ok=True)
    return True


def _drop_share(step: Step, location: Path, store: Path) -> bool:
    """Take a share or snapshot out of sight at once; what it held is removed after that."""
    folder, away = location / step.root, store / "trash" / step.staged
    if folder.is_dir() and not away.exists():
        folder.rename(away)
    shutil.rmtree(away, ignore_errors=True)
    return True


def _place_snapshot(step: Step, location: Path, store: Path) -> bool:
    """Put a staged copy of a share where its snapshots are."""
    staged, target = store / "staged" / step.staged, location / step.root
    if staged.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        staged.rename(target)
    return True


_STEPS: Final[dict[str, Callable[[Step, Path, Path], bool]]] = {
    "place": _place,
    "write": _write,
    "zero": _zero,
    "resize": _resize,
    "touch": _touch,
    "make-directory": _make_directory,
    "remove": _remove,
    "move": _move,
    "make-share": _make_share,
    "drop-share": _drop_share,
    "place-snapshot": _place_snapshot,
}
_ON_SHARES: Final = frozenset({"make-share", "drop-share", "place-snapshot"})


def write_all(target: int, block: bytes, offset: int) -> None:
    """Write a whole block at an offset."""
    view = memoryview(block)
    while view:
        done = os.pwrite(target, view, offset)
        view, offset = view[done:], offset + done


def _is_meant(place: tree.Place, step: Step) -> bool:
    status = place.status
    if status is None or not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        return False
    return step.inode in {0, status.st_ino}

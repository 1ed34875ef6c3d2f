"""Compare what would be generated with what lies on the disk and what was generated before.

``make_plan`` takes the rendered files and reads the project; it writes nothing. What becomes of
one managed file is decided in ``verdicts.py``; this module looks after seeded files, files that
are no longer generated, and the bookkeeping: manifest, merge bases, ``.funcyard``'s own ignores.
Of the seeded files these are written again where nobody edited them: lines of ``.env.local``, see
``env_following.py``, settings for Core Tools, and code that has to follow the spec, see
``code.py``.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from funcyard import __version__
from funcyard.project.bases import base, base_path, only_base, packed, unpacked
from funcyard.project.changes import FileChange
from funcyard.project.env_following import following
from funcyard.project.files import GeneratedFile, Ownership
from funcyard.project.layout import TEMPLATE_VERSIONS
from funcyard.project.manifest import Entry, Known, Manifest, is_unedited, load, spec_digest
from funcyard.project.merge import to_crlf, uses_crlf
from funcyard.project.names import ENV_FILE, ENV_TEMPLATE
from funcyard.project.plan import Plan, PlannedFile, State
from funcyard.project.setting_overrides import local_settings_path
from funcyard.project.tree import OWN_FOLDER, DiskFile, read
from funcyard.project.verdicts import Sides, judge

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from funcyard.project.spec import Spec

BESIDE = ".funcyard-new"
"""Ending of the name under which a new version is put beside a file that cannot be merged."""

BOOKKEEPING = {
    f"{OWN_FOLDER}/.gitignore": (
        b"# Git keeps what the next merge needs; the rest is this machine's.\n"
        b"/*\n!/.gitignore\n!/.gitattributes\n!/manifest.json\n!/base/\n!/memory/\n"
    ),
    f"{OWN_FOLDER}/.gitattributes": b"/manifest.json text eol=lf\n/base/* binary\n",
}
"""Files of Funcyard's own folder that are the same in every project."""

_FILE_MODE = 0o644


def make_plan(
    root: Path,
    spec: Spec,
    files: Sequence[GeneratedFile],
    *,
    restore: Collection[str] = (),
    follow: Collection[str] = (),
) -> Plan:
    """Return what has to be done so that the project in ``root`` holds ``files``.

    Args:
        root: The project's folder, which need not exist.
        spec: What ``files`` were rendered from.
        files: Everything that is generated now.
        restore: Paths that are written again though the user deleted them.
        follow: Seeded paths that are written anew where the user never edited them.

    Raises:
        PathBlockedError: A link or a folder stands where a file belongs.
        GitMissingError: A merge is needed and git is not installed.
        NewerManifestError: A newer Funcyard wrote the manifest.
    """
    known = load(root)
    settings = {local_settings_path(app.name) for app in spec.function_apps}
    template = next((file.content for file in files if file.path == ENV_TEMPLATE), b"")
    planner = _Planner(root, known, restore, {*follow, *settings}, template)
    for file in files:
        if file.ownership is not Ownership.USER:
            planner.add(file)
    wanted = {file.path for file in files}
    apps = {app.name for app in spec.function_apps}
    for path, entry in known.files.items():
        if path not in wanted:
            planner.leave(path, entry, removed=_app_of(path) not in {None, *apps})
    manifest = Manifest(funcyard=__version__, spec=spec_digest(spec), files=planner.entries)
    planner.keep_books(manifest)
    current = read(root, f"{OWN_FOLDER}/manifest.json")
    same = current is not None and current.content == manifest.dump()
    return Plan(
        files=tuple(sorted(planner.files, key=lambda file: file.path)),
        changes=tuple(planner.changes),
        manifest=None if same else manifest,
        spec_changed=known.manifest is not None and known.manifest.spec != manifest.spec,
        warnings=tuple(planner.warnings()),
    )


class _Planner:
    """Gathers files, changes, entries and bases while it goes through what is generated."""

    def __init__(
        self,
        root: Path,
        known: Known,
        restore: Collection[str],
        follow: Collection[str],
        env_template: bytes,
    ) -> None:
        self.root = root
        self.known = known
        self.restore = restore
        self.follow = follow
        self.env_template = env_template
        self.files: list[PlannedFile] = []
        self.changes: list[FileChange] = []
        self.entries: dict[str, Entry] = {}
        self._bases: dict[str, bytes] = {}

    def add(self, file: GeneratedFile) -> None:
        """Plan one file that is generated."""
        disk = read(self.root, file.path)
        old = self.known.files.get(file.path)
        if file.ownership is Ownership.SEEDED or file.secret:
            self._add_seeded(file, disk, old)
        elif disk is None and old and not old.orphan and not self._comes_back(file):
            self._stays_deleted(file, old)
        else:
            self._add_managed(file, disk, old)

    def leave(self, path: str, entry: Entry, *, removed: bool) -> None:
        """Plan one file that is no longer generated; ``removed`` when its app is gone."""
        disk = read(self.root, path)
        seeded = entry.ownership is Ownership.SEEDED
        if disk is None or (seeded and not removed):
            return
        if is_unedited(disk, entry):
            self._note(path, State.ORPHAN, entry.ownership, "unedited: deleted", disk=disk)
            self._change(path, None, disk, disk.mode)
            return
        self._note(
            path, State.ORPHAN, entry.ownership, "edited: kept, it is yours now", disk=disk,
            content=disk.content,
        )  # fmt: skip
        self.entries[path] = entry.model_copy(update={"orphan": True})
        self._keep_base(path, entry, None)

    def keep_books(self, manifest: Manifest) -> None:
        """Plan the merge bases that ``manifest`` needs, and the rest of Funcyard's folder."""
        for path, content in BOOKKEEPING.items():
            if read(self.root, path) is None:
                self._change(path, content, None, _FILE_MODE)
        for path, text in self._bases.items():
            kept = base_path(path, manifest.files[path].sha256)
            disk = read(self.root, kept)
            if disk is None or unpacked(disk.content) != text:
                self._change(kept, packed(text), disk, _FILE_MODE)

    def warnings(self) -> list[str]:
        """Say what is wrong with the manifest of a project that was generated before."""
        there = any(file.current is not None for file in self.files)
        if self.known.fault is None or not there:
            return []
        return [f"{self.known.fault}: made anew, files that differ count as edited"]

    def _add_seeded(self, file: GeneratedFile, disk: DiskFile | None, old: Entry | None) -> None:
        if disk is None and old and not old.orphan and not self._comes_back(file):
            self._note(file.path, State.DELETED, file.ownership, "deleted by you: stays so")
        elif disk is None:
            self._note(
                file.path, State.NEW, file.ownership, content=file.content, secret=file.secret
            )
            self._change(file.path, file.content, None, file.mode)
        elif file.path == ENV_FILE and (content := self._followed(disk)) != disk.content:
            self._note(
                file.path, State.UPDATED, file.ownership, "lines nobody edited: follow the spec",
                disk=disk, content=content, outdated=True, secret=True,
            )  # fmt: skip
            self._change(file.path, content, disk, disk.mode)
        elif file.path in self.follow and old and is_unedited(disk, old):
            content = to_crlf(file.content) if uses_crlf(disk.content) else file.content
            if content != disk.content:
                self._note(
                    file.path, State.UPDATED, file.ownership, "never edited: follows the spec",
                    disk=disk, content=content, outdated=True,
                )  # fmt: skip
                self._change(file.path, content, disk, disk.mode)
            else:
                self._note(file.path, State.SEEDED, file.ownership, disk=disk, content=content)
            old = None
        else:
            self._note(
                file.path, State.SEEDED, file.ownership, disk=disk, content=disk.content,
                secret=file.secret,
            )  # fmt: skip
        first = {"ownership": Ownership.SEEDED, "orphan": False}
        self.entries[file.path] = old.model_copy(update=first) if old else _entry(file)

    def _followed(self, disk: DiskFile) -> bytes:
        """Return ``.env.local`` with the lines that nobody edited as they are generated now."""
        old = self.known.files.get(ENV_TEMPLATE)
        generated = base(self.root, ENV_TEMPLATE, old.sha256) if old else None
        if generated is None or not self.env_template:
            return disk.content
        return following(disk.content, generated, self.env_template)

    def _stays_deleted(self, file: GeneratedFile, old: Entry) -> None:
        note = f"deleted by you: stays so; `update --restore {file.path}` brings it back"
        self._note(file.path, State.DELETED, file.ownership, note)
        if file.path == ENV_TEMPLATE:  # .env.local has followed it to what is generated now
            self.entries[file.path] = _entry(file)
            self._keep_base(file.path, self.entries[file.path], file.content)
            return
        self.entries[file.path] = old
        self._keep_base(file.path, old, None)

    def _add_managed(self, file: GeneratedFile, disk: DiskFile | None, old: Entry | None) -> None:
        self.entries[file.path] = _entry(file)
        self._keep_base(file.path, self.entries[file.path], file.content)
        if disk is None:
            self._note(file.path, State.NEW, file.ownership, outdated=True, content=file.content)
            self._change(file.path, file.content, None, file.mode)
            return
        before = self._base_of(file.path, old)
        beside = f"{file.path}{BESIDE}"
        sides = Sides(
            ours=disk.content,
            base=before,
            theirs=file.content,
            generated=old.sha256 if old else None,
            beside=beside if read(self.root, beside) else None,
        )
        verdict = judge(sides)
        if verdict.beside:
            target = self._free(beside)
            note = f"{verdict.note}; {target} holds what is generated now"
            self._note(
                file.path, verdict.state, file.ownership, note, disk=disk, outdated=True,
                content=file.content, target=target,
            )  # fmt: skip
            self._change(target, file.content, None, file.mode)
            return
        self._note(
            file.path, verdict.state, file.ownership, verdict.note, disk=disk,
            outdated=verdict.content != disk.content, content=verdict.content,
        )  # fmt: skip
        mode = file.mode if old and old.bits != file.mode else disk.mode
        if verdict.content != disk.content or mode != disk.mode:
            self._change(file.path, verdict.content, disk, mode)

    def _comes_back(self, file: GeneratedFile) -> bool:
        return not file.git_tracked or file.path in self.restore

    def _base_of(self, path: str, old: Entry | None) -> bytes | None:
        if old is not None:
            return base(self.root, path, old.sha256)
        return only_base(self.root, path) if self.known.manifest is None else None

    def _keep_base(self, path: str, entry: Entry, content: bytes | None) -> None:
        text = content if content is not None else base(self.root, path, entry.sha256)
        if text is not None and entry.ownership is Ownership.MANAGED:
            self._bases[path] = text

    def _free(self, beside: str) -> str:
        number, path = 2, beside
        while read(self.root, path) is not None:
            path, number = f"{beside}-{number}", number + 1
        return path

    def _note(
        self,
        path: str,
        state: State,
        ownership: Ownership,
        note: str = "",
        *,
        disk: DiskFile | None = None,
        content: bytes | None = None,
        target: str | None = None,
        outdated: bool = False,
        secret: bool = False,
    ) -> None:
        current = disk.content if disk else None
        self.files.append(
            PlannedFile(path, state, ownership, note, outdated, current, content, target, secret)
        )

    def _change(self, path: str, content: bytes | None, disk: DiskFile | None, mode: int) -> None:
        self.changes.append(FileChange(path, content, mode, disk.digest if disk else None))


def _entry(file: GeneratedFile) -> Entry:
    version = TEMPLATE_VERSIONS.get(file.template)
    return Entry(
        ownership=Ownership.SEEDED if file.secret else file.ownership,
        template=file.template,
        template_version=version or __version__,
        sha256=file.digest,
        mode=f"{file.mode:04o}",
    )


def _app_of(path: str) -> str | None:
    """Return the app whose folder holds ``path``: ``functions/APP/…``, None for other files."""
    parts = PurePosixPath(path).parts
    return parts[1] if parts[0] == "functions" and len(parts) > 2 else None  # noqa: PLR2004 - functions/APP/FILE

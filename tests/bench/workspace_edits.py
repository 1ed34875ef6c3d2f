"""A workspace edited by hand: how soon a save can run, how quick the editor is, what a ZIP costs.

1,000 files, the view mounted, versions on a real Azurite; calls of the services themselves, without
HTTP in front. A save can run as soon as the snapshot of its version is laid out, from which workers
load code. The ZIP of 500 MB is packed beside Info-ZIP at the same level, in turn, from the same
files; both archives then hold the same.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.machinery import ROOT, print_ratio, print_value
from tests.bench.platform_parts import Files, azurite, debian, source, text, tree
from tests.integration.workspace.sources import Branch

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.archive import LEVEL
from funcyard.workspace.editing import Editor
from funcyard.workspace.reading import current_version, list_folder, read
from funcyard.workspace.scopes import Scope
from funcyard.workspace.snapshots import Snapshots
from funcyard.workspace.source import LeftOut, SourceFile
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.draft import git_object_id
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.storage import Versions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable

_FILES = 1000
_CALLS = 200
_WARM_UP = 20
_BIG_FILES = 1000
_BIG_SIZE = 500_000
_ROUNDS = 3
_EDITED = Scope("edited")
_BIG = Scope("big")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with azurite(folder / "azurite") as connection:
            asyncio.run(_edit(connection, folder))
            asyncio.run(_publish(connection, folder))
            _zip(connection, folder)


async def _edit(connection: str, folder: Path) -> None:
    choice = random.Random(2)  # noqa: S311 - no secret
    account = StorageAccount.from_connection_string(connection)
    store = DirectoryStore(folder / "workspace")
    async with account.blobs() as blobs, account.tables() as tables:
        versions = Versions(blobs, tables)
        workspace = Workspace(versions, store)
        files = tree(_FILES, choice)
        branch = Branch()
        branch.push(files)
        await workspace.sync(_EDITED, branch)
        await _calls(versions, workspace, files, choice)
        await _executable(versions, workspace, files, folder, choice)
    await store.close()


async def _never(_: Scope) -> bool:
    return False


async def _calls(
    versions: Versions, workspace: Workspace, files: Files, choice: random.Random
) -> None:
    editor, paths = Editor(workspace, _never), sorted(files)
    seconds: dict[str, list[float]] = {"read": [], "list": [], "save": []}
    for number in range(_WARM_UP + _CALLS):
        path, content = choice.choice(paths), source(choice)
        began = time.perf_counter()
        await editor.put(_EDITED, path, content, by="ada")
        seconds["save"].append(time.perf_counter() - began)
        began = time.perf_counter()
        found = await read(versions, _EDITED, path)
        seconds["read"].append(time.perf_counter() - began)
        began = time.perf_counter()
        current = await current_version(versions, _EDITED)
        listed = list_folder(None if current is None else current[1]).entries
        seconds["list"].append(time.perf_counter() - began)
        if found.content != content or len(listed) < _FILES:
            raise SystemExit(f"call {number} did not see the save before it")
    for name, each in seconds.items():
        _print_times(f"editor, {name}", each[_WARM_UP:], target="100 ms")


async def _executable(
    versions: Versions, workspace: Workspace, files: Files, folder: Path, choice: random.Random
) -> None:
    editor, paths = Editor(workspace, _never), sorted(files)
    snapshots = Snapshots(folder / "snapshots", versions)
    seconds = []
    for _ in range(_WARM_UP + _CALLS):
        path, content = choice.choice(paths), source(choice)
        began = time.perf_counter()
        edited = await editor.put(_EDITED, path, content, by="ada")
        assert edited.version is not None
        with await snapshots.acquire(_EDITED, edited.version) as snapshot:
            seconds.append(time.perf_counter() - began)
            if (snapshot.folder / path).read_bytes() != content:
                raise SystemExit("what can run is not what was saved")
    _print_times("save to executable", seconds[_WARM_UP:], target="1,000 ms")


def _print_times(what: str, seconds: list[float], *, target: str) -> None:
    cuts = statistics.quantiles(seconds, n=20)
    print_value(f"{what}, 1,000 files: p50", f"{cuts[9] * 1000:.0f} ms")
    print_value(f"{what}, 1,000 files: p95", f"{cuts[18] * 1000:.0f} ms", target=f"under {target}")


class FolderTree:
    """Files of a folder as a commit's tree, read when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.revision = "1" * 40
        self.left_out: tuple[LeftOut, ...] = ()
        self._paths: dict[str, Path] = {}
        found = []
        for path in sorted(folder.iterdir()):
            content = path.read_bytes()
            object_id = git_object_id(content)
            self._paths[object_id] = path
            found.append(SourceFile(path.name, len(content), object_id))
        self.files = tuple(found)

    async def contents(self, object_ids: Iterable[str]) -> AsyncIterator[tuple[str, bytes]]:
        """Yield each content."""
        for one in object_ids:
            yield one, self._paths[one].read_bytes()


class FolderBranch:
    """A branch that points to a folder's files."""

    def __init__(self, folder: Path) -> None:
        self.repository = "https://github.com/contoso/big"
        self.branch = "main"
        self._tree = FolderTree(folder)

    async def head(self) -> str:
        """Return the commit."""
        return self._tree.revision

    async def tree(self, commit: str, published: Collection[str] = ()) -> FolderTree:
        """Return the tree."""
        del published  # nothing in it clashes
        assert commit == self._tree.revision
        return self._tree


async def _publish(connection: str, folder: Path) -> None:
    """Push 500 MB of sources in large files."""
    choice = random.Random(3)  # noqa: S311 - no secret
    big = folder / "big"
    big.mkdir()
    for number in range(_BIG_FILES):
        start = choice.randrange(len(text()) - _BIG_SIZE)
        (big / f"file{number:04}.txt").write_bytes(text()[start : start + _BIG_SIZE])
    account = StorageAccount.from_connection_string(connection)
    store = DirectoryStore(folder / "view")
    async with account.blobs() as blobs, account.tables() as tables:
        await Workspace(Versions(blobs, tables), store).sync(_BIG, FolderBranch(big))
    await store.close()


def _zip(connection: str, folder: Path) -> None:
    program = debian("zip")
    ours, peer, work, peer_work = [], [], [], []
    made, theirs = folder / "ours.zip", folder / "peer.zip"
    for _ in range(_ROUNDS):
        theirs.unlink(missing_ok=True)
        began, worked = time.perf_counter(), _work_of_children()
        program.run("-q", "-r", f"-{LEVEL}", theirs, ".", folder=folder / "big")
        peer.append(time.perf_counter() - began)
        peer_work.append(_work_of_children() - worked)
        told = _pack(connection, made)
        ours.append(told["seconds"])
        work.append(told["work"])
        _compare(made, theirs)
    what = f"ZIP of {_BIG_FILES * _BIG_SIZE // 1_000_000} MB, level {LEVEL}"
    for part, mine, its in (("", ours, peer), (": processor time", work, peer_work)):
        print_ratio(
            what + part,
            statistics.median(mine) * 1000,
            "Info-ZIP",
            statistics.median(its) * 1000,
            target="under 1",
            unit=" ms",
        )
    sizes = [path.stat().st_size for path in (made, theirs)]
    print_ratio("  its size in bytes", sizes[0], "Info-ZIP", sizes[1], target="only shown")
    above = _pack(connection, made, watched=True)["above"] / 2**20
    print_value("  memory above idle (PSS), at most", f"{above:.0f} MB", target="under 64 MB")


def _work_of_children() -> float:
    """Return the processor time of every process that was started here and has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _pack(connection: str, target: Path, *, watched: bool = False) -> dict[str, Any]:
    told = {"connection": connection, "scope": _BIG.name, "target": str(target)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.zip_worker"],
        input=json.dumps(told | {"watched": watched}) + "\n",
        text=True, stdout=subprocess.PIPE, cwd=ROOT, check=True,
    )  # fmt: skip
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _compare(ours: Path, peer: Path) -> None:
    """End the benchmark where the archives do not hold the same."""
    held = []
    for path in (ours, peer):
        with zipfile.ZipFile(path) as opened:
            if opened.testzip() is not None:
                raise SystemExit(f"{path.name} is damaged")
            found = (one for one in opened.infolist() if not one.is_dir())
            held.append(sorted((one.filename, one.CRC, one.file_size) for one in found))
    if held[0] != held[1] or len(held[0]) != _BIG_FILES:
        raise SystemExit("the archives do not hold the same files")


if __name__ == "__main__":
    main()

"""Kills workers that sync and edit one workspace, on storage that fails, and proves what is left.

``make soak``: two processes work on one workspace whose view lies on a share. Every request to
Blob, Table and Files goes through a proxy that spoils one of twenty: answers 500 or 503, carried
out or not, torn connections before, in and after the answer, and silence. Now and then the share
is full. At random moments one of the two is killed (``-9``) and replaced. After each kill:

- every version since is whole: exactly a commit's tree, or its parent and exactly one edit, and
  what the current one holds can be read and is what its hash says (nothing half-published);
- every version that a worker was told of, killed or not, is among them (nothing lost);
- the view is brought to the current version and holds exactly that.

It prints its figures, and ends with 1 where one of these does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from azure.storage.fileshare import ShareServiceClient
from tests.bench.platform_parts import azurite
from tests.bench.soak_worker import TERMS, edited, pushed
from tests.conftest import ROOT
from tests.fault_proxy import FaultProxy
from tests.integration.emulator.conftest import ACCOUNT, Files, start

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.paths import LEFTOVER_PREFIX
from funcyard.workspace.scopes import Scope
from funcyard.workspace.store.share import ShareStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.name import VersionName
from funcyard.workspace.versions.origin import EditOrigin, GitHubOrigin
from funcyard.workspace.versions.storage import Versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.workspace.versions.manifest import Manifest

_SPOILED = 0.05
_SILENCE = 0.4
_LONGEST_LIFE = 1.5
_FULL_EVERY = 10
_GIB = 1 << 30
_MARGIN = 4 << 10
_PATIENCE = 120.0


class BrokenPromiseError(Exception):
    """Something is half-published, lost, or shown that is not so."""


@dataclass
class Told:
    """What workers said.

    Attributes:
        versions: That they published.
        behind: Why the view was behind, by code.
        faults: What failed, by code.
    """

    versions: set[VersionName] = field(default_factory=set)
    behind: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def hear(self, line: bytes) -> None:
        """Take in a line, unless the kill cut it off."""
        if not line.endswith(b"\n"):
            return
        said = json.loads(line)
        if "fault" in said:
            self.faults[said["fault"]] += 1
        elif "version" in said:
            self.versions.add(VersionName.parse(said["version"]))
            self.behind.update(filter(None, [said["behind"]]))


@dataclass
class Worker:
    """A process that works.

    Attributes:
        process: Itself.
        hearing: Reads what it says.
    """

    process: asyncio.subprocess.Process
    hearing: asyncio.Task[None]

    @classmethod
    async def start(cls, order: dict[str, str], told: Told) -> Worker:
        """Start one and wait until it works."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.soak_worker"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(order).encode() + b"\n")
        if not await process.stdout.readline():
            raise SystemExit("a worker did not start")
        return cls(process, asyncio.create_task(_hear(process.stdout, told)))

    async def kill(self) -> None:
        """Kill it; what it said before is heard."""
        if self.process.returncode is not None:
            raise BrokenPromiseError("a worker ended by itself, with what is told above")
        self.process.kill()
        await self.hearing
        await self.process.wait()


async def _hear(stream: asyncio.StreamReader, told: Told) -> None:
    while line := await stream.readline():
        told.hear(line)


@dataclass
class Judge:
    """Looks at a workspace by sound connections.

    Attributes:
        workspace: Which.
        scope: Whose.
        folder: Where the view lies.
        proved: Versions that were found whole, all ancestors of each other.
    """

    workspace: Workspace
    scope: Scope
    folder: Path
    proved: set[VersionName] = field(default_factory=set)
    repaired: int = 0

    async def judge(self, told: set[VersionName]) -> None:
        """Prove everything.

        Raises:
            BrokenPromiseError: It does not hold.
        """
        deadline = time.monotonic() + _PATIENCE
        while True:
            async with self.workspace.session(self.scope, wait=_PATIENCE) as opened:
                state = opened.lease.state
                if state.current is None:
                    break
                if state.view_clean and state.view == state.current:
                    # Nobody can publish now, so view and version must be the same.
                    manifest = await self._prove_chain(state.current)
                    await self._prove_view(manifest)
                    break
                _, fault = await opened.show()
                self.repaired += fault is None
                if fault is not None and time.monotonic() > deadline:
                    raise BrokenPromiseError(f"the view does not come right: {fault}")
        if lost := told - self.proved:
            raise BrokenPromiseError(f"published and lost: {sorted(map(str, lost))}")

    async def prove_kept(self) -> int:
        """Prove the contents of every version that can be rolled back to; return how many."""
        versions = self.workspace.versions
        kept = (await versions.ledger.read(self.scope)).kept
        for entry in kept:
            manifest = await versions.library.load(self.scope, entry.name)
            if damaged := await versions.contents.damaged(manifest):
                raise BrokenPromiseError(f"{entry.name.short} misses {len(damaged)} contents")
        return len(kept)

    async def _prove_chain(self, current: VersionName) -> Manifest:
        """Prove every version from the current one back to what was proved before."""
        library = self.workspace.versions.library
        newest = manifest = await library.load(self.scope, current)
        if damaged := await self.workspace.versions.contents.damaged(newest):
            raise BrokenPromiseError(f"{current.short} misses {len(damaged)} contents")
        name: VersionName | None = current
        while name is not None and name not in self.proved:
            manifest = await library.load(self.scope, name)
            parent = manifest.parent
            before = None if parent is None else await library.load(self.scope, parent)
            _prove_whole(name, manifest, before)
            self.proved.add(name)
            name = parent
        if name is None and len(self.proved) != newest.number:
            raise BrokenPromiseError("the chain of versions is not one")
        return newest

    async def _prove_view(self, manifest: Manifest) -> None:
        root = self.folder / self.scope.root
        shown = {
            str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*")
            if not path.name.startswith(LEFTOVER_PREFIX) and path.is_file()
        }
        if shown != _hashes(manifest):
            raise BrokenPromiseError(f"the view does not show version {manifest.number}")


def _prove_whole(name: VersionName, manifest: Manifest, before: Manifest | None) -> None:
    held = _hashes(manifest)
    match manifest.origin:
        case GitHubOrigin(commit=commit):
            wanted = {
                path: hashlib.sha256(content).hexdigest()
                for path, content in pushed(int(commit, 16)).items()
            }
        case EditOrigin(by=by, path=path):
            wanted = {} if before is None else _hashes(before)
            wanted[path] = hashlib.sha256(edited(by)).hexdigest()
        case other:
            raise BrokenPromiseError(f"{name.short} is of a {other.kind} that nobody made")
    if held != wanted:
        raise BrokenPromiseError(f"{name.short} is a mixture")


def _hashes(manifest: Manifest) -> dict[str, str]:
    return {path: file.sha256 for path, file in manifest.files.items()}


@contextlib.contextmanager
def _full(service: Files, share: str, *, is_full: bool) -> Iterator[None]:
    """Fill a share, but for next to nothing, while the block runs."""
    if not is_full:
        yield
        return
    with ShareServiceClient(service.url, credential=service.key) as account:
        client = account.get_share_client(share)
        client.set_share_quota(1)
        filler = client.get_file_client("filler")
        filler.create_file(0)
        used = client.get_share_stats()
        # Somebody may write meanwhile: what room is left then is little enough.
        filler.resize_file(_GIB - used - _MARGIN)
        try:
            yield
        finally:
            filler.delete_file()


async def _soak(kills: int, seed: int, folder: Path) -> None:
    choice = random.Random(seed)  # noqa: S311 - moments, no secrets
    began = time.monotonic()
    told = Told()
    async with contextlib.AsyncExitStack() as stack:
        connection = stack.enter_context(azurite(folder / "azurite"))
        service = start(folder / "files")
        stack.callback(service.end)
        account = StorageAccount.from_connection_string(connection)
        proxies = {
            name: stack.enter_context(
                FaultProxy(url, share=_SPOILED, silence=_SILENCE, seed=choice.randrange(1 << 30))
            )
            for name, url in (*account.endpoints.items(), ("file", service.url))
            if name in {"blob", "table", "file"}
        }
        scope, share = Scope("soaked"), f"s{uuid.uuid4().hex}"
        spoiled = (
            f"DefaultEndpointsProtocol=http;AccountName={account.name};AccountKey={account.key};"
            f"BlobEndpoint={proxies['blob'].url};TableEndpoint={proxies['table'].url}"
        )
        order = {
            "connection": spoiled,
            "files": proxies["file"].url,
            "key": service.key,
            "share": share,
            "scope": scope.name,
        }
        sound = StorageAccount(name=ACCOUNT, endpoints={"file": service.url}, key=service.key)
        store = ShareStore(sound, share)
        stack.push_async_callback(store.close)
        await store.prepare()
        versions = Versions(
            await stack.enter_async_context(account.blobs()),
            await stack.enter_async_context(account.tables()),
            terms=TERMS,
        )
        judge = Judge(Workspace(versions, store), scope, service.folder(share))
        workers = [await Worker.start({**order, "name": f"w{n}"}, told) for n in range(2)]
        try:
            for number in range(1, kills + 1):
                with _full(service, share, is_full=number % _FULL_EVERY == 0):
                    await asyncio.sleep(choice.uniform(0, _LONGEST_LIFE))
                    worker = workers.pop(choice.randrange(2))
                    await worker.kill()
                await judge.judge(set(told.versions))
                workers.append(await Worker.start({**order, "name": f"w{number + 1}"}, told))
                if number % _FULL_EVERY == 0:
                    print(f"  {number} kills, {len(judge.proved)} versions", flush=True)
        finally:
            for worker in workers:
                await worker.kill()
        await judge.judge(set(told.versions))
        kept = await judge.prove_kept()
    _print(kills, time.monotonic() - began, judge, told, proxies, kept)


def _print(
    kills: int,
    seconds: float,
    judge: Judge,
    told: Told,
    proxies: dict[str, FaultProxy],
    kept: int,
) -> None:
    met: Counter[str] = Counter()
    for proxy in proxies.values():
        met.update({fault.value: count for fault, count in proxy.met.items()})
    requests = sum(len(proxy.seen) for proxy in proxies.values())
    print(f"kills (-9)                     {kills:>8,}   in {seconds:,.0f} s")
    print(f"requests                       {requests:>8,}   spoiled {met.total():,}")
    for fault, count in sorted(met.items()):
        print(f"  {fault:<52} {count:>6,}")
    print(
        f"versions, each whole           {len(judge.proved):>8,}   told of {len(told.versions):,}"
    )
    print(f"versions kept, every content   {kept:>8,}")
    print(f"views brought right            {judge.repaired:>8,}")
    for what, counted in (("tries that failed", told.faults), ("views left behind", told.behind)):
        print(f"{what:<30} {counted.total():>8,}")
        for code, count in sorted(counted.items()):
            print(f"  {code:<52} {count:>6,}")
    print("half-published, lost, wrongly shown: 0")


def main() -> int:
    """Soak, and return 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description="kill workers of a workspace at random moments")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            asyncio.run(_soak(given.kills, given.seed, Path(folder)))
        except BrokenPromiseError as fault:
            print(f"broken: {fault}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

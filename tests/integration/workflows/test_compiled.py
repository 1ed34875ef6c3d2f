"""What was compiled for one version is not compiled for the next, and nobody can put code there."""

from __future__ import annotations

import hashlib
import json
import marshal
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from funcyard.workflows.limits import WorkerLimits
from funcyard.workflows.pool.compiled import CompiledCode
from funcyard.workflows.pool.pin import Pin
from funcyard.workflows.pool.process import WorkerProcess
from funcyard.workflows.worker.compiling import TAG

if TYPE_CHECKING:
    from collections.abc import Sequence

VIEW = "/workspace/orgs/north"
HEAD = "from funcyard.workflows.sdk import workflow\n"
PRICE = HEAD + "import helper\n@workflow()\ndef price(): return [{value}, helper.NAME]\n"
HELPER = "NAME = 'helper'\n"

PLANT = """
import base64, gc, hashlib, importlib.util, marshal, socket, sys
from funcyard.workflows import wire
code = base64.b64encode(marshal.dumps(compile("NAME = 'planted'", "x", "exec"))).decode()
told = {{"t": "code", "tag": {tag!r}, "key": {key!r}, "code": code}}
for one in gc.get_objects():
    if isinstance(one, socket.socket):
        one.sendall(wire.pack(told))
"""


def key_of(file: str, source: str) -> str:
    return hashlib.sha256(f"{VIEW}/{file}\0{source}".encode()).hexdigest()


class Versions:
    """Workers of versions that share compiled code."""

    def __init__(self, root: Path) -> None:
        self.compiled = CompiledCode(root / "compiled")
        self._root = root

    @property
    def kept(self) -> set[str]:
        """The keys of what is kept."""
        return {path.name for path in self.compiled.root.rglob("*") if path.is_file()}

    def entry(self, file: str, source: str) -> Path:
        """Where a file's code is kept."""
        return self.compiled.root / TAG / key_of(file, source)

    async def start(
        self, files: dict[str, str], *, only: Sequence[str] | None = None
    ) -> WorkerProcess:
        """Start a worker of a version."""
        folder, own = (self._root / uuid.uuid4().hex for _ in "ab")
        own.mkdir()
        for name, content in files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, encoding="utf-8")
        pin = Pin("north", "north", folder.name, folder, VIEW)
        return await WorkerProcess.start(pin, WorkerLimits(), own, self.compiled, files=only)

    async def price(self, files: dict[str, str], *, only: Sequence[str] | None = None) -> object:
        """Return what a version's workflow returns."""
        worker = await self.start(files, only=only)
        job = {"kind": "workflow", "name": "price", "parameters": {}, "context": {}}
        try:
            context = dict.fromkeys(
                ("organization", "caller", "workflow", "version", "scheduled_for"), ""
            )
            told = {**job, "id": "1", "context": {**context, "execution_id": "1", "attempt": 1}}
            outcome = await worker.run(told, 30, lambda _: None)
            assert outcome.error is None, outcome.error
            return json.loads(outcome.value or "")
        finally:
            await worker.end()


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path)


async def test_only_what_changed_is_compiled_for_the_next_version(versions: Versions) -> None:
    first, second = PRICE.format(value=1), PRICE.format(value=2)
    assert await versions.price({"price.py": first, "helper.py": HELPER}) == [1, "helper"]
    kept = {key_of("price.py", first), key_of("helper.py", HELPER)}
    assert versions.kept == kept
    times = versions.entry("helper.py", HELPER).stat().st_mtime_ns

    assert await versions.price({"price.py": second, "helper.py": HELPER}) == [2, "helper"]

    assert versions.kept == kept | {key_of("price.py", second)}
    assert versions.entry("helper.py", HELPER).stat().st_mtime_ns == times


@pytest.mark.parametrize("only", [None, ["price.py"]])
async def test_a_worker_runs_the_code_that_is_kept(
    versions: Versions, only: list[str] | None
) -> None:
    files = {"price.py": PRICE.format(value=1), "helper.py": HELPER}
    await versions.price(files)
    entry = versions.entry("helper.py", HELPER)
    other = marshal.dumps(compile("NAME = 'kept'", "helper.py", "exec"))
    entry.unlink()
    entry.write_bytes(hashlib.sha256(other).digest() + other)

    assert await versions.price(files, only=only) == [1, "kept"]


@pytest.mark.parametrize("damaged", [b"", b"short", bytes(32) + b"no code at all"])
async def test_damaged_code_is_compiled_again(versions: Versions, damaged: bytes) -> None:
    files = {"price.py": PRICE.format(value=1), "helper.py": HELPER}
    await versions.price(files)
    entry = versions.entry("helper.py", HELPER)
    entry.unlink()
    entry.write_bytes(damaged)

    assert await versions.price(files) == [1, "helper"]


async def test_a_version_cannot_plant_code_for_another(versions: Versions) -> None:
    key = key_of("helper.py", HELPER)
    evil = await versions.start({"evil.py": PLANT.format(tag=TAG, key=key)})
    assert evil.registry["faults"] == []
    await evil.end()
    assert key not in versions.kept

    files = {"price.py": PRICE.format(value=1), "helper.py": HELPER}
    assert await versions.price(files) == [1, "helper"]


async def test_what_is_no_python_is_a_fault_of_its_file_alone(versions: Versions) -> None:
    files = {"price.py": PRICE.format(value=1), "helper.py": HELPER, "bad.py": "def (:\n"}
    worker = await versions.start({**files, "_bad.py": "\0"})
    await worker.end()

    assert [(one["file"], one["kind"]) for one in worker.registry["faults"]] == [
        ("bad.py", "SyntaxError")
    ]
    assert [one["name"] for one in worker.registry["workflows"]] == ["price"]


async def test_a_file_has_the_name_that_people_know_it_by(versions: Versions) -> None:
    code = HEAD + "@workflow()\ndef price(): return price.__code__.co_filename\n"
    for _ in "twice":
        assert await versions.price({"jobs/price.py": code}) == f"{VIEW}/jobs/price.py"

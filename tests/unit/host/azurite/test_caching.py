"""A small program stands in for Azurite here: what it loads can be looked at, and changed.

The real one, with its cache, is what every test of storage runs on; see also
``tests/integration/host/test_azurite_cached.py``.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from funcyard.azurite.launching import SERVICES, Program, launch
from funcyard.host.azurite.caching import cache_modules, has_cache
from funcyard.host.azurite.locate import find_node

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATH = os.environ["PATH"]
NAME = ".funcyard-modules"
SAID = "starting Azurite once, so that it starts quickly from now on"
MAIN = """#!/usr/bin/env node
const part = require("./part");
const found = {
  part: part.what,
  file: __filename,
  folder: __dirname,
  isMain: require.main === module,
  exports: this === exports && exports === module.exports,
  parent: part.parent === module.filename,
  data: require("other/data.json"),
  text: require("other").text,
  sloppy: (() => this !== undefined && (function () { return this !== undefined; })())(),
  resolved: require.resolve("other"),
  places: require.resolve.paths("other")[0],
  known: Object.keys(require.cache).length,
  kinds: Object.keys(require.extensions).slice(0, 2),
  children: module.children.map((child) => child.id),
  line: new Error().stack.split("\\n")[1].trim(),
};
for (const name of ["missing", "other/module.mjs"])
  try { require(name); found[name] = "loaded"; } catch (fault) { found[name] = fault.code; }
import("./later.mjs").then((later) => {
  found.later = later.default;
  console.log("FOUND " + JSON.stringify(found));
  for (const name of ["Blob", "Queue", "Table"])
    console.log(`${name} service is successfully listening at http://127.0.0.1:1`);
  const running = setInterval(() => {}, 1000);
  process.once("SIGTERM", () => clearInterval(running));
});
"""
FILES = {
    ".package-lock.json": '{"lockfileVersion": 3}',
    "azurite/dist/src/azurite.js": MAIN,
    "azurite/dist/src/part.js": 'exports.what = "old"; exports.parent = module.parent.filename;',
    "azurite/dist/src/later.mjs": 'export default "imported";',
    "other/package.json": '{"name": "other", "main": "lib/index.cjs"}',
    "other/lib/index.cjs": '"use strict"; exports.text = "für später: \\u{1F600} 😀";',
    "other/data.json": '{"numbers": [1, 2], "größe": "ß"}',
    "other/module.mjs": "export default 1;",
}


@pytest.fixture(scope="module")
def node() -> Path:
    return find_node(PATH)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation as npm leaves it."""
    return written(tmp_path / "share")


def written(folder: Path) -> Path:
    for name, text in FILES.items():
        file = folder / "node_modules" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One with its cache, to be copied: nothing in it depends on where it lies."""
    folder = written(tmp_path_factory.mktemp("prepared"))
    assert cache(folder) == (True, [SAID])
    return folder


@pytest.fixture
def cached(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "cached")


def cache(folder: Path) -> tuple[bool, list[str]]:
    said: list[str] = []
    return cache_modules(folder, search_path=PATH, progress=said.append), said


def started(node: Path, folder: Path) -> dict[str, Any]:
    """Start it, end it, and return what it found."""
    main = folder / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
    return asyncio.run(_started(node, main))


async def _started(node: Path, main: Path) -> dict[str, Any]:
    process = await launch(
        Program(node, main),
        account="a",
        keys=("a2V5",),
        location=main.parent,
        ports=dict.fromkeys(SERVICES, 0),
    )
    assert process.stdout
    async for line in process.stdout:
        if line.startswith(b"FOUND "):
            found: dict[str, Any] = json.loads(line[6:])
        if b"Table" in line:
            process.terminate()
    assert await process.wait() == 0
    return found


def edit(folder: Path) -> None:
    """Change a source, which only what does not come from the cache shows."""
    part = folder / "node_modules" / "azurite" / "dist" / "src" / "part.js"
    part.write_text(part.read_text(encoding="utf-8").replace("old", "new"), encoding="utf-8")


def test_modules_from_the_cache_find_what_they_find_without_it(node: Path, folder: Path) -> None:
    without = started(node, folder)

    assert cache(folder) == (True, [SAID])
    edit(folder)
    (folder / "node_modules" / "other" / "package.json").unlink()
    (folder / "node_modules" / "other" / "data.json").write_text("{}")
    found = started(node, folder)

    assert found == without
    assert found["part"] == "old"
    assert (found["text"], found["later"]) == ("für später: 😀 😀", "imported")
    assert found["missing"] == "MODULE_NOT_FOUND"


def test_an_installation_that_was_moved_keeps_its_cache(node: Path, cached: Path) -> None:
    edit(cached)

    found = started(node, cached)

    assert found["part"] == "old"
    assert found["folder"] == str(cached / "node_modules" / "azurite" / "dist" / "src")


def test_it_is_made_once(cached: Path) -> None:
    assert cache(cached) == (False, [])


def truncated(modules: Path) -> None:
    file = modules / NAME
    file.write_bytes(file.read_bytes()[:-1])


def damaged(modules: Path) -> None:
    file = modules / NAME
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def emptied(modules: Path) -> None:
    (modules / NAME).write_bytes(b"")


def removed(modules: Path) -> None:
    (modules / NAME).unlink()


def of_another_node(modules: Path) -> None:
    file = modules / NAME
    head, body = file.read_bytes().split(b"\n", 1)
    described = json.loads(head)
    described["node"] = described["node"].replace("v", "v1", 1)
    head = json.dumps(described, separators=(",", ":")).encode()
    file.write_bytes(head + b"\n" + body)


def of_another_azurite(modules: Path) -> None:
    (modules / ".package-lock.json").write_text('{"lockfileVersion": 3, "packages": {}}')


FAULTS = [truncated, damaged, emptied, removed, of_another_node, of_another_azurite]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_cache_that_does_not_serve_is_not_taken_and_made_anew(
    node: Path, cached: Path, fault: Callable[[Path], None]
) -> None:
    modules = cached / "node_modules"
    assert has_cache(node, modules)
    edit(cached)
    fault(modules)

    assert started(node, cached)["part"] == "new"
    assert cache(cached) == (True, [SAID])
    assert has_cache(node, modules)


def test_a_cache_beside_an_azurite_in_no_node_modules_is_not_taken(
    node: Path, cached: Path
) -> None:
    # Of /tmp/azurite the folder above is everybody's.
    modules = (cached / "node_modules").rename(cached / "everybodys")
    main = modules / "azurite" / "dist" / "src" / "azurite.js"
    main.write_text(
        'process.once("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000);'
        'console.log(`FOUND {"part": "new"}\\nTable`);'
    )

    assert not has_cache(node, modules)
    assert asyncio.run(_started(node, main)) == {"part": "new"}


def test_who_makes_a_cache_leaves_no_azurite_behind_where_it_is_killed(folder: Path) -> None:
    main = folder / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
    main.write_text(
        'require("fs").writeFileSync(__filename + ".pid", String(process.pid));'
        ' process.once("SIGTERM", () => setTimeout(() => process.exit(1), 2000));'
        " setInterval(() => {}, 1000);"
    )
    made = "import sys, pathlib; from funcyard.host.azurite.caching import cache_modules;"
    made += "cache_modules(pathlib.Path(sys.argv[1]), search_path=sys.argv[2], progress=print)"
    told = main.with_name("azurite.js.pid")
    with subprocess.Popen(
        [sys.executable, "-c", made, folder, PATH],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(folder)},
    ) as maker:
        while not told.exists() or not told.read_text():
            time.sleep(0.01)
        left = psutil.Process(int(told.read_text()))
        maker.kill()

    until = time.monotonic() + 10
    while (locked := is_locked(folder)) and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.2)
    if is_left := lives(left):
        left.kill()
    assert (locked, is_left) == (False, False), "nobody else makes one before it has ended"


def is_locked(folder: Path) -> bool:
    with (folder / ".azurite-lock").open("w") as lock, contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    return True


def lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def test_what_another_installation_makes_at_the_time_is_waited_for(
    node: Path, folder: Path, prepared: Path
) -> None:
    said: list[str] = []

    def progress(line: str) -> None:
        """Make it and be done, as the other one, once that is waited for."""
        said.append(line)
        shutil.copy(prepared / "node_modules" / NAME, folder / "node_modules" / NAME)
        fcntl.flock(held, fcntl.LOCK_UN)

    with (folder / ".azurite-lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        made = cache_modules(folder, search_path=PATH, progress=progress)

    assert (made, said) == (False, ["waiting for another installation of Azurite"])
    assert has_cache(node, folder / "node_modules")


def test_a_node_that_cannot_keep_what_is_loaded_is_told_and_not_started(
    node: Path, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "older.cjs").write_text('delete require("vm").constants;')
    older = tmp_path / "node"
    older.write_text(f'#!/bin/sh\nexec {node} --require {tmp_path}/older.cjs "$@"\n')
    older.chmod(0o755)
    said: list[str] = []

    assert not cache_modules(folder, search_path=str(tmp_path), progress=said.append)
    assert said == ["Azurite will start slowly: it takes Node.js 20.12 to keep what it loads"]


def test_an_azurite_that_does_not_come_up_is_told_and_leaves_nothing(folder: Path) -> None:
    modules = folder / "node_modules"
    main = modules / "azurite" / "dist" / "src" / "azurite.js"
    main.write_text('console.log("no room"); process.exitCode = 3;')

    made, said = cache(folder)

    assert not made
    assert said == [SAID, "Azurite will start slowly: Azurite did not come up:\nno room"]
    assert not list(modules.glob(f"{NAME}*"))


def test_a_folder_that_takes_no_file_is_told_and_left_as_it_was(folder: Path) -> None:
    modules = folder / "node_modules"
    (modules / NAME).mkdir()

    made, said = cache(folder)

    assert not made
    assert said == [SAID, f"Azurite will start slowly: what it loads cannot be kept in {modules}"]
    assert [item.name for item in modules.glob(f"{NAME}*")] == [NAME]


def test_without_node_it_is_told(folder: Path, tmp_path: Path) -> None:
    said: list[str] = []

    assert not cache_modules(folder, search_path=str(tmp_path), progress=said.append)
    assert [line.split(":")[0] for line in said] == ["Azurite will start slowly"]
    assert "Node.js is missing" in said[0]
    assert shutil.which("node", path=str(tmp_path)) is None

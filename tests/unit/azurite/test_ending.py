"""How what is started as Azurite is ends when it is asked to; a small program stands in for it."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from funcyard.azurite.launching import SERVICES, Program, launch
from funcyard.host.azurite.locate import find_node

if TYPE_CHECKING:
    from pathlib import Path

SAVES = """
process.once("SIGTERM", () => {
  console.log("saving");
  setTimeout(() => {
    require("fs").writeFileSync(__filename + ".saved", "");
    process.exit(0);
  }, 300);
});
setInterval(() => {}, 1000);
console.log("begun");
"""
BEGINS = 'setInterval(() => {}, 1000); console.log("begun");'


async def started(folder: Path, main: str) -> asyncio.subprocess.Process:
    """Start a program, and return it once it has begun."""
    script = folder / "azurite.js"
    script.write_text(main)
    process = await launch(
        Program(find_node(os.environ["PATH"]), script),
        account="acme",
        keys=("a2V5",),
        location=folder,
        ports=dict.fromkeys(SERVICES, 0),
    )
    assert process.stdout
    assert await process.stdout.readline() == b"begun\n"
    return process


async def test_a_second_request_to_end_leaves_it_the_time_to_save(tmp_path: Path) -> None:
    process = await started(tmp_path, SAVES)
    assert process.stdout

    process.terminate()
    assert await process.stdout.readline() == b"saving\n"
    process.terminate()

    assert await process.wait() == 0
    assert (tmp_path / "azurite.js.saved").exists()


async def test_what_has_nothing_to_save_yet_ends_at_once(tmp_path: Path) -> None:
    process = await started(tmp_path, BEGINS)

    process.terminate()

    assert await process.wait() == 143

"""The processes that are killed, and what they said before."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from tests.bench.soak.promises import BrokenPromiseError
from tests.conftest import ROOT

from funcyard.workspace.versions.name import VersionName


@dataclass
class Told:
    """What instances said.

    Attributes:
        versions: That they published by hand.
        executions: That they started, by id.
        behind: Why the view was behind, by code.
        faults: What failed, by what it was and its code.
    """

    versions: set[VersionName] = field(default_factory=set)
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    behind: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def hear(self, line: bytes) -> None:
        """Take in a line, unless the kill cut it off."""
        if not line.endswith(b"\n"):
            return
        said = json.loads(line)
        if "fault" in said:
            self.faults[f"{said['of']}: {said['fault']}"] += 1
        elif "version" in said:
            self.versions.add(VersionName.parse(said["version"]))
            self.behind.update(filter(None, [said["behind"]]))
        elif "execution" in said:
            self.executions[said["execution"]] = said


@dataclass
class Process:
    """An instance that works, until it is killed.

    Attributes:
        process: Itself.
        hearing: Reads what it says.
    """

    process: asyncio.subprocess.Process
    hearing: asyncio.Task[None]

    @classmethod
    async def start(cls, order: dict[str, Any], told: Told) -> Self:
        """Start an instance and wait until it works."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.soak.instance"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(order).encode() + b"\n")
        first = await process.stdout.readline()
        if not first:
            raise BrokenPromiseError("an instance did not start")
        told.hear(first)
        return cls(process, asyncio.create_task(_hear(process.stdout, told)))

    def rest(self) -> None:
        """Have it begin nothing new, and go on with what is begun."""
        if self.process.stdin is not None:
            self.process.stdin.close()

    async def kill(self) -> None:
        """Kill it; what it said before is heard.

        Raises:
            BrokenPromiseError: It had ended by itself.
        """
        self.prove_alive()
        await self.end()

    def prove_alive(self) -> None:
        """Prove that it runs.

        Raises:
            BrokenPromiseError: It has ended by itself.
        """
        if self.process.returncode is not None:
            raise BrokenPromiseError("an instance ended by itself, with what is told above")

    async def end(self) -> None:
        """Kill it, if it is there."""
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.hearing
        await self.process.wait()


async def _hear(stream: asyncio.StreamReader, told: Told) -> None:
    while line := await stream.readline():
        told.hear(line)

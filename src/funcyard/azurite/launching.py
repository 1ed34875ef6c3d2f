"""The command that starts an Azurite: its services on loopback, its keys out of sight.

What Azurite had not yet written to disk is lost when it is killed: it saves its tables of contents
every five seconds (measured with 3.35.0), and on SIGTERM, for which it is to be given time. A
second SIGTERM does not end it before it has (``ends_once.cjs``).

Where its installation holds a module cache it takes its modules from there (``loads_cached.cjs``):
0.5 of 1.0 s of processor time until it listens (3.35.0, Node.js 20).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from funcyard.azurite.errors import AzuriteStartError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HOST: Final = "127.0.0.1"
"""Where it listens."""
SERVICES: Final = ("blob", "queue", "table")
"""What it serves."""
MODULE_CACHE: Final = Path(__file__).with_name("module_cache.cjs")
"""A script that tells by its exit code whether a ``node_modules`` holds a module cache."""
RECORDS_MODULES: Final = Path(__file__).with_name("records_modules.cjs")
"""A preload that writes the module cache when Azurite ends."""
_PRELOADS: Final = tuple(
    Path(__file__).with_name(name) for name in ("ends_once.cjs", "loads_cached.cjs")
)
_EXITS_WITH_PARENT: Final = Path(__file__).with_name("exits_with_parent.cjs")
_KEEP_ALIVE_SECONDS: Final = "120"  # longer than the clients' own, so that they close idle ones
_LINE_LIMIT: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Program:
    """An Azurite that can be started.

    Attributes:
        node: The Node.js executable.
        main: Azurite's main script.
    """

    node: Path
    main: Path


async def launch(
    program: Program,
    *,
    account: str,
    keys: Sequence[str],
    location: Path,
    ports: Mapping[str, int],
    preloads: Sequence[Path] = (),
    exits_with_parent: bool = False,
    pass_fds: Sequence[int] = (),
) -> asyncio.subprocess.Process:
    """Start an Azurite in a session of its own; it does not listen yet.

    Args:
        program: What to run.
        account: The account it has.
        keys: That account's keys, one or two, standard base64. They reach it in its environment
            only.
        location: Folder of its data. No two processes may share one.
        ports: One for each of its services; 0 asks for any free one.
        preloads: Scripts that Node.js reads before it.
        exits_with_parent: Whether it ends, its data saved, when this process is gone, however it
            went: its standard input ends then.
        pass_fds: Descriptors that it inherits.

    Raises:
        AzuriteStartError: It cannot be executed.
    """
    command = [str(program.node)]
    parental = (_EXITS_WITH_PARENT,) if exits_with_parent else ()
    for preload in (*_PRELOADS, *parental, *preloads):
        command += ["--require", str(preload)]
    command += [str(program.main), "--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    command += ["--location", str(location)]
    for service in SERVICES:
        command += [f"--{service}Host", HOST, f"--{service}Port", str(ports[service])]
        command += [f"--{service}KeepAliveTimeout", _KEEP_ALIVE_SECONDS]
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            env={"AZURITE_ACCOUNTS": ":".join((account, *keys))},
            cwd=location,
            stdin=asyncio.subprocess.PIPE if exits_with_parent else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            pass_fds=tuple(pass_fds),
            limit=_LINE_LIMIT,
        )
    except OSError as fault:
        raise AzuriteStartError(f"Azurite cannot be started: {fault}") from fault

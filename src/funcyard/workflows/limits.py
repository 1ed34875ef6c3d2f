"""What the engine may take, and how long it waits: one value, given when it is made."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What one worker process may do.

    Attributes:
        interpreter: The Python that runs the code of workspaces.
        environment: Variables it gets besides a path, a home and a temporary folder; nothing of
            the engine's own environment reaches it.
        user: The user and group that code runs as, by number; None for the engine's own, whose
            processes, variables and files code could read then. Only root may name another, who
            has to be able to read interpreter and snapshots.
        memory_bytes: Address space of the process and of each it starts; 0 for no limit.
        niceness: How far the process stands back for the engine, 0 to 19.
        load_seconds: How long importing a version may take.
        longest_result: Bytes of JSON that an execution may return.
        longest_log: Characters that an execution may log; what is more is counted only.
        cancel_seconds: How long cancelled code may look at ``context.cancelled`` before it is
            interrupted.
        kill_seconds: How long interrupted code may clean up before it is killed.
    """

    interpreter: Path = field(default_factory=lambda: Path(sys.executable))
    environment: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    memory_bytes: int = 1024 * _MEGABYTE
    niceness: int = 5
    load_seconds: float = 60.0
    longest_result: int = 16 * _MEGABYTE
    longest_log: int = 2 * _MEGABYTE
    cancel_seconds: float = 2.0
    kill_seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How many worker processes there may be, and for how long.

    Attributes:
        workers: In all.
        per_organization: For one organisation.
        executions_per_worker: After so many a worker is replaced, so that leaks end.
        idle_seconds: A worker without work for so long is ended.
        patience_seconds: How long an execution whose caller waits may wait for a worker.
    """

    workers: int = 8
    per_organization: int = 4
    executions_per_worker: int = 1000
    idle_seconds: float = 300.0
    patience_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """The engine's dealings with others.

    Attributes:
        beat_seconds: How often an engine shows that it lives, and looks for signals.
        lease_seconds: An engine that has not shown it for so long has lost its executions.
        recovery_seconds: How often an engine looks for what others have lost.
        schedule_seconds: How often it looks for schedules that are due.
        losses: How often an asynchronous execution may lose its engine or its process before it
            fails.
        longest_input: Bytes of JSON that an execution may be given.
    """

    beat_seconds: float = 2.0
    lease_seconds: float = 20.0
    recovery_seconds: float = 10.0
    schedule_seconds: float = 5.0
    losses: int = 3
    longest_input: int = 4 * _MEGABYTE

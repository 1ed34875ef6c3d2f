"""What happens while a deployment goes on, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """How far a resource is."""

    STARTED = "started"
    RETRYING = "retrying"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a resource.

    Attributes:
        at: When, by the engine's clock.
        address: Whose.
        stage: What.
        detail: In words: the action, the fault, what it waits for.
    """

    at: float
    address: str
    stage: Stage
    detail: str = ""

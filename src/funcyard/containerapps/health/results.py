"""What checks find, and which of it is the cause of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Outcome(Enum):
    """How a check ended."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"
    """It works, and may not for long; or it is not known whether it works."""
    FAIL = "fail"
    SKIP = "skip"
    """There is nothing to judge."""


class Depth(IntEnum):
    """How near what is found is to the cause."""

    SYMPTOM = 1
    """Something else always causes it: a revision that is not ready, an answer of 503."""
    EFFECT = 2
    """Something else most often causes it: a container that ends, a host that does not run."""
    CAUSE = 3
    """It is what has to be mended."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How something was found to be.

    Attributes:
        outcome: In a word.
        message: What was found, in a line.
        evidence: What was seen, a line each.
        next: The command that mends it, or tells more; empty for none.
        depth: How near that is to the cause, of what failed.
    """

    outcome: Outcome
    message: str
    evidence: tuple[str, ...] = ()
    next: str = ""
    depth: Depth = Depth.CAUSE


def passes(message: str, evidence: tuple[str, ...] = (), next: str = "") -> Judgement:  # noqa: A002 - as it is shown
    """Judge that it works."""
    return Judgement(Outcome.PASS, message, evidence, next)


def warns(message: str, evidence: tuple[str, ...] = (), next: str = "") -> Judgement:  # noqa: A002 - as it is shown
    """Judge that it works and may not for long, or that nobody knows."""
    return Judgement(Outcome.WARN, message, evidence, next)


def fails(
    message: str,
    evidence: tuple[str, ...] = (),
    next: str = "",  # noqa: A002 - as it is shown
    depth: Depth = Depth.CAUSE,
) -> Judgement:
    """Judge that it does not work."""
    return Judgement(Outcome.FAIL, message, evidence, next, depth)


def skips(message: str) -> Judgement:
    """Say why there is nothing to judge."""
    return Judgement(Outcome.SKIP, message)


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found.

    Attributes:
        check: Its name.
        found: How it was.
    """

    check: str
    found: Judgement


@dataclass(frozen=True, slots=True)
class Report:
    """What all checks found, in their order.

    Attributes:
        app: Name of the app.
        results: One of each check.
    """

    app: str
    results: tuple[Result, ...]

    @property
    def has_failed(self) -> bool:
        """Whether any check failed."""
        return any(self._failed())

    @property
    def cause(self) -> Result | None:
        """What explains the failures: of the deepest the first in :data:`CAUSES`; None for none."""
        return min(
            self._failed(),
            key=lambda one: (-one.found.depth, CAUSES.index(one.check)),
            default=None,
        )

    def _failed(self) -> Iterator[Result]:
        return (one for one in self.results if one.found.outcome is Outcome.FAIL)


CAUSES: tuple[str, ...] = (
    "changes",
    "app",
    "image",
    "roles",
    "capacity",
    "settings",
    "storage",
    "port",
    "probes",
    "functions",
    "logs",
    "host",
    "endpoint",
    "replicas",
    "revisions",
)
"""The checks from cause to effect: what was refused was never deployed; what has no image has no
replica, what has no room has no log; what lacks a setting ends, and what ends answers no probe."""

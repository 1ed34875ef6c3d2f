"""Misbehaviour on demand: what the cloud does sometimes, here as often as is asked for.

Each decision is drawn from the seed, the kind of fault, the method, the address and how often that
was asked before, so the same requests meet the same faults however they are interleaved. Ids that
are new in each run do not count.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.errors import ArmError, refused
from funcyard.errors import UsageError

if TYPE_CHECKING:
    from funcyard.emulator.core.clock import Clock
    from funcyard.emulator.core.records import Operation
    from funcyard.emulator.http import Request

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SECONDS: Final = {"latency", "roles"}
_THROTTLED_SECONDS: Final = 5


class FaultsError(UsageError):
    """What faults are wanted cannot be read."""

    code = "bad-faults"


@dataclass(frozen=True, slots=True)
class Rates:
    """How often what goes wrong; shares of the requests, or of Azure's seconds.

    Attributes:
        latency: Up to so many seconds before each answer.
        throttle: Requests that are told to come again.
        error: Requests that fail without effect.
        lost: Changes that take effect, and whose answer is lost.
        late: Operations that are accepted and fail in the end.
        taken: Names that are somebody else's.
        roles: Up to so many seconds until an assigned role counts.
    """

    latency: float = 0
    throttle: float = 0
    error: float = 0
    lost: float = 0
    late: float = 0
    taken: float = 0
    roles: float = 0


def read_rates(text: str) -> Rates:
    """Return the rates that a person wrote: ``throttle=0.1,latency=2``.

    Raises:
        FaultsError: They are none.
    """
    known = [field.name for field in fields(Rates)]
    given: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.strip().partition("=")
        try:
            number = float(value)
        except ValueError:
            number = -1
        if name not in known or number < 0 or (name not in _SECONDS and number > 1):
            raise FaultsError(
                f"{part.strip()!r} is no fault",
                hint=f"NAME=NUMBER of {', '.join(known)}; shares are 0 to 1, latency and roles"
                " are seconds",
            )
        given[name] = number
    return Rates(**given)


class Faults:
    """Decides what goes wrong.

    Args:
        rates: How often.
        seed: Of all that is drawn.
    """

    def __init__(self, rates: Rates, seed: int) -> None:
        self._rates = rates
        self._seed = seed
        self._asked: Counter[str] = Counter()

    @classmethod
    def none(cls) -> Faults:
        """Return what lets everything go right."""
        return cls(Rates(), 0)

    async def before(self, request: Request, clock: Clock) -> None:
        """Delay a request, or refuse it before it has an effect.

        Raises:
            ArmError: It is refused.
        """
        subject = _subject(request)
        if self._rates.latency:
            await clock.passing(self._rates.latency * self._drawn("latency", subject))
        if self._happens("throttle", self._rates.throttle, subject):
            throttled = refused(
                429,
                "SubscriptionRequestsThrottled",
                "Number of requests for the subscription exceeded the limit. Please try again"
                f" after '{_THROTTLED_SECONDS}' seconds.",
            )
            throttled.headers |= clock.retry_after(_THROTTLED_SECONDS)
            raise throttled
        if self._happens("error", self._rates.error, subject):
            raise refused(503, "ServerUnavailable", "The server is temporarily unavailable.")

    def after(self, request: Request) -> None:
        """Lose the answer of a change that has taken effect.

        Raises:
            ArmError: It is lost: what the gateway tells instead.
        """
        if request.method in {"GET", "HEAD"}:
            return
        if self._happens("lost", self._rates.lost, _subject(request)):
            raise ArmError(
                504,
                "GatewayTimeout",
                "The gateway did not receive a response from the provider within the specified"
                " time period.",
                headers={"x-ms-failure-cause": "service"},
            )

    def check_late(self, operation: Operation) -> None:
        """Let an operation that was accepted fail.

        Raises:
            ArmError: It fails.
        """
        subject = f"{operation.verb} {_plain(operation.target)}"
        if self._happens("late", self._rates.late, subject):
            raise ArmError(
                409,
                "ResourceDeploymentFailure",
                "The resource operation completed with terminal provisioning state 'Failed'.",
            )

    def is_taken(self, kind: str, name: str) -> bool:
        """Whether a name that is unique in all of Azure is somebody else's; the same each time."""
        chosen = random.Random(f"{self._seed} taken {kind} {name}")  # noqa: S311 - no secret
        return chosen.random() < self._rates.taken

    def role_delay(self, assignment: str) -> float:
        """Return after how many of Azure's seconds a role that was assigned counts."""
        chosen = random.Random(f"{self._seed} roles {assignment}")  # noqa: S311 - no secret
        return self._rates.roles * chosen.random()

    def _happens(self, kind: str, rate: float, subject: str) -> bool:
        return rate > 0 and self._drawn(kind, subject) < rate

    def _drawn(self, kind: str, subject: str) -> float:
        about = f"{kind} {subject}"
        self._asked[about] += 1
        return random.Random(f"{self._seed} {about} {self._asked[about]}").random()  # noqa: S311 - no secret


def _subject(request: Request) -> str:
    return f"{request.method} {_plain(request.path)}"


def _plain(path: str) -> str:
    return _UUID.sub("ID", path.lower())

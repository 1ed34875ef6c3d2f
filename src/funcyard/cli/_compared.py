"""A running project that tells which functions of its spec the worker did not find, or otherwise.

It stands before the supervisor where ``up`` shows it: every status has, of each app that is ready,
the departures of its code from the spec, as its newest code is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.functions.declared import Declared, Departure, compare, declared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.host.app import App
    from funcyard.host.supervisor import Supervisor

Declarations = dict[str, tuple[Declared, ...]]
"""App to what its functions are meant to be."""

_WORDS = {
    Departure.MISSING: "not in the code: `funcyard diff` shows what to write",
    Departure.UNDECLARED: "not in funcyard.yaml",
}


class Compared:
    """What ``serve`` shows and ends: the supervisor, with departures in its status."""

    def __init__(self, supervisor: Supervisor, wanted: Declarations) -> None:
        self._supervisor = supervisor
        self._wanted = wanted

    @property
    def in_flight(self) -> int:
        """How many invocations run now."""
        return self._supervisor.in_flight

    def status(self) -> dict[str, Any]:
        """Return apps, functions and storage, without keys; each app with its ``departures``."""
        status = self._supervisor.status()
        for app, told in zip(self._supervisor.apps, status["apps"], strict=True):
            told["departures"] = list(self._departures(app)) if told["state"] == "ready" else []
        return status

    def request_stop(self) -> None:
        """Ask for the end."""
        self._supervisor.request_stop()

    async def wait(self) -> None:
        """Wait until somebody asks for the end."""
        await self._supervisor.wait()

    async def stop(self) -> None:
        """Let what runs finish and end every process."""
        await self._supervisor.stop()

    def _departures(self, app: App) -> Iterator[dict[str, str]]:
        found = map(declared, app.runner.invocations.functions.values())
        for one in compare(self._wanted[app.name], found):
            message = _WORDS.get(one.departure) or f"funcyard.yaml differs: {one.said}"
            yield {"function": one.name, "departure": one.departure.value, "message": message}

"""How a container is: what it does is one state, which is replaced whole."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from funcyard.emulator.containerapps.runtime.told import ContainerState, RunningState

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.core.clock import Clock


class Condition:
    """The state of a container, which waits to be started at first.

    Args:
        name: Of the container.
        clock: Of the local Azure.
        changed: Told that the state is another.

    Attributes:
        state: How it is now.
    """

    def __init__(self, name: str, clock: Clock, changed: Callable[[], None]) -> None:
        self.state = ContainerState(name=name, reason="ContainerCreating")
        self._clock = clock
        self._changed = changed

    def change(self, **changes: Any) -> None:  # noqa: ANN401 - attributes of any type
        """Replace attributes of the state; nothing is told where they were so before."""
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            self._changed()

    def runs(self) -> None:
        """Say that it was started: its id is another than before."""
        now = datetime.fromtimestamp(self._clock.time(), UTC)
        hour = now.hour % 12 or 12
        told = f"{now.month}/{now.day}/{now.year} {hour}:{now:%M:%S %p}"
        self.change(
            running_state=RunningState.RUNNING,
            details=f"Container started at: {told}.",
            reason="",
            container_id=f"containerd://{secrets.token_hex(32)}",
            listening_ports=(),
        )

    def waits(self, reason: str) -> None:
        """Say that it waits, and why in a word."""
        self.change(
            running_state=RunningState.WAITING,
            details=f"Container is waiting with reason: {reason}",
            reason=reason,
            is_ready=False,
            is_started=False,
        )

    def terminated(self, code: int, reason: str) -> None:
        """Say that it ended, with an exit code, and why in a word."""
        self.change(
            running_state=RunningState.TERMINATED,
            details=f"Container terminated with exit code {code} and reason: {reason}",
            reason=reason,
            exit_code=code,
            is_ready=False,
            is_started=False,
        )

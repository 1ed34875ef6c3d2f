"""How a message reaches a twin: behind one interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Mapping


class NotSentError(FuncyardError):
    """A message could not be sent."""

    code = "not-sent"


class Transport(Protocol):
    """Sends the messages of devices."""

    async def send(self, device: str, payload: Mapping[str, object]) -> None:
        """Send one message, and return once the twin has taken it.

        Messages of one device come one after the other, those of several at the same time.

        Raises:
            NotSentError: It was not taken.
        """
        ...

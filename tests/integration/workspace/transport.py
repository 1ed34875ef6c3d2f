"""The clients' transport, counted, and torn where a test says so."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline.transport import AioHttpTransport

if TYPE_CHECKING:
    from collections.abc import Callable


class Transport(AioHttpTransport):  # type: ignore[misc]  # azure-core loads it lazily
    """A transport that counts what is sent.

    Attributes:
        sent: Requests by method.
        before: Called before a request is sent: may raise.
        after: Called once it was answered, before the caller learns it: may raise.
    """

    def __init__(self) -> None:
        super().__init__(use_env_settings=False)
        self.sent: Counter[str] = Counter()
        self.before: Callable[[Any], object] | None = None
        self.after: Callable[[Any], object] | None = None

    async def send(self, request: Any, **rest: Any) -> Any:  # noqa: ANN401 - as azure-core has it
        self.sent[request.method] += 1
        if self.before is not None:
            self.before(request)
        answer = await super().send(request, **rest)
        if self.after is not None:
            self.after(request)
        return answer

    @property
    def count(self) -> int:
        return sum(self.sent.values())


def torn_at_random(transport: Transport, share: float, seed: int) -> None:
    """Let a share of the requests fail: half before they are sent, half when they were answered."""
    choice = random.Random(seed)  # noqa: S311 - reproducible, guards nothing

    def before(_: Any) -> None:  # noqa: ANN401
        if choice.random() < share / 2:
            raise ServiceRequestError("the connection was refused")

    def after(_: Any) -> None:  # noqa: ANN401
        if choice.random() < share / 2:
            raise ServiceResponseError("the connection was torn")

    transport.before, transport.after = before, after

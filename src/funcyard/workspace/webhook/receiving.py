"""Receives deliveries: which connection signed, what it means, and a job for what it pushed.

Nothing in a body is believed before a secret of a connection is found to have signed it, save
whose secrets are tried where the address does not say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.workspace.jobs.model import Status
from funcyard.workspace.webhook.deciding import Target, decide, is_about, keys_of
from funcyard.workspace.webhook.delivery import Delivery, SignatureError
from funcyard.workspace.webhook.payload import origin_of, read

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any

    from funcyard.workspace.connections.model import Connection
    from funcyard.workspace.connections.secrets import ConnectionSecrets
    from funcyard.workspace.connections.table import ConnectionTable, Record
    from funcyard.workspace.jobs.intake import Intake
    from funcyard.workspace.scopes import Scope


@dataclass(frozen=True, slots=True)
class Answer:
    """What GitHub is told.

    Attributes:
        message: In words.
        commit: That was pushed, where a sync was queued.
        job: Its id; empty where none was queued.
        scope: In which it was queued; None where none was.
    """

    message: str
    commit: str = ""
    job: str = ""
    scope: Scope | None = None

    @property
    def accepted(self) -> bool:
        """Whether a sync was queued: 202, else 200."""
        return bool(self.job)

    def as_dict(self) -> dict[str, object]:
        """Return the body of the answer."""
        if not self.accepted:
            return {"message": self.message}
        return {"message": self.message, "commitSha": self.commit, "jobId": self.job}


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where deliveries come in.

    Attributes:
        connections: Where connections are kept.
        secrets: Theirs.
        intake: Where syncs are asked for.
        served: Whether pushes of a scope are followed; None for those of every one.
    """

    connections: ConnectionTable
    secrets: ConnectionSecrets
    intake: Intake
    served: Callable[[Scope], Awaitable[bool]] | None = None

    async def receive(
        self, headers: Mapping[str, str], body: bytes, scope: Scope | None = None
    ) -> Answer:
        """Take a delivery.

        Args:
            headers: Of the request.
            body: Of it, as it came.
            scope: Whose connection the address names; None tries all of the payload's repository.

        Raises:
            BodyTooLargeError: There is too much of it.
            SignatureError: It is not signed, or by nobody who is connected.
            DeliveryError: A header is missing, or the body is no payload.
            FuncyardError: Secrets or storage cannot be used.
        """
        delivery = Delivery.of(headers, body)
        payload: Mapping[str, Any] | None = None
        if scope is None:
            payload = read(delivery)
        connection = await self._signer(delivery, scope, payload)
        if payload is None:
            payload = read(delivery)
        decision = decide(delivery.event, payload, _target(connection))
        if decision.push is None:
            return Answer(decision.message)
        if self.served is not None and not await self.served(connection.scope):
            return Answer("ignored: the organisation is not active")
        taken = await self.intake.push(
            connection, decision.push, delivery=delivery.id, digest=delivery.digest
        )
        if taken.job is None or not taken.new:
            done = taken.job is not None and taken.job.status is Status.COMPLETED
            return Answer(f"{decision.push.after} is {'synced' if done else 'queued'} already")
        return Answer(decision.message, decision.push.after, taken.job.id, connection.scope)

    async def _signer(
        self, delivery: Delivery, scope: Scope | None, payload: Mapping[str, Any] | None
    ) -> Connection:
        for record in await self._candidates(scope, payload):
            if delivery.signed_by(await self.secrets.signing(record)):
                return record.connection
        raise SignatureError(
            "no connection has signed this", hint="compare the webhook's secret, or rotate it"
        )

    async def _candidates(
        self, scope: Scope | None, payload: Mapping[str, Any] | None
    ) -> list[Record]:
        if scope is not None:
            record = await self.connections.find(scope)
            return [] if record is None else [record]
        origin = None if payload is None else origin_of(payload)
        if origin is None:
            return []
        found = await self.connections.about(keys_of(origin), origin.id)
        return [one for one in found if is_about(origin, _target(one.connection))]


def _target(connection: Connection) -> Target:
    return Target(
        repository=connection.repository,
        repository_id=connection.repository_id,
        branch=connection.branch,
        active=connection.active,
    )

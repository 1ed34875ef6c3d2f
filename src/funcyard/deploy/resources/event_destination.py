"""Where an event subscription delivers to: a function, a queue, a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.refs import Given, Ref, SecretRef, Text, Value
    from funcyard.deploy.resources.app_code import AppCode
    from funcyard.deploy.resources.function_app import FunctionApp
    from funcyard.deploy.resources.storage_account import Queue


@dataclass(frozen=True, slots=True)
class Destination:
    """A destination.

    Attributes:
        document: As Event Grid takes it.
        depends_on: Addresses of what must be there before.
    """

    document: Mapping[str, Value]
    depends_on: tuple[str, ...] = ()

    @classmethod
    def function(
        cls, app: FunctionApp, code: AppCode, name: str, *, events_per_batch: int = 1
    ) -> Self:
        """Return a function with an Event Grid trigger.

        Args:
            app: Where it runs.
            code: What it is in: Event Grid looks whether it is there.
            name: The function's.
            events_per_batch: How many events it may get at once.
        """
        properties: dict[str, Value] = {
            "resourceId": f"{app.identity}/functions/{name}",
            "maxEventsPerBatch": events_per_batch,
        }
        return cls(
            {"endpointType": "AzureFunction", "properties": properties},
            (app.address, code.address),
        )

    @classmethod
    def queue(cls, queue: Queue) -> Self:
        """Return a queue of a storage account."""
        account, _, _ = queue.identity.partition("/queueServices/")
        properties = {"resourceId": account, "queueName": queue.name}
        return cls({"endpointType": "StorageQueue", "properties": properties}, (queue.address,))

    @classmethod
    def webhook(cls, url: str | Ref | SecretRef | Text | Given) -> Self:
        """Return a webhook, which has to take part in Event Grid's handshake.

        Args:
            url: Its address. One that holds a key is given as a secret: Azure shows none of the
                query, so a plain one is compared without it.
        """
        return cls({"endpointType": "WebHook", "properties": {"endpointUrl": url}})

"""How requests to storage travel: an answer that breaks off in its body is no answer.

The clients' own transport raises it as a refusal without a response, and the client of tables then
fails on that, with an error that is none of Azure's. Here it is what it is, so that the clients
repeat what may be repeated and everybody else sees that the service was not reached.
"""

from __future__ import annotations

from typing import Any

from azure.core.exceptions import IncompleteReadError, ServiceResponseError
from azure.core.pipeline.transport import AioHttpTransport


class StorageTransport(AioHttpTransport):  # type: ignore[misc]  # azure-core loads it lazily
    """The transport of storage clients."""

    async def send(self, request: Any, **options: Any) -> Any:  # noqa: ANN401 - as azure-core has it
        """Send a request and return the response.

        Raises:
            ServiceResponseError: There was none, or it broke off.
        """
        try:
            return await super().send(request, **options)
        except IncompleteReadError as fault:
            raise ServiceResponseError(fault.message, error=fault) from fault

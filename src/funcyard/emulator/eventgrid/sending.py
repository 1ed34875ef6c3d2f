"""One attempt to deliver events: the request that a webhook or function gets, or the message.

https://learn.microsoft.com/azure/event-grid/receive-events#message-headers
"""

from __future__ import annotations

import base64
import json
import ssl
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import aiohttp
from azure.core.exceptions import AzureError, HttpResponseError

from funcyard.emulator.eventgrid import attributes
from funcyard.emulator.eventgrid.accounts import queue_of
from funcyard.emulator.eventgrid.destinations import QUEUE, WEBHOOK
from funcyard.emulator.eventgrid.naming import CLOUD_EVENTS
from funcyard.emulator.eventgrid.schedule import TIMED_OUT, UNREACHED, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.eventgrid.events import Event

_ANSWER_SECONDS: Final = 30.0
_CONNECTIONS: Final = 64
_LARGEST_ANSWER: Final = 1024 * 1024
_TAKEN: Final = 200
_EVENT_GRID_KEY: Final = "eventgrid_extension"


class Sender:
    """Sends requests to webhooks and functions, and messages to queues.

    Args:
        authority: Certificate that is trusted beside those of the system.
    """

    def __init__(self, authority: Path) -> None:
        self._authority = authority
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of all connections."""
        if self._session is not None:
            await self._session.close()

    async def deliver(
        self, core: Core, kept: Kept, events: Sequence[Event], attempts: int
    ) -> Outcome:
        """Deliver events to a subscription.

        Args:
            core: Where its destination is found.
            kept: The subscription.
            events: At least one.
            attempts: How many there were before.
        """
        properties = kept.properties
        destination = properties["destination"]
        schema = properties["eventDeliverySchema"]
        bodies = [one.to(schema) for one in events]
        if destination["endpointType"] == QUEUE:
            return await _put(core, destination["properties"], bodies)
        if destination["endpointType"] == WEBHOOK:
            url = str(destination["properties"]["endpointUrl"])
        else:
            found = _function_url(core, str(destination["properties"]["resourceId"]))
            if found is None:
                return Outcome.of(404)
            url = found
        mappings = destination["properties"].get("deliveryAttributeMappings") or ()
        data, metadata = events[0].versions
        headers = {
            **attributes.headers(mappings, events[0]),
            "aeg-event-type": "Notification",
            "aeg-subscription-name": kept.name.upper(),
            "aeg-delivery-count": str(attempts),
            "aeg-metadata-version": metadata,
        }
        if attributes.fits(data):
            headers["aeg-data-version"] = data
        single = schema == CLOUD_EVENTS and destination["properties"]["maxEventsPerBatch"] == 1
        headers["content-type"] = f"application/{_media(schema, single=single)}; charset=utf-8"
        return await self._outcome(url, bodies[0] if single else bodies, headers)

    async def _outcome(self, url: str, body: object, headers: Mapping[str, str]) -> Outcome:
        try:
            status, _, _ = await self.ask("POST", url, headers, body)
        except TimeoutError:
            return Outcome(None, TIMED_OUT)
        except (aiohttp.ClientError, OSError, ValueError):
            return Outcome(None, UNREACHED)
        return Outcome.of(status)

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: object = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send a request; return status, headers and the beginning of the body.

        Raises:
            TimeoutError: There was no answer in time.
            aiohttp.ClientError: There was none.
        """
        if self._session is None:
            self._session = self._opened()
        data = None if body is None else json.dumps(body).encode()
        async with self._session.request(
            method, url, headers=headers, data=data, allow_redirects=False
        ) as answer:
            return answer.status, answer.headers, await _beginning(answer.content)

    def _opened(self) -> aiohttp.ClientSession:
        trusting = ssl.create_default_context()
        trusting.load_verify_locations(self._authority)
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=trusting, limit=_CONNECTIONS),
            timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )


async def _beginning(content: aiohttp.StreamReader) -> bytes:
    """Return the whole of an answer, of a large one the beginning; it may come in pieces."""
    found = bytearray()
    while piece := await content.read(_LARGEST_ANSWER - len(found)):
        found += piece
    return bytes(found)


def _media(schema: str, *, single: bool) -> str:
    if schema != CLOUD_EVENTS:
        return "json"
    return "cloudevents+json" if single else "cloudevents-batch+json"


def _function_url(core: Core, resource: str) -> str | None:
    """Return where a function takes events, with its key; None where its site is not there."""
    site, _, function = resource.rpartition("/functions/")
    kept = core.store.find(site)
    if kept is None:
        return None
    host, _ = core.web.hosts(kept.name)
    key = core.web.keys(kept.name).system.get(_EVENT_GRID_KEY, "")
    return (
        f"https://{host}/runtime/webhooks/EventGrid?functionName={quote(function)}"
        f"&code={quote(key)}"
    )


async def _put(core: Core, properties: Json, bodies: Sequence[Json]) -> Outcome:
    """Put a message for each event into a queue."""
    options: dict[str, Any] = {}
    if lasts := properties.get("queueMessageTimeToLiveInSeconds"):
        options["time_to_live"] = lasts
    try:
        async with queue_of(core, properties["resourceId"], properties["queueName"]) as queue:
            for body in bodies:
                text = base64.b64encode(json.dumps(body).encode()).decode()
                await queue.send_message(text, **options)
    except HttpResponseError as fault:
        return Outcome.of(fault.status_code or 500)
    except (AzureError, LookupError):
        return Outcome(None, UNREACHED)
    return Outcome.of(_TAKEN)

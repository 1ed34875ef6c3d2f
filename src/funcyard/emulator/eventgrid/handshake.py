"""How a webhook proves that it wants events, before it gets any.

Of Event Grid's schema an event is posted that holds a code, which the answer repeats, or an address
that somebody opens; of CloudEvents the webhook is asked whom it allows.
https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema
"""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import aiohttp

from funcyard.emulator.eventgrid import attributes, errors
from funcyard.emulator.eventgrid.destinations import base_url
from funcyard.emulator.eventgrid.naming import CLOUD_EVENTS
from funcyard.emulator.http import Answer, GoneError, TooLargeError, request_of, send_answer

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.eventgrid.sending import Sender
    from funcyard.emulator.http import Receive, Request, Scope, Send

PLANE: Final = "event grid"
AWAITING: Final = "AwaitingManualAction"
_ORIGIN: Final = "eventgrid.azure.net"
_WAIT_SECONDS: Final = 600
_OK: Final = 200
_OF_EVENT_GRID: Final = "https://aka.ms/esvalidation"
_OF_CLOUD_EVENTS: Final = "https://aka.ms/esvalidationcloudevent"


class Handshakes:
    """The handshakes of a location, and the address at which they are confirmed by hand.

    Args:
        sender: How webhooks are asked.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._pending: dict[str, asyncio.Event] = {}

    async def validate(self, core: Core, kept: Kept) -> None:
        """Hold a subscription's webhook to wanting its events.

        Raises:
            ArmError: It does not.
        """
        token = secrets.token_urlsafe()
        confirmed = self._pending[token] = asyncio.Event()
        try:
            if not core.planes.is_served(PLANE):
                await core.planes.serve(PLANE, self)
            address = f"https://{core.planes.host(PLANE)}/eventsubscriptions/{kept.name.lower()}"
            confirmation = f"{address}/validate?id={uuid.uuid4()}&token={token}"
            is_cloud = kept.properties["eventDeliverySchema"] == CLOUD_EVENTS
            ask = self._asked_whom_it_allows if is_cloud else self._asked_for_a_code
            if not await ask(core, kept, confirmation):
                await self._confirmed_by_hand(core, kept, confirmed)
        finally:
            del self._pending[token]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer who opens a validation URL."""
        if scope["type"] != "http":
            return
        try:
            answer = self._answer(await request_of(scope, receive))
        except GoneError:
            return
        except TooLargeError:
            answer = Answer(413)
        await send_answer(send, answer)

    def _answer(self, request: Request) -> Answer:
        pending = self._pending.get(request.query.get("token", ""))
        if pending is None or not request.path.endswith("/validate"):
            told = {"code": "NotFound", "message": "Nothing waits for that."}
            return Answer(404, {"error": told})
        if request.method not in {"GET", "POST"}:
            return Answer(405)
        pending.set()
        return Answer(_OK, "Webhook successfully validated as a subscription endpoint.")

    async def _asked_for_a_code(self, core: Core, kept: Kept, confirmation: str) -> bool:
        """Post a code; return whether it came back, or else that the webhook is there.

        Raises:
            ArmError: It did not take it.
        """
        url, given = _webhook(kept)
        code = str(uuid.uuid4())
        event = {
            "id": str(uuid.uuid4()),
            "topic": core.show(kept)["properties"]["topic"],
            "subject": "",
            "data": {"validationCode": code, "validationUrl": confirmation},
            "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
            "eventTime": core.clock.stamp(),
            "metadataVersion": "1",
            "dataVersion": "2",
        }
        headers = {
            **given,
            "aeg-event-type": "SubscriptionValidation",
            "aeg-subscription-name": kept.name.upper(),
            "aeg-delivery-count": "0",
            "aeg-data-version": "2",
            "aeg-metadata-version": "1",
            "content-type": "application/json; charset=utf-8",
        }
        status, _, body = await self._asked(url, "POST", headers, [event], _OF_EVENT_GRID)
        if status != _OK:
            raise errors.handshake_failed(base_url(url), "POST", _word(status), _OF_EVENT_GRID)
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            return False
        return isinstance(told, dict) and told.get("validationResponse") == code

    async def _asked_whom_it_allows(self, _core: Core, kept: Kept, confirmation: str) -> bool:
        """Ask who may deliver; return whether Event Grid may, or else that the webhook is there.

        Raises:
            ArmError: It did not answer so.
        """
        url, given = _webhook(kept)
        headers = {
            **given,
            "webhook-request-origin": _ORIGIN,
            "webhook-request-callback": confirmation,
        }
        status, told, _ = await self._asked(url, "OPTIONS", headers, None, _OF_CLOUD_EVENTS)
        if status != _OK:
            reason = _word(status)
            raise errors.handshake_failed(base_url(url), "OPTIONS", reason, _OF_CLOUD_EVENTS)
        return told.get("webhook-allowed-origin", "") in {_ORIGIN, "*"}

    async def _asked(
        self, url: str, method: str, headers: dict[str, str], body: object, page: str
    ) -> tuple[int, dict[str, str], bytes]:
        try:
            status, told, content = await self._sender.ask(method, url, headers, body)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError):
            raise errors.handshake_failed(base_url(url), method, "Unknown", page) from None
        return status, {name.lower(): value for name, value in told.items()}, content

    async def _confirmed_by_hand(self, core: Core, kept: Kept, confirmed: asyncio.Event) -> None:
        """Wait until somebody opens the validation URL.

        Raises:
            ArmError: Nobody did in time.
        """
        core.store.save(replace(kept, state=AWAITING))
        try:
            async with asyncio.timeout(_WAIT_SECONDS / core.clock.scale):
                await confirmed.wait()
        except TimeoutError:
            url, _ = _webhook(kept)
            raise errors.not_confirmed(base_url(url)) from None


def _webhook(kept: Kept) -> tuple[str, dict[str, str]]:
    """Return the address of a subscription's webhook, and the headers it has asked for."""
    properties = kept.properties["destination"]["properties"]
    mappings = properties.get("deliveryAttributeMappings") or ()
    return str(properties["endpointUrl"]), attributes.fixed(mappings)


def _word(status: int) -> str:
    """Return a status as Event Grid writes it: NotFound."""
    try:
        return HTTPStatus(status).phrase.replace(" ", "")
    except ValueError:
        return str(status)

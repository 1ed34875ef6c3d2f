"""Where events go: functions, webhooks and queues; what is checked, kept and shown of each.

https://learn.microsoft.com/azure/event-grid/event-handlers
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from funcyard.emulator.core.target import read
from funcyard.emulator.eventgrid import attributes, errors

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json

WEBHOOK: Final = "WebHook"
FUNCTION: Final = "AzureFunction"
QUEUE: Final = "StorageQueue"
STORAGE_BLOB: Final = "StorageBlob"
_BATCHED: Final = ("maxEventsPerBatch", "preferredBatchSizeInKilobytes")
_KNOWN: Final = {
    WEBHOOK: ("endpointUrl", *_BATCHED, "deliveryAttributeMappings"),
    FUNCTION: ("resourceId", *_BATCHED, "deliveryAttributeMappings"),
    QUEUE: ("resourceId", "queueName", "queueMessageTimeToLiveInSeconds"),
    STORAGE_BLOB: ("resourceId", "blobContainerName"),
}
_LARGEST_BATCH: Final = {"maxEventsPerBatch": 5000, "preferredBatchSizeInKilobytes": 1024}
_PARTS: Final = {
    "queueName": "queueServices/default/queues",
    "blobContainerName": "blobServices/default/containers",
}
_LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}
_FUNCTION_TYPE: Final = "microsoft.web/sites/functions"
_ACCOUNT_TYPE: Final = "microsoft.storage/storageaccounts"


def kind_of(destination: Json) -> str:
    """Return the type of a destination as Event Grid spells it."""
    given = str(destination.get("endpointType"))
    return next((one for one in _KNOWN if one.lower() == given.lower()), given)


def check(destination: Json) -> None:
    """Refuse a destination that is not served here, or that cannot be meant.

    Raises:
        ArmError: Says why.
    """
    kind = kind_of(destination)
    properties = destination.get("properties") or {}
    if kind not in (WEBHOOK, FUNCTION, QUEUE):
        raise errors.not_served(f"The destination '{kind}'")
    for name, largest in _LARGEST_BATCH.items():
        value = properties.get(name)
        if value is not None and not 1 <= value <= largest:
            raise errors.invalid(f"{name} has to be between 1 and {largest}.")
    if any(
        properties.get(f"azureActiveDirectory{one}") for one in ("TenantId", "ApplicationIdOrUri")
    ):
        raise errors.not_served("Delivery with tokens of Microsoft Entra ID")
    attributes.check(properties.get("deliveryAttributeMappings") or ())
    if kind == WEBHOOK:
        _check_url(properties.get("endpointUrl"))
    elif kind == FUNCTION:
        _check_id(properties.get("resourceId"), _FUNCTION_TYPE)
    else:
        _check_id(properties.get("resourceId"), _ACCOUNT_TYPE)
        if not properties.get("queueName"):
            raise errors.invalid("The queueName of a storage queue is missing.")


def check_dead_letters(destination: Json) -> None:
    """Refuse where undelivered events shall go, if it cannot be meant.

    Raises:
        ArmError: Says why.
    """
    properties = destination.get("properties") or {}
    _check_id(properties.get("resourceId"), _ACCOUNT_TYPE)
    if not properties.get("blobContainerName"):
        raise errors.invalid("The blobContainerName of a dead-letter destination is missing.")


async def check_there(core: Core, destination: Json) -> None:
    """Refuse a destination, or one of dead letters, that is not there.

    Raises:
        ArmError: It is not, or it is a function that events do not start.
    """
    kind, properties = kind_of(destination), destination["properties"]
    if kind == WEBHOOK:
        return
    resource = str(properties["resourceId"])
    kept = core.store.find(resource)
    if kept is None:
        raise errors.no_destination(resource)
    for name, kept_in in _PARTS.items():
        if name in properties:
            part, _ = read(f"{resource}/{kept_in}/{properties[name]}")
            if part is None or await core.find(part) is None:
                raise errors.no_destination(f"{resource}/{kept_in}/{properties[name]}")
    if kind == FUNCTION:
        bindings = (kept.properties.get("config") or {}).get("bindings") or ()
        if not any(str(one.get("type")).lower() == "eventgridtrigger" for one in bindings):
            raise errors.wrong_trigger()


def completed(destination: Json) -> Json:
    """Return a destination with what is assumed, and without what others of its type had."""
    kind = kind_of(destination)
    given = destination.get("properties") or {}
    properties = {name: given[name] for name in _KNOWN[kind] if given.get(name) is not None}
    if kind in (WEBHOOK, FUNCTION):
        properties = {"maxEventsPerBatch": 1, "preferredBatchSizeInKilobytes": 64, **properties}
    return {"properties": properties, "endpointType": kind}


def shown(destination: Json) -> Json:
    """Return a destination as answers show it: of a webhook's address no query."""
    properties = dict(destination["properties"])
    if "endpointUrl" in properties:
        base = base_url(properties.pop("endpointUrl"))
        properties = {"endpointUrl": None, "endpointBaseUrl": base, **properties}
    if "deliveryAttributeMappings" in properties:
        mappings = attributes.shown(properties["deliveryAttributeMappings"])
        properties["deliveryAttributeMappings"] = mappings
    return {**destination, "properties": properties}


def base_url(url: str) -> str:
    """Return an address without its query, which may hold keys."""
    return url.partition("?")[0]


def _check_url(url: object) -> None:
    """Refuse what is no address of HTTPS; this machine may be reached by plain HTTP."""
    try:
        parts = urlsplit(str(url or ""))
        host = parts.hostname
    except ValueError:
        raise errors.bad_url() from None
    is_good = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not host or not is_good:
        raise errors.bad_url()


def _check_id(text: object, kind: str) -> None:
    target, word = read(str(text or ""))
    if target is None or word is not None or target.type.lower() != kind:
        raise errors.invalid(f"'{text}' is no id of a resource of the type '{kind}'.")

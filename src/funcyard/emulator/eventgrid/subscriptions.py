"""Event subscriptions: what events go where, and what becomes of those that cannot be delivered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.target import read
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.core.writing import merged
from funcyard.emulator.eventgrid import destinations, errors, filters, sources
from funcyard.emulator.eventgrid.bodies import without_nulls
from funcyard.emulator.eventgrid.naming import (
    CLOUD_EVENTS,
    EVENT_GRID,
    EXTENSION,
    GLOBAL,
    OF_SYSTEM_TOPIC,
    OF_TOPIC,
    RESULT_PATH,
    SECONDS,
    STATUS_PATH,
    VERSIONS,
)
from funcyard.emulator.eventgrid.topics import DELETED
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

_NAME: Final = re.compile(r"[A-Za-z0-9-]{3,64}")
_MOST_ATTEMPTS: Final = 30
_LONGEST_MINUTES: Final = 1440
_ASYNC: Final = Manner(201, Tracking.STATUS, SECONDS)
_IDENTITIES: Final = ("deliveryWithResourceIdentity", "deadLetterWithResourceIdentity")


def _check(core: Core, target: Target, body: Json) -> None:
    if not _NAME.fullmatch(target.name):
        raise errors.invalid(
            f"The event subscription name '{target.name}' is invalid: 3 to 64 letters, digits and"
            " hyphens."
        )
    given = without_nulls(body).get("properties", {})
    _check_source(core, target, given)
    if any(given.get(name) for name in _IDENTITIES):
        raise errors.not_served("Delivery with the identity of a topic")
    if given.get("expirationTimeUtc"):
        raise errors.not_served("The expiration of event subscriptions")
    if given.get("destination"):
        destinations.check(given["destination"])
    if given.get("deadLetterDestination"):
        destinations.check_dead_letters(given["deadLetterDestination"])
    filters.check(given.get("filter") or {})
    _check_retries(given.get("retryPolicy") or {})
    wanted = given.get("eventDeliverySchema")
    accepted = _schemas(core, target)
    if wanted and wanted.lower() not in {one.lower() for one in accepted}:
        raise errors.bad_schema(wanted, accepted[0])


def _check_source(core: Core, target: Target, given: Json) -> None:
    """Refuse events that nothing here tells, and types that the source has not."""
    topic, source = sources.topic_of(core, target)
    if source is None:
        if not _is_topic(topic):
            raise errors.not_served(f"The event source '{topic}'")
        return
    if not source.is_heard:
        raise errors.not_served(f"What happens at a source of the type '{source.topic_type}'")
    known = {"all", *(one.lower() for one in source.events)}
    for one in (given.get("filter") or {}).get("includedEventTypes") or ():
        if str(one).lower() not in known:
            raise errors.invalid(
                f"The event type '{one}' is none of the topic type '{source.topic_type}':"
                f" {', '.join(source.events)}."
            )


def _is_topic(identifier: str) -> bool:
    found, _ = read(identifier)
    return found is not None and found.type.lower() == "microsoft.eventgrid/topics"


def _check_retries(policy: Json) -> None:
    for name, largest in (
        ("maxDeliveryAttempts", _MOST_ATTEMPTS),
        ("eventTimeToLiveInMinutes", _LONGEST_MINUTES),
    ):
        value = policy.get(name)
        if value is not None and not 1 <= value <= largest:
            raise errors.invalid(f"{name} has to be between 1 and {largest}.")


def _schemas(core: Core, target: Target) -> tuple[str, ...]:
    """Return the schemas in which a topic's events can be delivered, its own first."""
    topic, source = sources.topic_of(core, target)
    kept = core.store.find(topic) if source is None else None
    if kept is not None and kept.properties["inputSchema"] == CLOUD_EVENTS:
        return (CLOUD_EVENTS,)
    return EVENT_GRID, CLOUD_EVENTS


def _complete(draft: Draft) -> Json:
    core, target = draft.core, draft.target
    _, source = sources.topic_of(core, target)
    schemas = _schemas(core, target)
    given = without_nulls(draft.given).get("properties", {})
    if not given.get("destination"):
        raise errors.invalid("The destination of an event subscription is missing.")
    given = merged(_defaults(schemas[0]), given)
    filter_ = given["filter"]
    if source is not None and not filter_.get("includedEventTypes"):
        filter_ = {**filter_, "includedEventTypes": list(source.events)}
    given["filter"] = filter_
    given["destination"] = destinations.completed(given["destination"])
    if dead := given.get("deadLetterDestination"):
        given["deadLetterDestination"] = destinations.completed(dead)
    given["eventDeliverySchema"] = next(
        one for one in schemas if one.lower() == given["eventDeliverySchema"].lower()
    )
    return {"properties": given}


def _defaults(schema: str) -> Json:
    return {
        "filter": {"subjectBeginsWith": "", "subjectEndsWith": ""},
        "labels": None,
        "eventDeliverySchema": schema,
        "retryPolicy": {
            "maxDeliveryAttempts": _MOST_ATTEMPTS,
            "eventTimeToLiveInMinutes": _LONGEST_MINUTES,
        },
    }


def _show(core: Core, kept: Kept) -> Json:
    topic, source = sources.topic_of(core, kept.target)
    if kept.type == OF_SYSTEM_TOPIC and kept.target.parent is not None:
        topic = kept.target.parent.id
    elif source is not None:
        provider = source.resource_type.lower()
        topic = re.sub(re.escape(provider), provider, topic, flags=re.IGNORECASE)
    own = kept.properties
    filter_ = {
        name: value
        for name, value in own["filter"].items()
        if not (name == "isSubjectCaseSensitive" and not value)
    }
    shown = {
        **{name: value for name, value in own.items() if name != "provisioningState"},
        "topic": topic,
        "destination": destinations.shown(own["destination"]),
        "filter": filter_,
    }
    return {"properties": shown, "systemData": None}


def _place(core: Core, kept: Kept) -> str:
    """Return where a subscription's operations are: where the source of its events is."""
    target = kept.target
    above = target.parent
    found = core.store.find(target.scope if above is None else above.id)
    return GLOBAL if found is None else str(found.body.get("location", GLOBAL))


def _patched(given: Json) -> Json:
    """Return the changes of a subscription, which come without ``properties`` around them."""
    return {"properties": given}


async def _prove(core: Core, kept: Kept) -> None:
    """Hold a subscription to its destinations: they are there, and a webhook wants its events."""
    properties = kept.properties
    await destinations.check_there(core, properties["destination"])
    if dead := properties.get("deadLetterDestination"):
        await destinations.check_there(core, dead)
    if properties["destination"]["endpointType"] == destinations.WEBHOOK:
        await core.grid.validate(core, kept)


async def _forget(core: Core, kept: Kept) -> None:
    core.grid.forget(kept.key)


async def _full_url(_call: Call, kept: Kept) -> Answer:
    properties = kept.properties["destination"]["properties"]
    if "endpointUrl" not in properties:
        raise errors.invalid("The full URL is that of a webhook, which this subscription has not.")
    return Answer(200, {"endpointUrl": properties["endpointUrl"]})


async def _attributes(_call: Call, kept: Kept) -> Answer:
    properties = kept.properties["destination"]["properties"]
    return Answer(200, {"value": properties.get("deliveryAttributeMappings") or []})


def _listed(call: Call, scope: str) -> list[Json]:
    """Return the subscriptions that hang on a resource, or on anything in a scope that is none."""
    kept = call.core.store.of_type(EXTENSION)
    found, _ = read(scope)
    if found is not None and not found.type.lower().endswith("/resourcegroups"):
        chosen = [one for one in kept if one.target.scope.lower() == scope.lower()]
    else:
        chosen = [one for one in kept if one.key.startswith(f"{scope.lower()}/")]
    return [call.core.show(one) for one in chosen]


def _type(name: str, *, is_extension: bool = False) -> ResourceType:
    return ResourceType(
        name=name,
        versions=VERSIONS,
        put_new=_ASYNC,
        put_again=_ASYNC,
        patch=_ASYNC,
        delete=DELETED,
        passed_over=frozenset(
            {
                "properties.topic",
                "properties.provisioningState",
                "properties.destination.properties.endpointBaseUrl",
            }
        ),
        is_located=False,
        is_tagged=False,
        is_extension=is_extension,
        result_path=RESULT_PATH,
        status_path=STATUS_PATH,
        retry_after=SECONDS,
        tells_times=False,
        place=_place,
        patched=_patched,
        restores=True,
        check=_check,
        complete=_complete,
        show=_show,
        changed=_prove,
        deleted=_forget,
        absent=errors.subscription_not_found,
        listed=_listed if is_extension else None,
        actions={"getfullurl": _full_url, "getdeliveryattributes": _attributes},
        note="to webhooks, functions and queues; retried, and kept as blobs where it is said so",
    )


TYPES: Final = (
    _type(EXTENSION, is_extension=True),
    _type(OF_TOPIC),
    _type(OF_SYSTEM_TOPIC),
)

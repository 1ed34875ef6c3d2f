"""Check which events a reading makes happen, and do what is to be done then."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from funcyard.twin.contract import settings
from funcyard.twin.contract.errors import ContractError
from funcyard.twin.providers.azure.azure_functions.shared.asking import reading_of
from funcyard.twin.providers.azure.azure_functions.shared.calling import call
from funcyard.twin.providers.azure.azure_functions.shared.faults import FunctionError
from funcyard.twin.providers.azure.azure_functions.shared.operands import Operands
from funcyard.twin.providers.azure.azure_functions.shared.tracing import logger
from funcyard.twin.rules.errors import ConditionError, EvaluationError
from funcyard.twin.rules.evaluating import holds
from funcyard.twin.rules.parsing import parse
from funcyard.twin.rules.tree import paths

if TYPE_CHECKING:
    from funcyard.twin.contract.info import EventInfo
    from funcyard.twin.contract.telemetry import Telemetry
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services

_LOGGER = logger("event-checker")
_parsed = cache(parse)


async def answer(asked: Asked, services: Services) -> object:
    """Check every event that speaks of the reading's device; return what came of each.

    One that cannot be checked, or whose action fails, keeps none of the others.

    Raises:
        UnreadableError: What is known of the devices that events speak of cannot be read.
    """
    telemetry = reading_of(asked.body, services)
    operands = Operands(telemetry, services)
    await operands.look_up(one for event in services.info.events for one in _entities(event))
    results: list[dict[str, str]] = []
    for event in services.info.events:
        try:
            outcome = await _checked(event, telemetry, operands, services)
        except (FunctionError, ContractError, ConditionError, EvaluationError) as fault:
            _LOGGER.error("%s: %s", event.condition, fault.message)  # noqa: TRY400
            told = {"outcome": "failed", "message": fault.message}
        else:
            told = {"outcome": outcome}
        results.append({"condition": event.condition, **told})
    return {"checked": len(results), "results": results}


def _entities(event: EventInfo) -> set[str]:
    """Return what an event's condition speaks of; of one that is none, nothing."""
    try:
        return {path.entity for path in paths(_parsed(event.condition))}
    except ConditionError:
        return set()


async def _checked(
    event: EventInfo, telemetry: Telemetry, operands: Operands, services: Services
) -> str:
    condition = _parsed(event.condition)
    if not operands.are_concerned(condition):
        return "not-concerned"
    await operands.load(condition)
    happened = holds(condition, operands.value_of)
    if happened is None:
        return "unknown"
    if not happened:
        return "not-happened"
    await _act(event, telemetry, services)
    return "happened"


async def _act(event: EventInfo, telemetry: Telemetry, services: Services) -> None:
    """Do what is to be done: the action, then the message to a device, whether or not that fails.

    Raises:
        FunctionError: Some of it failed.
    """
    failed: FunctionError | None = None
    try:
        if event.function is not None:
            reading = telemetry.as_json()
            await call(services, "l2", "event-action", reading, name=event.function)
        else:
            await _notify(event, telemetry, services)
    except FunctionError as fault:
        failed = fault
    if event.feedback_device is not None:
        await _feed_back(event, services)
    if failed is not None:
        raise failed


async def _notify(event: EventInfo, telemetry: Telemetry, services: Services) -> None:
    (url,) = services.require(settings.WORKFLOW_URL)
    told = {
        "digitalTwinName": services.info.name,
        "condition": event.condition,
        "reading": telemetry.as_json(),
    }
    await services.sender.post("the notification workflow", url, told)


async def _feed_back(event: EventInfo, services: Services) -> None:
    detail = {
        "digitalTwinName": services.info.name,
        "iotDeviceId": event.feedback_device,
        "payload": event.feedback,
    }
    await call(services, "l2", "event-feedback", {"detail": detail})

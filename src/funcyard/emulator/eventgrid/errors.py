"""What Microsoft.EventGrid refuses, in its own codes and words.

They are those that people quote in threads; clients go by status and code.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from funcyard.emulator.core.errors import ArmError

if TYPE_CHECKING:
    from funcyard.emulator.core.target import Target


def invalid(message: str) -> ArmError:
    """Say that a request is not what the provider takes."""
    return ArmError(400, "InvalidRequest", message)


def not_served(what: str) -> ArmError:
    """Say that something of Event Grid is not here, though Azure has it."""
    return ArmError(400, "InvalidRequest", f"{what} is not served by the local Azure.")


def subscription_not_found(_target: Target) -> ArmError:
    """Say that there is no such event subscription."""
    return ArmError(404, "ResourceNotFound", "Event subscription doesn't exist.")


def bad_schema(delivery: str, given: str) -> ArmError:
    """Say that events of one schema are not delivered in another."""
    return invalid(
        f'The specified EventDeliverySchema value "{delivery}" cannot be used in combination with'
        f" the topic's input schema of {given}."
    )


def no_destination(resource: str) -> ArmError:
    """Say that what events would be delivered to is not there."""
    return ArmError(
        400,
        "Endpoint validation",
        f"Destination endpoint not found. Resource details: resourceId: {resource}. Resource should"
        f" pre-exist before attempting this operation. {_activity()}",
    )


def wrong_trigger() -> ArmError:
    """Say that a function is not one that events start."""
    return ArmError(
        400,
        "Unsupported Azure Function Trigger",
        "Can't add resource; Azure Event Grid supports EventGrid Trigger type only.",
    )


def bad_url() -> ArmError:
    """Say that a webhook's address is none."""
    return invalid(
        "Invalid event subscription request: Supplied URL is invalid. It cannot be null or empty"
        " and should be a proper HTTPS URL like https://www.example.com."
    )


def handshake_failed(url: str, method: str, reason: str, page: str) -> ArmError:
    """Say that a webhook did not prove that it wants events.

    Args:
        url: Its address, without its query.
        method: Of the request by which it was asked.
        reason: Its answer's status in words, or what else was wrong.
        page: Of what tells more.
    """
    return ArmError(
        400,
        "Url validation",
        f"Webhook validation handshake failed for {url}. Http {method} request failed with response"
        f" code {reason}. For troubleshooting, visit {page}. {_activity()}",
    )


def not_confirmed(url: str) -> ArmError:
    """Say that nobody opened a webhook's validation URL in time."""
    return ArmError(
        400,
        "Url validation",
        f"The validation URL of {url} was not opened within 10 minutes. {_activity()}",
    )


def _activity() -> str:
    return f"Activity id:{uuid.uuid4()}."

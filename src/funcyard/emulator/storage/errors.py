"""What Microsoft.Storage refuses, in its own codes and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.errors import ArmError

if TYPE_CHECKING:
    from azure.core.exceptions import HttpResponseError

INVALID_NAME: Final = (
    "Storage account name must be between 3 and 24 characters in length and use numbers and"
    " lower-case letters only."
)


def bad_name(name: str) -> ArmError:
    """Say that an account cannot be called that."""
    return ArmError(
        400,
        "AccountNameInvalid",
        f"{name} is not a valid storage account name. {INVALID_NAME}",
    )


def taken(name: str) -> ArmError:
    """Say that somebody else has an account of that name."""
    return ArmError(409, "StorageAccountAlreadyTaken", taken_message(name))


def taken_message(name: str) -> str:
    """Return what is told of a name that is taken."""
    return f"The storage account named {name} is already taken."


def in_another_group(name: str) -> ArmError:
    """Say that the account is in another group of the subscription."""
    return ArmError(
        409,
        "StorageAccountInAnotherResourceGroup",
        f"The account {name} is already in another resource group in this subscription.",
    )


def missing(name: str) -> ArmError:
    """Say that an account cannot be made without something."""
    return ArmError(
        400, "InvalidRequestPropertyValue", f"The required property '{name}' is missing."
    )


def fixed(name: str) -> ArmError:
    """Say that something of an account stays as it is."""
    return ArmError(
        409, "AccountPropertyCannotBeUpdated", f"The property '{name}' cannot be updated."
    )


def not_supported(name: str) -> ArmError:
    """Say that an account's servers cannot do something."""
    return ArmError(
        409, "FeatureNotSupportedForAccount", f"{name} is not supported for the account."
    )


def not_provisioned() -> ArmError:
    """Say that an account is not ready."""
    return ArmError(
        409,
        "StorageAccountIsNotProvisioned",
        "The storage account provisioning state must be 'Succeeded' before executing the"
        " operation.",
    )


def of_data_plane(fault: HttpResponseError) -> ArmError:
    """Return what a data plane refused, as the Resource Manager passes it on."""
    code = getattr(fault, "error_code", None)
    code = getattr(code, "value", code)  # an enumeration of the SDK's
    return ArmError(fault.status_code or 500, str(code or "InternalError"), fault.message)


def bad_metadata(name: str) -> ArmError:
    """Say that metadata cannot be."""
    return ArmError(
        400,
        "InvalidMetadata",
        f"The metadata specified is invalid. It has characters that are not permitted: '{name}'.",
    )


def unreached(name: str) -> ArmError:
    """Say that an account's server does not answer just now: it was killed, or is ending."""
    return ArmError(
        503, "ServerUnavailable", f"The server of the storage account {name} is not reached."
    )


def share_not_found() -> ArmError:
    """Say that there is no such share."""
    return ArmError(404, "ShareNotFound", "The specified share does not exist.")


def container_not_found() -> ArmError:
    """Say that there is no such container."""
    return ArmError(404, "ContainerNotFound", "The specified container does not exist.")


def queue_not_found() -> ArmError:
    """Say that there is no such queue."""
    return ArmError(404, "QueueNotFound", "The specified queue does not exist.")


def table_not_found() -> ArmError:
    """Say that there is no such table."""
    return ArmError(404, "TableNotFound", "The table specified does not exist.")

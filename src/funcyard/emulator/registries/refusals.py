"""What Microsoft.ContainerRegistry refuses in the Resource Manager, in its own codes and words."""

from __future__ import annotations

from funcyard.emulator.core.errors import ArmError


def bad(message: str) -> ArmError:
    """Say that a request cannot be meant."""
    return ArmError(400, "InvalidRequest", message)


def bad_name(name: str) -> ArmError:
    """Say that no registry can be called that."""
    return ArmError(400, "InvalidResourceName", bad_name_message(name))


def bad_name_message(name: str) -> str:
    """Return what is told of a name that none can have."""
    return (
        f"The registry name '{name}' is invalid. The name must contain 5 to 50 alphanumeric"
        " characters."
    )


def taken(name: str) -> ArmError:
    """Say that somebody has a registry of that name."""
    return ArmError(409, "AlreadyInUse", taken_message(name))


def taken_message(name: str) -> str:
    """Return what is told of a name that is taken."""
    return (
        f"The registry DNS name {name.lower()}.azurecr.io is already in use. You can check if the"
        " name is already claimed using following API: https://aka.ms/acr/checkNameAvailability"
    )


def no_admin(identifier: str) -> ArmError:
    """Say that a registry has no admin user whose credentials could be told."""
    return ArmError(
        400,
        "UnAuthorizedForCredentialOperations",
        f"Cannot perform credential operations for {identifier} as admin user is disabled. Kindly"
        " enable admin user as per docs: https://docs.microsoft.com/en-us/azure/"
        "container-registry/container-registry-authentication#admin-account",
    )

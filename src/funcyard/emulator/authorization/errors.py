"""What Microsoft.Authorization refuses, in its own codes and words."""

from __future__ import annotations

from funcyard.emulator.core.errors import ArmError


def exists_already() -> ArmError:
    """Say that somebody has that role at that scope already, by another assignment."""
    return ArmError(409, "RoleAssignmentExists", "The role assignment already exists.")


def not_updatable() -> ArmError:
    """Say that an assignment stays who it is for."""
    return ArmError(
        400,
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    )


def bad_name(name: str) -> ArmError:
    """Say that a name is no GUID."""
    return ArmError(
        400,
        "InvalidRoleAssignmentId",
        f"The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID.",
    )


def bad_principal(principal: str) -> ArmError:
    """Say that an object id is no GUID."""
    return ArmError(
        400,
        "InvalidPrincipalId",
        f"A valid principal ID must be provided for role assignment, not '{principal}'.",
    )


def no_role(identifier: str) -> ArmError:
    """Say that there is no such role."""
    return ArmError(
        404,
        "RoleDefinitionDoesNotExist",
        f"The specified role definition with ID '{identifier}' does not exist.",
    )


def no_principal(principal: str, tenant: str) -> ArmError:
    """Say that nobody has that object id, not yet perhaps."""
    return ArmError(
        400,
        "PrincipalNotFound",
        f"Principal {principal.replace('-', '')} does not exist in the directory {tenant}. Check"
        " that you have the correct principal ID. If you are creating this principal and then"
        " immediately assigning a role, this error might be related to a replication delay. In"
        " this case, set the role assignment principalType property to a value, such as"
        " ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
    )


def wrong_principal_type(principal: str, actual: str, given: str) -> ArmError:
    """Say that somebody is not what a request says."""
    return ArmError(
        400,
        "UnmatchedPrincipalType",
        f"The PrincipalId '{principal.replace('-', '')}' has type '{actual}' , which is different"
        f" from specified PrinciaplType '{given}'.",
    )


def absent(kind: str, name: str) -> ArmError:
    """Say that there is no such assignment, or no such role."""
    return ArmError(404, f"{kind}NotFound", f"The {kind} '{name}' is not found.")

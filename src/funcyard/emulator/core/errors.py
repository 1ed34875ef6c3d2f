"""What the Resource Manager refuses, in its own codes and words.

Recorded are the absences, the missing registration and the refused authorization; the other texts
are those that people quote in threads. Clients go by status and code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_GATEWAY: Final = {"x-ms-failure-cause": "gateway"}


class ArmError(Exception):
    """An answer that refuses.

    Args:
        status: Of HTTP.
        code: Azure's.
        message: For a person.
        headers: Sent beside it.
        target: What it is about; details repeat it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        target: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.target = target

    def error(self) -> dict[str, object]:
        """Return code and message, as the Resource Manager nests them."""
        told: dict[str, object] = {"code": self.code, "message": self.message}
        if self.target is not None:
            told["details"] = [{"code": self.code, "target": self.target, "message": self.message}]
        return told

    def body(self) -> dict[str, object]:
        """Return the error as the Resource Manager sends it."""
        return {"error": self.error()}


def refused(
    status: int, code: str, message: str, *, target: str | None = None, by_gateway: bool = True
) -> ArmError:
    """Return an error; most are the gateway's own, before a provider is asked."""
    return ArmError(status, code, message, target=target, headers=_GATEWAY if by_gateway else None)


def group_not_found(group: str) -> ArmError:
    """Say that there is no such resource group."""
    return refused(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")


def resource_not_found(kind: str, name: str, group: str) -> ArmError:
    """Say that there is no such resource in a group."""
    return refused(
        404,
        "ResourceNotFound",
        f"The Resource '{kind}/{name}' under resource group '{group}' was not found. For more"
        " details please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def parent_not_found(parent: str) -> ArmError:
    """Say that what a resource would be part of is not there."""
    return refused(
        404,
        "ParentResourceNotFound",
        "Failed to perform 'write' on resource(s), because the parent resource"
        f" '{parent}' could not be found.",
    )


def subscription_not_found(subscription: str) -> ArmError:
    """Say that there is no such subscription."""
    return refused(
        404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found."
    )


def no_provider(kind: str, location: str | None, versions: Iterable[str] = ()) -> ArmError:
    """Say that no provider here has a type, or not in an API version."""
    known = ", ".join(versions)
    return refused(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for location '{location or ''}' and API version"
        f" for type '{kind}'. The supported api-versions are '{known}'.",
    )


def unknown_namespace(namespace: str) -> ArmError:
    """Say that no provider has that name here."""
    return refused(
        404,
        "InvalidResourceNamespace",
        f"The resource namespace '{namespace}' is invalid.",
    )


def unknown_type(namespace: str, kind: str) -> ArmError:
    """Say that a provider has no such type here."""
    return refused(
        404,
        "InvalidResourceType",
        f"The resource type '{kind}' could not be found in the namespace '{namespace}'.",
    )


def unknown_address(path: str) -> ArmError:
    """Say that an address is none of anything."""
    return refused(404, "InvalidResourceType", f"Nothing is served at the address '{path}'.")


def unknown_version(kind: str, version: str, versions: Iterable[str]) -> ArmError:
    """Say that a type has no such API version here."""
    namespace, _, name = kind.partition("/")
    return refused(
        400,
        "InvalidApiVersionParameter",
        f"The api-version '{version}' is invalid for the type '{name}' of '{namespace}'. The"
        f" supported versions are '{','.join(versions)}'.",
    )


def missing_version() -> ArmError:
    """Say that a request names no API version."""
    return refused(
        400,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.",
    )


def not_registered(namespace: str) -> ArmError:
    """Say that a subscription has a provider's namespace not registered."""
    return refused(
        409,
        "MissingSubscriptionRegistration",
        f"The subscription is not registered to use namespace '{namespace}'. See"
        " https://aka.ms/rps-not-found for how to register subscriptions.",
        target=namespace,
    )


def bad_content(message: str) -> ArmError:
    """Say that a body is not what the type takes."""
    return refused(
        400,
        "InvalidRequestContent",
        f"The request content was invalid and could not be deserialized: '{message}'.",
    )


def bad_name(name: str) -> ArmError:
    """Say that no resource is called that."""
    return refused(
        400,
        "InvalidResourceName",
        f"The resource name '{name}' is invalid: it ends with a period, or holds a control"
        " character or one of '<>%&\\?#/'.",
    )


def bad_filter(text: str) -> ArmError:
    """Say that a filter means nothing there."""
    return refused(
        400, "InvalidFilterInQueryString", f"Invalid $filter '{text}' specified in the query."
    )


def not_allowed(method: str) -> ArmError:
    """Say that a method means nothing there."""
    return refused(
        405, "MethodNotAllowed", f"The HTTP method '{method}' is not supported at this address."
    )


def group_in_deletion(group: str) -> ArmError:
    """Say that a group is about to be no more."""
    return refused(
        409,
        "ResourceGroupBeingDeleted",
        f"The resource group '{group}' is in deprovisioning state and cannot perform this"
        " operation.",
    )


def busy(kind: str, name: str) -> ArmError:
    """Say that another change of a resource goes on."""
    return refused(
        409,
        "AnotherOperationInProgress",
        f"Another operation on this or a dependent resource is in progress: '{kind}/{name}'."
        " Retry the request later.",
    )


def changed(name: str) -> ArmError:
    """Say that something is not as the sender saw it."""
    return refused(
        412,
        "PreconditionFailed",
        f"The condition 'If-Match' evaluated to false: '{name}' has another etag now.",
        by_gateway=False,
    )


def unauthenticated(message: str, authority: str) -> ArmError:
    """Say that a request does not prove who sent it."""
    challenge = (
        f'Bearer authorization_uri="{authority}", error="invalid_token",'
        f' error_description="{message}"'
    )
    return ArmError(
        401, "AuthenticationFailed", message, headers={**_GATEWAY, "www-authenticate": challenge}
    )


def unauthorized(who: str, action: str, scope: str) -> ArmError:
    """Say that a caller has no role for an action."""
    return refused(
        403,
        "AuthorizationFailed",
        f"The client '{who}' with object id '{who}' does not have authorization to perform action"
        f" '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted,"
        " please refresh your credentials.",
    )

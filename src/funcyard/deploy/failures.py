"""What a failed call means: whether to make it again, whether it was done, how to mend it.

The codes are Azure's own, of Resource Manager and of the services behind it.
https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
"""

from __future__ import annotations

from typing import Any, Final

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from funcyard.azure.errors import (
    AzureFailedError,
    AzureRefusedError,
    azure_error,
    error_code,
    without_secrets,
)
from funcyard.azure.retry_after import retry_after as _retry_after
from funcyard.azure.retry_after import will_pass
from funcyard.errors import FuncyardError

FAULTS: Final = (AzureError, TimeoutError, FuncyardError)
"""What calls to a cloud raise."""

PASSING: Final = frozenset(
    {
        "AnotherOperationInProgress",
        "AppServiceOperationInProgress",
        "ContainerBeingDeleted",
        "DataRoleMissing",
        "ParentResourceNotReady",
        "PrincipalNotFound",
        "QueueBeingDeleted",
        "ResourceGroupBeingDeleted",
        "ShareBeingDeleted",
        "StorageAccountIsNotProvisioned",
        "TableBeingDeleted",
    }
)
"""Refusals that end by themselves: something else is still being done, or not known everywhere."""

MENDS: Final = {
    "AuthorizationFailed": "ask for a role with this action at this scope: Contributor, and"
    " User Access Administrator for role assignments",
    "DnsRecordInUse": "the name is taken in all of Azure; choose another",
    "Endpoint validation": "what events go to has to be there first; deploy it, then resume",
    "FlagMustBeSetForRestore": "one of that name was deleted and can be restored; purge it, or"
    " choose another name",
    "InvalidAuthenticationToken": "sign in again",
    "InvalidResourceGroupLocation": "the group is there in another region; use that, or another",
    "LinkedAuthorizationFailed": "ask for a role at the linked resource, too",
    "LocationNotAvailableForResourceType": "choose a region that offers this type",
    "MissingSubscriptionRegistration": "az provider register --namespace NAMESPACE, then resume",
    "NameUnavailable": "the name is taken in all of Azure; choose another",
    "QuotaExceeded": "ask for more quota, or choose another region or a smaller size",
    "RequestDisallowedByPolicy": "a policy of the subscription forbids this; ask who set it",
    "ScopeLocked": "a lock protects it: az lock list, and delete the lock",
    "SkuNotAvailable": "choose another size or region",
    "StorageAccountAlreadyTaken": "the name is taken in all of Azure; choose another",
    "SubscriptionIsOverQuotaForSku": "ask for more quota, or choose another region or plan",
    "Unsupported Azure Function Trigger": "name a function with an Event Grid trigger",
    "Url validation": "the webhook has to take part in Event Grid's handshake:"
    " https://aka.ms/esvalidation",
    "WebsiteWithHostnameAlreadyExists": "the name is taken in all of Azure; choose another",
}
"""What a person does about a refusal."""

_TIMED_OUT: Final = 408
_NOT_FOUND: Final = 404
_REFUSED: Final = range(400, 500)
_CONFLICTS: Final = frozenset({409, 412})


def status_of(fault: BaseException) -> int | None:
    """Return the HTTP status of a failed call, None where there was no answer."""
    if isinstance(fault, HttpResponseError):
        return fault.status_code
    return fault.status if isinstance(fault, AzureFailedError) else None


def is_transition(fault: BaseException) -> bool:
    """Whether a call was refused because of something that ends by itself."""
    return _code(fault) in PASSING


def is_passing(fault: BaseException) -> bool:
    """Whether the same call may get through later."""
    if is_transition(fault):
        return True
    status = status_of(fault)
    if status is None:
        # Without a status Azure refuses what it had taken on, or nobody is signed in who could ask:
        # the same again.
        is_refusal = isinstance(fault, AzureRefusedError | ClientAuthenticationError)
        return isinstance(fault, AzureError | TimeoutError | AzureFailedError) and not is_refusal
    return status < _REFUSED.start or will_pass(status)


def is_harmless(fault: BaseException) -> bool:
    """Whether a failed call surely changed nothing: it was refused."""
    status = status_of(fault)
    return status is not None and status in _REFUSED and status != _TIMED_OUT


def is_conflict(fault: BaseException) -> bool:
    """Whether a call was refused since something of that name is there: the resource itself.

    Of the refusals that share its status, those that a person has to mend are none.
    """
    return status_of(fault) in _CONFLICTS and not is_transition(fault) and _code(fault) not in MENDS


def is_absence(fault: BaseException) -> bool:
    """Whether a call was refused since there is no such thing."""
    return status_of(fault) == _NOT_FOUND


def retry_after(fault: BaseException) -> float | None:
    """Return after how many seconds the cloud wants to be asked again, where it says so."""
    return _retry_after(_headers(fault))


def told(fault: BaseException, address: str, operation: str) -> FuncyardError:
    """Return the error for a person: which resource, doing what, which request, how to mend."""
    if isinstance(fault, FuncyardError) and not isinstance(fault, AzureFailedError):
        return fault
    if isinstance(fault, AzureFailedError):
        mapped, message = fault, f"{address}: {operation}: {without_secrets(fault.message)}"
    else:
        assert isinstance(fault, AzureError | TimeoutError)  # noqa: S101  the rest of FAULTS
        mapped = azure_error(fault, f"{address}: {operation}")
        message = mapped.message
    request = _headers(fault).get("x-ms-request-id")
    return type(mapped)(
        f"{message}, request {request}" if request else message,
        hint=MENDS.get(mapped.service_code, mapped.hint),
        status=mapped.status,
        service_code=mapped.service_code,
    )


def _code(fault: BaseException) -> str:
    return fault.service_code if isinstance(fault, AzureFailedError) else error_code(fault)


def _headers(fault: BaseException) -> Any:  # noqa: ANN401  a transport's own mapping
    response = getattr(fault, "response", None) or getattr(fault.__cause__, "response", None)
    return getattr(response, "headers", None) or {}

"""Resource providers: what they serve, and whether a subscription may use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core import errors
from funcyard.emulator.core.regions import REGIONS
from funcyard.emulator.core.versions import RESOURCES
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Json

_FOR_GOOD: Final = ("Microsoft.Authorization", "Microsoft.Resources")


async def list_providers(call: Call) -> Answer:
    """Return all providers."""
    call.check_version("Microsoft.Resources/providers", RESOURCES)
    return Answer(200, {"value": [_shown(call, one) for one in call.core.registry.namespaces]})


async def get_provider(call: Call) -> Answer:
    """Return a provider.

    Raises:
        ArmError: There is none of that name.
    """
    call.check_version("Microsoft.Resources/providers", RESOURCES)
    return Answer(200, _shown(call, _namespace(call)))


async def register(call: Call) -> Answer:
    """Let a subscription use a provider, or forbid it.

    Raises:
        ArmError: There is none of that name, or it is used for good.
    """
    call.check_version("Microsoft.Resources/providers", RESOURCES)
    namespace = _namespace(call)
    name = f"unregistered {call.named.subscription}"
    unregistered = set(call.core.store.setting(name) or ())
    if call.word is not None and call.word.lower() == "register":
        unregistered.discard(namespace)
    elif namespace in _FOR_GOOD:
        raise errors.refused(
            400,
            "CannotUnregisterProvider",
            f"The namespace '{namespace}' cannot be unregistered.",
        )
    else:
        unregistered.add(namespace)
    call.core.store.settle(name, sorted(unregistered))
    return Answer(200, _shown(call, namespace))


def _namespace(call: Call) -> str:
    wanted = call.named.type
    for one in call.core.registry.namespaces:
        if one.lower() == wanted.lower():
            return one
    raise errors.unknown_namespace(wanted)


def _shown(call: Call, namespace: str) -> Json:
    subscription = call.request.path.split("/")[2]
    unregistered = call.core.store.setting(f"unregistered {subscription}") or ()
    free = namespace in _FOR_GOOD
    kinds = [
        {
            "resourceType": kind.name.partition("/")[2],
            "locations": list(REGIONS.values()) if kind.is_located else [],
            "apiVersions": list(kind.versions),
            "capabilities": "SupportsTags, SupportsLocation" if kind.is_tagged else "None",
        }
        for kind in call.core.registry
        if kind.name.partition("/")[0] == namespace
    ]
    return {
        "id": f"/subscriptions/{subscription}/providers/{namespace}",
        "namespace": namespace,
        "registrationPolicy": "RegistrationFree" if free else "RegistrationRequired",
        "resourceTypes": kinds,
        "registrationState": "Unregistered" if namespace in unregistered else "Registered",
    }

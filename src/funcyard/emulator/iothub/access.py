"""Who may ask a hub for what: holders of policy keys, of device keys, and of roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import jwt

from funcyard.emulator.core.access import caller_of
from funcyard.emulator.iothub import errors, policies, sas

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.iothub.devices import Device

_AUDIENCES: Final = ("https://iothubs.azure.net", "https://iothubs.azure.net/")
_ACTIONS: Final = "Microsoft.Devices/IotHubs"


def check_service(
    core: Core, hub: Kept, header: str, *, path: str, right: str, action: str
) -> None:
    """Refuse a service.

    Args:
        core: Where roles and tokens are known.
        hub: Which.
        header: The request's authorization.
        path: What it asks for.
        right: What a policy must allow.
        action: What a role must allow, without its beginning.

    Raises:
        HubError: It may not.
    """
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        try:
            caller = caller_of(token.strip(), core, _AUDIENCES)
        except jwt.PyJWTError as fault:
            raise errors.unauthorized(f"The token is invalid: {fault}") from None
        if not core.allows_data(caller, f"{_ACTIONS}/{action}", hub.id):
            raise errors.unauthorized(
                f"Principal {caller.id} is not authorized for {_ACTIONS}/{action} on resource"
                f" {hub.id}."
            )
        return
    _check_policy(core, hub, sas.read(header), path=path, right=right)


def check_device(core: Core, hub: Kept, device: Device | None, header: str, *, path: str) -> float:
    """Refuse a device; return the time of day until which it is let in.

    Args:
        core: What the time is.
        hub: Which.
        device: Who it says that it is; None where there is no such device.
        header: Its authorization.
        path: What it asks for, below ``/devices``.

    Raises:
        HubError: It may not.
    """
    signature = sas.read(header)
    if device is None:
        raise errors.unauthorized()
    if signature.policy:
        _check_policy(core, hub, signature, path=path, right="DeviceConnect")
    else:
        if hub.properties.get("disableDeviceSAS"):
            raise errors.unauthorized("Devices' own signatures are disabled.")
        _check_opens(core, hub, signature, path)
        if not signature.resource.partition("/")[2].startswith("devices/"):
            raise errors.unauthorized()
        signature.check(device.keys, core.clock.time())
    if not device.is_enabled:
        raise errors.unauthorized("The device is disabled.")
    return signature.expires


def _check_policy(
    core: Core, hub: Kept, signature: sas.Signature, *, path: str, right: str
) -> None:
    if hub.properties.get("disableLocalAuth"):
        raise errors.unauthorized("Shared access policies are disabled.")
    policy = policies.of(hub).get(signature.policy)
    if policy is None:
        raise errors.unauthorized()
    _check_opens(core, hub, signature, path)
    signature.check(policy.keys, core.clock.time())
    if right not in policy.rights:
        raise errors.unauthorized(f"The policy '{policy.name}' does not allow {right}.")


def _check_opens(core: Core, hub: Kept, signature: sas.Signature, path: str) -> None:
    if not signature.opens(core.hubs.host(hub.name) or "", path):
        raise errors.unauthorized("The token is for another resource.")

"""The shared access policies of hubs: who holds their keys may do what they allow."""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.backing import ReadOnly
from funcyard.emulator.core.records import SUCCEEDED, Kept
from funcyard.emulator.core.types import bare_type
from funcyard.emulator.http import Answer
from funcyard.emulator.iothub.errors import DevicesError
from funcyard.emulator.iothub.naming import HUB_KEYS, VERSIONS

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.core.target import Target

_KEY_BYTES: Final = 32
_KEY_SIZES: Final = range(16, 65)
_BUILT_IN: Final = {
    "iothubowner": "RegistryWrite, ServiceConnect, DeviceConnect",
    "service": "ServiceConnect",
    "device": "DeviceConnect",
    "registryRead": "RegistryRead",
    "registryReadWrite": "RegistryWrite",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """A shared access policy.

    Attributes:
        name: Its own.
        rights: What it allows, as ``RegistryRead``; who may write the registry may read it.
        keys: Both open the same.
    """

    name: str
    rights: frozenset[str]
    keys: tuple[str, str] = field(repr=False)


def new_key() -> str:
    """Return a key, of a policy or a device."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def is_key(text: object) -> bool:
    """Whether a text can be a key, of a policy or a device."""
    try:
        size = len(base64.b64decode(str(text), validate=True))
    except (binascii.Error, ValueError):
        return False
    return size in _KEY_SIZES


def made(draft: Draft) -> Json:
    """Return the policies of a new hub, with their keys: those that are asked for, or Azure's."""
    asked = (draft.given.get("properties") or {}).get("authorizationPolicies")
    if not asked:
        asked = [{"keyName": name, "rights": rights} for name, rights in _BUILT_IN.items()]
    listed = [
        {
            "keyName": one["keyName"],
            "primaryKey": one.get("primaryKey") or new_key(),
            "secondaryKey": one.get("secondaryKey") or new_key(),
            "rights": one["rights"],
        }
        for one in asked
    ]
    return {"policies": listed}


def of(hub: Kept) -> dict[str, Policy]:
    """Return the policies of a hub by name."""
    found = {}
    for one in hub.secrets["policies"]:
        rights = {right.strip() for right in one["rights"].split(",")}
        if "RegistryWrite" in rights:
            rights.add("RegistryRead")
        keys = (one["primaryKey"], one["secondaryKey"])
        found[one["keyName"]] = Policy(one["keyName"], frozenset(rights), keys)
    return found


async def list_keys(_call: Call, kept: Kept) -> Answer:
    """Return all policies of a hub with their keys."""
    return Answer(200, {"value": kept.secrets["policies"]})


class _Keys(ReadOnly):
    """What stands in the addresses of policies; it is asked for by POST alone."""

    async def get(self, core: Core, target: Target) -> Json | None:  # noqa: ARG002 - as every backing
        return None

    async def list(self, core: Core, parent: Target) -> list[Json]:  # noqa: ARG002 - as every backing
        return []


def keep(core: Core, hub: Kept) -> None:
    """Keep what the addresses of a hub's policies name."""
    for name in of(hub):
        target = hub.target.child("IotHubKeys", name)
        core.store.save(Kept(target.id, HUB_KEYS, {}, SUCCEEDED, hub.created, hub.changed))


async def _list_one(call: Call, kept: Kept) -> Answer:
    above = kept.target.parent
    hub = call.core.store.find(above.key) if above is not None else None
    listed = hub.secrets["policies"] if hub is not None else []
    return Answer(200, next(one for one in listed if one["keyName"] == kept.name))


def _absent(target: Target) -> DevicesError:
    return DevicesError(404, 404002, f"Key {target.name} not found.")


KEYS: Final = bare_type(
    name=HUB_KEYS,
    versions=VERSIONS,
    actions={"listkeys": _list_one},
    absent=_absent,
    backing=_Keys(),
    note="the policies, one by one",
)

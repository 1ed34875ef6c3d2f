"""The built-in endpoint of hubs and its consumer groups: kept, and read by nobody here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.backing import ReadOnly
from funcyard.emulator.core.manner import Manner
from funcyard.emulator.core.types import ResourceType, bare_type
from funcyard.emulator.iothub.errors import DevicesError
from funcyard.emulator.iothub.naming import CONSUMER_GROUP, ENDPOINT, HUB, VERSIONS

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target


class _Endpoint(ReadOnly):
    """The only endpoint that a hub has by itself."""

    async def get(self, core: Core, target: Target) -> Json | None:
        above = target.parent
        if target.name.lower() != "events" or above is None or core.store.find(above.key) is None:
            return None
        return {"id": target.id, "name": target.name, "type": ENDPOINT}

    async def list(self, core: Core, parent: Target) -> list[Json]:  # noqa: ARG002 - as every backing
        return []


def _check(_core: Core, target: Target, body: Json) -> None:
    if (body.get("properties") or {}).get("name") != target.name:
        raise DevicesError(400, 400001, "The consumer group's name is not that of its address.")


def _complete(draft: Draft) -> Json:
    return {"properties": {"properties": draft.given["properties"]}}


def _show(_core: Core, kept: Kept) -> Json:
    created = datetime.fromisoformat(f"{kept.created[:19]}+00:00").astimezone(UTC)
    stamp = f"{created:%a, %d %b %Y %H:%M:%S GMT}"
    kind = f"{HUB}/EventHubEndpoints/ConsumerGroups"  # so answers spell it
    return {"properties": {"created": stamp, **kept.properties}, "type": kind, "etag": None}


def _absent(target: Target) -> DevicesError:
    return DevicesError(404, 404003, f"Consumer group {target.name} not found.")


ENDPOINTS: Final = bare_type(
    name=ENDPOINT,
    versions=VERSIONS,
    backing=_Endpoint(),
    note="`events`; nothing reads from it, Event Grid takes what devices send",
)
CONSUMER_GROUPS: Final = ResourceType(
    name=CONSUMER_GROUP,
    versions=VERSIONS,
    put_new=Manner(200),
    patch=None,
    delete_absent=404,
    is_located=False,
    is_tagged=False,
    has_state=False,
    check=_check,
    complete=_complete,
    show=_show,
    absent=_absent,
    note="kept; read by nobody",
)

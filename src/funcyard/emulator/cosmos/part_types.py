"""The types of an account's parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.cosmos import errors
from funcyard.emulator.cosmos.naming import CONTAINER, DATABASE, VERSIONS, account_of
from funcyard.emulator.cosmos.parts import Containers, Databases, Provisioned

if TYPE_CHECKING:
    from funcyard.emulator.core.backing import Deferred
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

_SECONDS: Final = 15
_CHANGED: Final = Manner(202, Tracking.BOTH, _SECONDS, says_status=True)
_OWN: Final = ("_rid", "_self", "_etag", "_ts", "_colls", "_users", "_docs", "_sprocs")
_MORE: Final = ("_triggers", "_udfs", "_conflicts", "statistics", "geospatialConfig")


def _place(core: Core, kept: Kept) -> str:
    account = account_of(core, kept.target)
    return str(account.body["location"]) if account else ""


def _part(name: str, backing: Deferred, note: str) -> ResourceType:
    return ResourceType(
        name=name,
        versions=VERSIONS,
        put_new=_CHANGED,
        put_again=_CHANGED,
        patch=None,
        delete=_CHANGED,
        passed_over=frozenset(f"properties.resource.{one}" for one in (*_OWN, *_MORE)),
        is_located=False,
        is_tagged=False,
        has_state=False,
        going=("Enqueued",),
        tells_only_status=True,
        result_path="TARGET/operationResults/ID",
        status_path="/subscriptions/SUBSCRIPTION/providers/Microsoft.DocumentDB/locations/LOCATION"
        "/operationsStatus/ID",
        place=_place,
        check=backing.check,
        absent=lambda _: errors.not_found(),
        backing=backing,
        note=note,
    )


_KEPT: Final = "that of the account's data plane"
_PROVISIONED: Final = "`default`; kept, and nothing is throttled"

TYPES: Final = (
    _part(DATABASE, Databases(), _KEPT),
    _part(CONTAINER, Containers(), _KEPT),
    _part(f"{DATABASE}/throughputSettings", Provisioned(), _PROVISIONED),
    _part(f"{CONTAINER}/throughputSettings", Provisioned(), _PROVISIONED),
)

"""The types of an account's parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.manner import Manner
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.storage import errors
from funcyard.emulator.storage.children import Service
from funcyard.emulator.storage.naming import ACCOUNT, VERSIONS
from funcyard.emulator.storage.parts import Containers, Queues, Shares, Tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.core.backing import Backing
    from funcyard.emulator.core.errors import ArmError
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.core.target import Target

_CORS: Final[Json] = {"cors": {"corsRules": []}}
_KEPT: Final[Json] = {**_CORS, "deleteRetentionPolicy": {"enabled": False}}
_SHARED: Final[Json] = {**_CORS, "shareDeleteRetentionPolicy": {"enabled": False}}
_CONTAINER_TIMES: Final = (
    "deleted",
    "remainingRetentionDays",
    "leaseStatus",
    "leaseState",
    "lastModifiedTime",
    "legalHold",
    "hasImmutabilityPolicy",
    "hasLegalHold",
)
_SHARE_TIMES: Final = ("leaseStatus", "leaseState", "lastModifiedTime")


def _service(name: str, properties: Json) -> ResourceType:
    return ResourceType(
        name=f"{ACCOUNT}/{name}",
        versions=VERSIONS,
        patch=None,
        is_located=False,
        is_tagged=False,
        has_state=False,
        backing=Service(properties),
        note="`default`, which is read and not changed",
    )


def _part(
    name: str,
    backing: Backing,
    absent: Callable[[Target], ArmError],
    *,
    put: tuple[Manner, Manner],
    delete: Manner,
    passed_over: tuple[str, ...] = (),
) -> ResourceType:
    return ResourceType(
        name=f"{ACCOUNT}/{name}",
        versions=VERSIONS,
        put_new=put[0],
        put_again=put[1],
        delete=delete,
        is_located=False,
        is_tagged=False,
        has_state=False,
        passed_over=frozenset(f"properties.{one}" for one in passed_over),
        absent=absent,
        lists_by_prefix=True,
        backing=backing,
        note="that of the account's server",
    )


_MADE: Final = (Manner(201), Manner(200))
_AS_EVER: Final = (Manner(200), Manner(200))

TYPES: Final = (
    _service("blobServices", _KEPT),
    _service("queueServices", _CORS),
    _service("tableServices", _CORS),
    _service("fileServices", _SHARED),
    _part(
        "blobServices/containers",
        Containers(),
        lambda _: errors.container_not_found(),
        put=_MADE,
        delete=Manner(200),
        passed_over=_CONTAINER_TIMES,
    ),
    _part(
        "queueServices/queues",
        Queues(),
        lambda _: errors.queue_not_found(),
        put=_AS_EVER,
        delete=Manner(204),
        passed_over=("approximateMessageCount",),
    ),
    _part(
        "tableServices/tables",
        Tables(),
        lambda _: errors.table_not_found(),
        put=_AS_EVER,
        delete=Manner(204),
        passed_over=("tableName",),
    ),
    _part(
        "fileServices/shares",
        Shares(),
        lambda _: errors.share_not_found(),
        put=_MADE,
        delete=Manner(200),
        passed_over=_SHARE_TIMES,
    ),
)

"""Workspaces of Microsoft.OperationalInsights."""

from __future__ import annotations

import base64
import re
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.errors import refused
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.registry import Registry
    from funcyard.emulator.core.target import Target

WORKSPACE: Final = "Microsoft.OperationalInsights/workspaces"
_VERSIONS: Final = (
    "2025-07-01",
    "2025-02-01",
    "2023-09-01",
    "2022-10-01",
    "2021-12-01-preview",
    "2021-06-01",
    "2020-08-01",
)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]")
_GIVEN: Final = ("customerId", "createdDate", "modifiedDate", "provisioningState", "source")
_SECONDS: Final = 8.0
_KEY_BYTES: Final = 64


def _check(_core: Core, target: Target, _body: Json) -> None:
    if not _NAME.fullmatch(target.name):
        raise refused(
            400,
            "InvalidResourceName",
            f"The workspace name '{target.name}' is invalid: 4 to 63 letters, digits and hyphens,"
            " a letter or digit at either end.",
            by_gateway=False,
        )


def _complete(draft: Draft) -> Json:
    given = draft.given.get("properties") or {}
    before = draft.before.properties if draft.before is not None else {}
    capping = given.get("workspaceCapping") or {}
    sku = given.get("sku") or before.get("sku") or {"name": "PerGB2018"}
    features = {
        "legacy": 0,
        "searchVersion": 1,
        "enableLogAccessUsingOnlyResourcePermissions": True,
    }
    return {
        "location": draft.given["location"],
        **({"tags": draft.given["tags"]} if draft.given.get("tags") else {}),
        "properties": {
            "customerId": before.get("customerId") or str(uuid.uuid4()),
            "sku": {**sku, "lastSkuUpdate": before.get("createdDate") or draft.now},
            "retentionInDays": given.get("retentionInDays") or before.get("retentionInDays") or 30,
            "features": {**features, **(given.get("features") or {})},
            "workspaceCapping": {
                "dailyQuotaGb": capping.get("dailyQuotaGb", -1.0),
                "quotaNextResetTime": _midnight(draft.now),
                "dataIngestionStatus": "RespectQuota",
            },
            "publicNetworkAccessForIngestion": given.get(
                "publicNetworkAccessForIngestion", "Enabled"
            ),
            "publicNetworkAccessForQuery": given.get("publicNetworkAccessForQuery", "Enabled"),
            "createdDate": before.get("createdDate") or draft.now,
            "modifiedDate": draft.now,
        },
    }


def _midnight(now: str) -> str:
    day = datetime.fromisoformat(now[:10]).replace(tzinfo=UTC) + timedelta(days=1)
    return f"{day:%Y-%m-%dT%H:%M:%SZ}"


def _keys(_draft: Draft) -> Json:
    return {name: _key() for name in ("primarySharedKey", "secondarySharedKey")}


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def _etag(kept: Kept) -> str:
    return f'"{uuid.uuid5(uuid.NAMESPACE_OID, f"{kept.key} {kept.changed} {kept.state}")}"'


async def _shared_keys(_call: Call, kept: Kept) -> Answer:
    return Answer(200, dict(kept.secrets))


async def _forget(core: Core, kept: Kept) -> None:
    core.lines.forget(str(kept.properties["customerId"]))


def workspace(core: Core, customer_id: str) -> Kept | None:
    """Return a workspace by its customer id; None where there is none."""
    wanted = customer_id.lower()
    known = core.store.of_type(WORKSPACE)
    return next((one for one in known if one.properties["customerId"] == wanted), None)


WORKSPACES: Final = ResourceType(
    name=WORKSPACE,
    versions=_VERSIONS,
    put_new=Manner(201, Tracking.ITSELF, _SECONDS),
    put_again=Manner(200),
    delete=Manner(200, has_body=False),
    passed_over=frozenset(f"properties.{name}" for name in _GIVEN),
    check=_check,
    complete=_complete,
    secrets=_keys,
    etag=_etag,
    deleted=_forget,
    actions={"sharedkeys": _shared_keys},
    note="holds what environments of Container Apps send there, and is queried",
)


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.OperationalInsights."""
    registry.add(WORKSPACES)

"""Storages of an environment: shares for its apps' volumes. Their keys are never shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import errors
from funcyard.emulator.containerapps.naming import STORAGE, VERSIONS
from funcyard.emulator.containerapps.spelling import spelled
from funcyard.emulator.core.manner import Manner
from funcyard.emulator.core.types import ResourceType

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.errors import ArmError
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_NEEDED: Final = ("accountName", "accountKey", "shareName")


def _check(_core: Core, target: Target, body: Json) -> None:
    if not _NAME.fullmatch(target.name):
        raise errors.bad(
            "ManagedEnvironmentStorageInvalidName",
            f"The name '{target.name}' is invalid: small letters, digits and hyphens, up to 32.",
        )
    share = (body.get("properties") or {}).get("azureFile")
    if not share:
        raise errors.not_served("A storage of an environment that is no Azure Files share")
    for name in _NEEDED:
        if not share.get(name):
            raise errors.bad("ManagedEnvironmentStorageInvalid", f"'azureFile.{name}' is missing.")


def _complete(draft: Draft) -> Json:
    return {"properties": draft.given["properties"]}


def _show(_core: Core, kept: Kept) -> Json:
    share = kept.properties["azureFile"]
    told = {
        "accountName": share["accountName"],
        "shareName": share["shareName"],
        "accessMode": share.get("accessMode") or "ReadOnly",
    }
    kind = "Microsoft.App/managedenvironments/storages"
    return {"type": kind, "properties": {"azureFile": told}}


def _absent(target: Target) -> ArmError:
    return errors.missing(
        "ManagedEnvironmentStorageNotFound", "ManagedEnvironment Storage", target.name
    )


STORAGES: Final = ResourceType(
    name=STORAGE,
    versions=VERSIONS,
    put_new=Manner(200),
    patch=None,
    delete=Manner(200, has_body=False),
    is_located=False,
    is_tagged=False,
    has_state=False,
    spelled=lambda body: spelled(STORAGE, body),
    check=_check,
    complete=_complete,
    show=_show,
    absent=_absent,
    note="kept; no replica mounts them",
)

"""Secrets of apps and jobs: given by value, or named in a vault; their values are never shown.

https://learn.microsoft.com/azure/container-apps/manage-secrets
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import errors
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Json, Kept

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")


def check(configuration: Json, containers: Iterable[Json]) -> None:
    """Refuse secrets that are none, and references to ones that are not there.

    Raises:
        ArmError: One of these; of a registry's password as recorded.
    """
    given = configuration.get("secrets") or []
    for one in given:
        name = str(one.get("name") or "")
        if not _NAME.fullmatch(name):
            raise errors.bad(
                "ContainerAppSecretInvalid",
                f"The secret name '{name}' is invalid: small letters, digits, '-' and '.'.",
            )
    bare = [one["name"] for one in given if not _has_value(one)]
    if bare:
        raise errors.bad(
            "ContainerAppSecretInvalid",
            f"Invalid Request: Container app secret(s) with name(s) '{', '.join(bare)}' are"
            " invalid: value or keyVaultUrl and identity should be provided.",
        )
    names = {one["name"] for one in given}
    for registry in configuration.get("registries") or ():
        wanted = registry.get("passwordSecretRef")
        if not registry.get("server"):
            raise errors.bad("ContainerAppRegistryInvalid", "A registry has no 'server'.")
        if wanted and wanted not in names:
            raise errors.bad(
                "ContainerAppRegistriesPasswordSecretRefNotFound",
                f"PasswordSecretRef '{wanted}' defined for registry server"
                f" '{registry.get('server')}' not found.",
            )
    for container in containers:
        for variable in container.get("env") or ():
            wanted = variable.get("secretRef")
            if wanted and wanted not in names:
                raise errors.bad(
                    "ContainerAppSecretRefNotFound",
                    f"SecretRef '{wanted}' defined for container '{container['name']}' not found.",
                )


def _has_value(one: Json) -> bool:
    return one.get("value") is not None or bool(one.get("keyVaultUrl") and one.get("identity"))


def shown(given: list[Json] | None) -> list[Json] | None:
    """Return secrets as answers tell them: without their values."""
    if not given:
        return None
    names = ("name", "keyVaultUrl", "identity")
    return [{name: one[name] for name in names if one.get(name)} for one in given]


async def listed(call: Call, kept: Kept) -> Answer:  # noqa: ARG001 - as every action
    """Answer ``listSecrets``: the secrets with their values."""
    given = (kept.properties["configuration"] or {}).get("secrets") or []
    names = ("name", "keyVaultUrl", "identity", "value")
    told = [{name: one[name] for name in names if one.get(name) is not None} for one in given]
    return Answer(200, {"value": told})

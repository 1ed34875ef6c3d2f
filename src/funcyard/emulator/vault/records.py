"""A secret and its versions, as they are kept and as they are shown."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from funcyard.emulator.vault.reading import Changes

LONGEST_RETENTION: Final = 90
SHORTEST_RETENTION: Final = 7


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a secret, without its value.

    Attributes:
        name: What it is called, in 32 hexadecimal digits.
        created: In seconds since 1970, as every time here.
        updated: Likewise.
        enabled: Whether its value is given out.
        not_before: For people to read; the value is given out before, too.
        expires: Likewise; the value is given out after it, too.
        content_type: A hint about the value.
        tags: Whatever a client wants to find again; None where none were ever set.
    """

    name: str
    created: int
    updated: int
    enabled: bool = True
    not_before: int | None = None
    expires: int | None = None
    content_type: str | None = None
    tags: dict[str, str] | None = None

    @classmethod
    def load(cls, text: str) -> Version:
        """Return a version from what :meth:`dump` wrote."""
        return cls(**json.loads(text))

    def dump(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self))

    def changed(self, changes: Changes, now: int) -> Version:
        """Return it with what was said of it; what was not stays."""
        said = {
            "enabled": changes.enabled,
            "not_before": changes.not_before,
            "expires": changes.expires,
            "content_type": changes.content_type,
            "tags": changes.tags,
        }
        given: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        return replace(self, updated=now, **given)


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret and its newest version.

    Attributes:
        name: As it was written first; upper and lower case mean the same.
        version: The newest.
        deleted: When it was deleted, None where it was not.
        purged: When it will be gone for good, None where it was not deleted.
    """

    name: str
    version: Version
    deleted: int | None = None
    purged: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A version with its value."""

    version: Version
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """How a vault shows what it keeps.

    Attributes:
        url: Of the vault, as the client knows it, without a slash at its end.
        retention: For how many days deleted secrets are kept.
    """

    url: str
    retention: int

    def bundle(self, name: str, version: Version, value: str | None = None) -> dict[str, Any]:
        """Return a version as most operations answer it."""
        shown = self.item(name, version, id=f"{self.url}/secrets/{name}/{version.name}")
        return shown if value is None else {"value": value, **shown}

    def item(self, name: str, version: Version, **more: object) -> dict[str, Any]:
        """Return a secret as a list of secrets holds it."""
        shown: dict[str, Any] = {"id": f"{self.url}/secrets/{name}", **more}
        if version.content_type is not None:
            shown["contentType"] = version.content_type
        shown["attributes"] = self._attributes(version)
        if version.tags is not None:
            shown["tags"] = version.tags
        return shown

    def deleted(self, secret: Secret) -> dict[str, Any]:
        """Return what is said of a deleted secret beside the rest."""
        return {
            "recoveryId": f"{self.url}/deletedsecrets/{secret.name}",
            "deletedDate": secret.deleted,
            "scheduledPurgeDate": secret.purged,
        }

    def _attributes(self, version: Version) -> dict[str, object]:
        shown: dict[str, object] = {"enabled": version.enabled}
        if version.not_before is not None:
            shown["nbf"] = version.not_before
        if version.expires is not None:
            shown["exp"] = version.expires
        customized = "" if self.retention == LONGEST_RETENTION else "Customized"
        return {
            **shown,
            "created": version.created,
            "updated": version.updated,
            "recoveryLevel": f"{customized}Recoverable+Purgeable",
            "recoverableDays": self.retention,
        }

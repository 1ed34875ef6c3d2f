"""Every operation on secrets: from what a request says to what is answered.

https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.azure.secrets.sealing import BrokenSealError
from funcyard.emulator.http import LARGEST_BODY, Answer
from funcyard.emulator.vault import errors, paging, reading
from funcyard.emulator.vault.records import Kept, Secret, Shown, Version

if TYPE_CHECKING:
    from funcyard.emulator.http import Request
    from funcyard.emulator.vault.store import Store

_DAY: Final = 86400
_BACKUP: Final = "backup"


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a vault.

    Attributes:
        request: What was sent.
        store: What is kept.
        vault: Name of the vault.
        shown: How the vault shows what it keeps.
        name: Of the secret that the path names; empty where it names none.
        version: That the path names; empty for the newest.
    """

    request: Request
    store: Store
    vault: str
    shown: Shown
    name: str = ""
    version: str = ""

    def found(self) -> Secret:
        """Return the secret that the path names.

        Raises:
            VaultError: There is none, or it is deleted.
        """
        secret = self.store.secret(self.vault, self.name)
        if secret is None or secret.deleted is not None:
            raise errors.not_found(self.name)
        return secret

    def found_deleted(self) -> Secret:
        """Return the deleted secret that the path names.

        Raises:
            VaultError: None of that name is deleted.
        """
        secret = self.store.secret(self.vault, self.name)
        if secret is None or secret.deleted is None:
            raise errors.deleted_not_found(self.name)
        return secret

    def kept(self, secret: Secret) -> Kept:
        """Return the version that the path names.

        Raises:
            VaultError: The secret has no such version.
        """
        kept = self.store.kept(self.vault, self.name, self.version or secret.version.name)
        if kept is None:
            raise errors.not_found(f"{self.name}/{self.version}")
        return kept


def set_secret(call: Call) -> Answer:
    """Keep a new version of a secret."""
    body = reading.document(call.request)
    value = reading.text_of(body, "value", largest=reading.LARGEST_VALUE)
    changes = reading.changes_of(body)
    secret = call.store.secret(call.vault, call.name)
    if secret is not None and secret.deleted is not None:
        raise errors.deleted(secret.name)
    now = call.store.now()
    version = Version(uuid.uuid4().hex, now, now).changed(changes, now)
    call.store.add(call.vault, call.name, [Kept(version, value)])
    name = secret.name if secret else call.name
    return Answer(200, call.shown.bundle(name, version, value))


def get_secret(call: Call) -> Answer:
    """Give out a value; what is not valid yet, or no longer, is given out, too."""
    secret = call.found()
    kept = call.kept(secret)
    if not kept.version.enabled:
        raise errors.disabled("get")
    return Answer(200, call.shown.bundle(secret.name, kept.version, kept.value))


def update_secret(call: Call) -> Answer:
    """Change what is said of a version; its value stays."""
    changes = reading.changes_of(reading.document(call.request))
    secret = call.found()
    version = call.kept(secret).version.changed(changes, call.store.now())
    call.store.replace(call.vault, call.name, version)
    return Answer(200, call.shown.bundle(secret.name, version))


def delete_secret(call: Call) -> Answer:
    """Delete a secret with all its versions; until it is purged it can be recovered."""
    secret, now = call.found(), call.store.now()
    purged = now + call.shown.retention * _DAY
    call.store.mark(call.vault, call.name, deleted=now, purged=purged)
    return Answer(200, _deleted(call, Secret(secret.name, secret.version, now, purged)))


def list_secrets(call: Call) -> Answer:
    """List secrets, without values."""
    return paging.page(
        call.request,
        call.shown.url,
        lambda after, limit: [
            (one.name, call.shown.item(one.name, one.version))
            for one in call.store.secrets(call.vault, deleted=False, after=after, limit=limit)
        ],
    )


def list_versions(call: Call) -> Answer:
    """List the versions of a secret, without values; of one that is not there, none."""
    secret = call.store.secret(call.vault, call.name)
    if secret is None or secret.deleted is not None:
        return paging.page(call.request, call.shown.url, lambda _, __: [])

    def versions(after: str, limit: int) -> list[tuple[str, dict[str, Any]]]:
        number = paging.number(after)
        return [
            (str(number), call.shown.bundle(secret.name, one))
            for number, one in call.store.versions(call.vault, call.name, after=number, limit=limit)
        ]

    return paging.page(call.request, call.shown.url, versions)


def list_deleted(call: Call) -> Answer:
    """List deleted secrets."""
    return paging.page(
        call.request,
        call.shown.url,
        lambda after, limit: [
            (one.name, {**call.shown.deleted(one), **call.shown.item(one.name, one.version)})
            for one in call.store.secrets(call.vault, deleted=True, after=after, limit=limit)
        ],
    )


def get_deleted(call: Call) -> Answer:
    """Show a deleted secret, without its value."""
    return Answer(200, _deleted(call, call.found_deleted()))


def recover(call: Call) -> Answer:
    """Take a deletion back."""
    secret = call.found_deleted()
    call.store.mark(call.vault, call.name, deleted=None, purged=None)
    return Answer(200, call.shown.bundle(secret.name, secret.version))


def purge(call: Call) -> Answer:
    """Forget a deleted secret for good."""
    call.found_deleted()
    call.store.drop(call.vault, call.name)
    return Answer(204)


def backup(call: Call) -> Answer:
    """Give out a secret with all its versions, sealed: only this location opens it."""
    secret = call.found()
    versions = call.store.versions(call.vault, call.name, after=0, limit=-1)
    kept = [call.store.kept(call.vault, call.name, one.name) for _, one in versions]
    content = {"name": secret.name, "versions": [asdict(one) for one in kept if one]}
    sealed = call.store.seal.close(json.dumps(content).encode(), _BACKUP)
    return Answer(200, {"value": base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()})


def restore(call: Call) -> Answer:
    """Keep a secret as it was given out by :func:`backup`."""
    text = reading.text_of(reading.document(call.request), "value", largest=LARGEST_BODY)
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        content = json.loads(call.store.seal.open(sealed, _BACKUP))
    except (BrokenSealError, binascii.Error, ValueError):
        raise errors.bad_parameter("The backup is not one that this vault made.") from None
    name = content["name"]
    there = call.store.secret(call.vault, name)
    if there is not None:
        raise errors.exists(name) if there.deleted is None else errors.deleted(name)
    versions = [Kept(Version(**one["version"]), one["value"]) for one in content["versions"]]
    call.store.add(call.vault, name, versions)
    return Answer(200, call.shown.bundle(name, versions[-1].version))


def _deleted(call: Call, secret: Secret) -> dict[str, Any]:
    return {**call.shown.deleted(secret), **call.shown.bundle(secret.name, secret.version)}

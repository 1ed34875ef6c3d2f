"""Applications: made, changed and deleted, and the passwords that they sign in with.

https://learn.microsoft.com/graph/api/resources/application
"""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.graph import errors
from funcyard.emulator.graph.directory import APPLICATION, DELETED, SERVICE_PRINCIPAL

if TYPE_CHECKING:
    from funcyard.emulator.graph.directory import Directory

Json = dict[str, Any]

_LONGEST_NAME: Final = 256
_SECRET_BYTES: Final = 30
_TWO_YEARS: Final = 2 * 365 * 24 * 3600
_TEXTS: Final = frozenset({"displayName", "signInAudience", "description", "notes"})
_AUDIENCES: Final = frozenset(
    {
        "AzureADMyOrg",
        "AzureADMultipleOrgs",
        "AzureADandPersonalMicrosoftAccount",
        "PersonalMicrosoftAccount",
    }
)


def make(directory: Directory, body: Json, unique_name: str | None = None) -> Json:
    """Make an application and return it.

    Raises:
        GraphError: The body is none of one.
    """
    given = _checked(body)
    if not given.get("displayName"):
        raise errors.bad("A value is required for property 'displayName' of resource 'Application'")
    made: Json = {
        "id": str(uuid.uuid4()),
        "deletedDateTime": None,
        "appId": str(uuid.uuid4()),
        "uniqueName": unique_name,
        "createdDateTime": stamp(directory.clock()),
        "signInAudience": "AzureADMyOrg",
        "description": None,
        "notes": None,
        "identifierUris": [],
        "tags": [],
        "keyCredentials": [],
        "passwordCredentials": [],
        **given,
    }
    directory.save(APPLICATION, made)
    return made


def change(directory: Directory, record: Json, body: Json) -> None:
    """Change an application.

    Raises:
        GraphError: The body is none of one.
    """
    directory.save(APPLICATION, {**record, **_checked(body)})


def delete(directory: Directory, record: Json) -> None:
    """Delete an application with its service principal; it stays among what was deleted."""
    with directory.transaction():
        own = directory.find(SERVICE_PRINCIPAL, "appId", record["appId"])
        if own is not None:
            directory.drop(own["id"])
        for password in record["passwordCredentials"]:
            directory.remove_password(password["keyId"])
        gone = {**record, "deletedDateTime": stamp(directory.clock()), "passwordCredentials": []}
        directory.save(DELETED, gone)


def add_password(directory: Directory, record: Json, body: Json) -> Json:
    """Give an application a password, and return it with its text.

    Raises:
        GraphError: Its times are none.
    """
    wanted = body.get("passwordCredential") or {}
    if not isinstance(wanted, dict):
        raise errors.bad("Invalid value specified for property 'passwordCredential'.")
    unknown = set(wanted) - {"displayName", "startDateTime", "endDateTime"}
    if unknown:
        raise errors.bad(f"Invalid property '{min(unknown)}'.")
    starts = _moment(wanted.get("startDateTime"), directory.clock())
    ends = _moment(wanted.get("endDateTime"), starts + _TWO_YEARS)
    if ends <= starts:
        raise errors.bad("Credential lifetime exceeds or is less than what is allowed.")
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    shown: Json = {
        "customKeyIdentifier": None,
        "displayName": wanted.get("displayName"),
        "startDateTime": stamp(starts),
        "endDateTime": stamp(ends),
        "hint": secret[:3],
        "keyId": str(uuid.uuid4()),
        "secretText": None,
    }
    with directory.transaction():
        directory.add_password(shown["keyId"], record["appId"], secret, starts, ends)
        passwords = [*record["passwordCredentials"], shown]
        directory.save(APPLICATION, {**record, "passwordCredentials": passwords})
    return {**shown, "secretText": secret}


def remove_password(directory: Directory, record: Json, body: Json) -> None:
    """Take a password away.

    Raises:
        GraphError: There is none of that key.
    """
    key = str(body.get("keyId", "")).lower()
    left = [one for one in record["passwordCredentials"] if one["keyId"] != key]
    if len(left) == len(record["passwordCredentials"]):
        raise errors.bad("No password credential found with keyId.")
    with directory.transaction():
        directory.remove_password(key)
        directory.save(APPLICATION, {**record, "passwordCredentials": left})


def stamp(moment: float) -> str:
    """Return a time of day as Graph writes it."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _checked(body: Json) -> Json:
    for name, value in body.items():
        if name == "tags":
            good = isinstance(value, list) and all(isinstance(one, str) for one in value)
        elif name in _TEXTS:
            good = value is None or isinstance(value, str)
        else:
            raise errors.bad(f"Invalid property '{name}'.")
        if not good:
            raise errors.bad(f"Invalid value specified for property '{name}'.")
    called = body.get("displayName")
    if called is not None and not 1 <= len(called) <= _LONGEST_NAME:
        raise errors.bad("Invalid value specified for property 'displayName'.")
    if body.get("signInAudience", "AzureADMyOrg") not in _AUDIENCES:
        raise errors.bad("Invalid value specified for property 'signInAudience'.")
    return body


def _moment(text: object, otherwise: float) -> float:
    if text is None:
        return otherwise
    try:
        found = datetime.fromisoformat(str(text))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise errors.bad(f"Cannot convert the literal '{text}' to a date.") from None

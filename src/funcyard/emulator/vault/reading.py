"""What a request says: names, versions, attributes and tags, checked as Key Vault documents them.

https://learn.microsoft.com/azure/key-vault/secrets/about-secrets
https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.vault.errors import bad_parameter

if TYPE_CHECKING:
    from funcyard.emulator.http import Request

VERSIONS: Final = frozenset(
    {"2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01", "2026-04-01"}
)
"""The API versions that are known; of secrets they say the same."""

LARGEST_VALUE: Final = 25 * 1024
LARGEST_PAGE: Final = 25
_LONGEST_CONTENT_TYPE: Final = 255
_MOST_TAGS: Final = 15
_LONGEST_TAG: Final = 512
_LATEST_TIME: Final = 253402300799  # the last second of the year 9999
_NAME: Final = re.compile(r"[0-9a-zA-Z-]{1,127}")
_VERSION: Final = re.compile(r"[0-9a-zA-Z]{1,32}")


@dataclass(frozen=True, slots=True)
class Changes:
    """What a request says of a secret's version; None is nothing."""

    enabled: bool | None = None
    not_before: int | None = None
    expires: int | None = None
    content_type: str | None = None
    tags: dict[str, str] | None = None


def check_name(name: str) -> str:
    """Return a secret's name.

    Raises:
        VaultError: It can be none.
    """
    if not _NAME.fullmatch(name):
        raise bad_parameter(f"The request URI contains an invalid name: {name}")
    return name


def check_version(version: str) -> str:
    """Return the version that a path names.

    Raises:
        VaultError: It can be none.
    """
    if not _VERSION.fullmatch(version):
        raise bad_parameter(f"The request URI contains an invalid version: {version}")
    return version


def check_api_version(request: Request) -> None:
    """Refuse requests for an API version that is not known here.

    Raises:
        VaultError: It names none, or another.
    """
    version = request.query.get("api-version", "")
    if not version:
        raise bad_parameter("The request must specify the api-version query parameter.")
    if version not in VERSIONS:
        raise bad_parameter(f"The specified version ({version}) is not recognized.")


def page_size(request: Request) -> int:
    """Return how many items a page holds at most.

    Raises:
        VaultError: It asks for more than a page holds, or for none.
    """
    text = request.query.get("maxresults")
    if text is None:
        return LARGEST_PAGE
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= LARGEST_PAGE:
        raise bad_parameter(f"maxresults must be between 1 and {LARGEST_PAGE}: {text}")
    return int(text)


def document(request: Request) -> dict[str, Any]:
    """Return the object in a request's body.

    Raises:
        VaultError: There is none.
    """
    try:
        read = json.loads(request.body)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise bad_parameter("The request body must be a JSON object.")
    return read


def text_of(body: dict[str, Any], name: str, *, largest: int) -> str:
    """Return a property that must be text.

    Raises:
        VaultError: It is not there, no text, or too long.
    """
    value = body.get(name)
    if not isinstance(value, str):
        raise bad_parameter(f"Property {name} must be a string.")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise bad_parameter(f"Property {name} is not valid Unicode.") from None
    if size > largest:
        raise bad_parameter(f"Property {name} exceeds the maximum size of {largest} bytes.")
    return value


def changes_of(body: dict[str, Any]) -> Changes:
    """Return what a body says of a version, apart from its value.

    Raises:
        VaultError: Something of it cannot be.
    """
    attributes = body.get("attributes")
    if attributes is None:
        attributes = {}
    if not isinstance(attributes, dict):
        raise bad_parameter("Property attributes must be an object.")
    enabled = attributes.get("enabled")
    if enabled is not None and not isinstance(enabled, bool):
        raise bad_parameter("Property attributes.enabled must be true or false.")
    content_type = body.get("contentType")
    if content_type is not None:
        text_of(body, "contentType", largest=_LONGEST_CONTENT_TYPE)
    return Changes(
        enabled, _time(attributes, "nbf"), _time(attributes, "exp"), content_type, _tags(body)
    )


def _time(attributes: dict[str, Any], name: str) -> int | None:
    value = attributes.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LATEST_TIME:
        raise bad_parameter(f"Property attributes.{name} must be a time in seconds since 1970.")
    return value


def _tags(body: dict[str, Any]) -> dict[str, str] | None:
    tags = body.get("tags")
    if tags is None:
        return None
    if not isinstance(tags, dict) or len(tags) > _MOST_TAGS:
        raise bad_parameter(f"Property tags must be an object of at most {_MOST_TAGS} strings.")
    for name in tags:
        text_of(tags, name, largest=_LONGEST_TAG)
        if len(name) > _LONGEST_TAG:
            raise bad_parameter(f"The name of a tag exceeds {_LONGEST_TAG} characters.")
    return tags

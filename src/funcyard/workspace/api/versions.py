"""Versions as people name them, and what a rollback would change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.errors import UsageError, UserError

if TYPE_CHECKING:
    from funcyard.workspace.api.client import ApiClient

_WHOLE: Final = re.compile(r"[0-9]{8,18}-[0-9a-f]{64}")
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


class VersionNameError(UsageError):
    """What is given names no version, or none that is known."""

    code = "workspace-version-name"


class NoOlderVersionError(UserError):
    """There is no version to go back to."""

    code = "workspace-no-older-version"


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two versions.

    Attributes:
        added: Paths that only the second has.
        modified: Paths whose content differs.
        deleted: Paths that only the first has.
        unchanged: How many files are the same.
    """

    added: list[str]
    modified: list[str]
    deleted: list[str]
    unchanged: int


def number_of(version: str | None) -> str:
    """Return a version's number as people write it; ``none`` where there is no version."""
    return str(int(version.partition("-")[0])) if version else "none"


def named(api: ApiClient, text: str) -> str:
    """Return the whole name of a version that is named by its number, or whole.

    Raises:
        VersionNameError: It names none, or none that is known.
        FuncyardError: As :meth:`.ApiClient.opened`.
    """
    if _WHOLE.fullmatch(text):
        return text
    if not _NUMBER.fullmatch(text):
        raise VersionNameError(f"{text[:80]!a} names no version", hint="give its number")
    known = api.call("GET", "/workspace/versions")
    for one in known["versions"]:
        if one["number"] == int(text):
            return str(one["version"])
    raise VersionNameError(
        f"version {text} of {api.scope} is not kept, or never was",
        hint="funcyard workspace versions lists those that are",
    )


def target(api: ApiClient, text: str | None) -> tuple[str, str]:
    """Return the current version, and the one that a rollback goes to.

    Args:
        api: The platform.
        text: As a person names it; None for the last one before the current.

    Raises:
        NoOlderVersionError: There is none before the current.
        VersionNameError: The text names none.
        FuncyardError: As :meth:`.ApiClient.opened`.
    """
    known = api.call("GET", "/workspace/versions")
    to = known["previous"] if text is None else named(api, text)
    if to is None or known["current"] is None:
        raise NoOlderVersionError(f"the workspace of {api.scope} has no older version")
    return known["current"], to


def compare(api: ApiClient, one: str, other: str) -> Changes:
    """Return what differs from one version to another.

    Raises:
        FuncyardError: As :meth:`.ApiClient.opened`; a version is not kept.
    """
    before, after = _files(api, one), _files(api, other)
    both = before.keys() & after.keys()
    modified = sorted(path for path in both if before[path] != after[path])
    return Changes(
        added=sorted(after.keys() - both),
        modified=modified,
        deleted=sorted(before.keys() - both),
        unchanged=len(both) - len(modified),
    )


def _files(api: ApiClient, version: str) -> dict[str, Any]:
    listing = api.call("GET", "/workspace/files", query={"version": version})
    return {one["path"]: one["etag"] for one in listing["items"] if not one["isDirectory"]}

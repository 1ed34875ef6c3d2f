"""The version that a call is about: the one it names, else the current one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.workspace.reading import current_version
from funcyard.workspace.versions.name import VersionName
from request_errors import BadRequestError

if TYPE_CHECKING:
    from answering import Call
    from funcyard.workspace.versions.manifest import Manifest


async def manifest_of(call: Call) -> tuple[VersionName, Manifest] | None:
    """Return the version that ``?version=`` names, else the current one; None before the first.

    Raises:
        BadRequestError: What is named cannot be a version.
        VersionGoneError: It is not kept.
    """
    if text := call.query.text("version"):
        name = version_name(text)
        return name, await call.platform.versions.library.load(call.scope, name)
    return await current_version(call.platform.versions, call.scope)


def version_name(text: str) -> VersionName:
    """Read the name of a version.

    Raises:
        BadRequestError: It is none.
    """
    try:
        return VersionName.parse(text)
    except ValueError:
        raise BadRequestError("that names no version") from None

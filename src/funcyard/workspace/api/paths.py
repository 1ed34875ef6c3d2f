"""What people type as parts of the API's addresses: the platform reads each as it was typed."""

from __future__ import annotations

from urllib.parse import quote

from funcyard.errors import UsageError
from funcyard.workspace.paths import check_path


class EmptyNameError(UsageError):
    """A name, an id or a version is missing."""

    code = "workspace-empty-name"


def segment(text: str) -> str:
    """Return a name or an id as one part of an address.

    Raises:
        EmptyNameError: It is empty, or nothing but dots, which mean another address.
    """
    if not text.strip("."):
        raise EmptyNameError(f"{text!a} names nothing")
    return quote(text, safe="")


def file_path(text: str) -> str:
    """Return a path of the workspace as the end of an address; its slashes stay.

    Raises:
        InvalidPathError: No workspace can hold it.
    """
    return quote(check_path(text))

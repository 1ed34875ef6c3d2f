"""What must hold for a file, or a folder, to be changed."""

from __future__ import annotations

import re

import click

from funcyard.errors import UsageError

_TAG = re.compile(r'"?([0-9a-f]{64})"?')

match_option = click.option(
    "--if-match", "tag", default="", metavar="ETAG", help="Only where it still has that ETag."
)


class EtagError(UsageError):
    """That is no ETag of a file or a folder."""

    code = "workspace-etag"


def matching(tag: str) -> dict[str, str]:
    """Return the header that asks for an ETag; none for the empty one.

    Raises:
        EtagError: It is none.
    """
    if not tag:
        return {}
    found = _TAG.fullmatch(tag)
    if found is None:
        raise EtagError(f"{tag[:80]!a} is no ETag", hint="files list --json tells those of files")
    return {"If-Match": f'"{found[1]}"'}

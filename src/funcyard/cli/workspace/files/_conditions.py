"""What must hold for a file, or a folder, to be changed."""

from __future__ import annotations

import re

import click

from funcyard.errors import UsageError

_TAG = re.compile(r'"?([0-9a-f]{64})"?')

match_option = click.option(
    "--if-match", "tag", metavar="ETAG", help="Only where it still has that ETag."
)


class EtagError(UsageError):
    """That is no ETag of a file or a folder."""

    code = "workspace-etag"


def matching(tag: str | None) -> dict[str, str]:
    """Return the header that asks for an ETag; none where none is given.

    Raises:
        EtagError: It is none, as an empty one, which is a variable that was not set.
    """
    if tag is None:
        return {}
    found = _TAG.fullmatch(tag)
    if found is None:
        raise EtagError(f"{tag[:80]!a} is no ETag", hint="files list --json tells those of files")
    return {"If-Match": f'"{found[1]}"'}

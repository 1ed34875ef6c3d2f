"""The version that files are read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.workspace._completing import complete_version

if TYPE_CHECKING:
    from funcyard.workspace.api.client import ApiClient

version_option = click.option(
    "--version",
    metavar="VERSION",
    shell_complete=complete_version,
    help="Of that version; of the current one unless given.",
)


def version_query(api: ApiClient, version: str | None) -> dict[str, str]:
    """Return what asks for a version; nothing for the current one.

    Raises:
        VersionNameError: The text names none.
        FuncyardError: As :meth:`.ApiClient.opened`.
    """
    from funcyard.workspace.api.versions import named  # noqa: PLC0415 - keeps --help fast

    return {} if version is None else {"version": named(api, version)}

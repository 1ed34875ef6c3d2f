"""What the commands share that call a platform: where it is, who calls, and for whom."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.decorators import FC

    from funcyard.workspace.api_client import ApiClient

TOKEN_VARIABLE = "FUNCYARD_TOKEN"  # noqa: S105 - the variable's name

_OPTIONS = (
    click.option(
        "--url",
        default="http://127.0.0.1:7071/api",
        show_default=True,
        help="Of the platform's API; FUNCYARD_TOKEN holds the caller's token where one is needed.",
    ),
    click.option("--organization", default="", metavar="ID", help="For whom; for GLOBAL without."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
)


def calling(command: FC) -> FC:
    """Add the options that say where the platform is."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def client(url: str, organization: str) -> ApiClient:
    """Return what calls the platform."""
    from funcyard.workspace.api_client import ApiClient  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.scopes import GLOBAL, Scope  # noqa: PLC0415 - keeps --help fast

    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    return ApiClient(url, token, Scope(organization) if organization else GLOBAL)


def show(document: dict[str, Any], lines: Callable[[], list[str]], *, as_json: bool) -> None:
    """Print an answer for tools, or for a person."""
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

    with understood():
        text = to_json(document) if as_json else "\n".join(lines())
    click.echo(text)


@contextmanager
def understood() -> Iterator[None]:
    """Tell of an answer that lacks what is read of it.

    Raises:
        ApiUnreachableError: What answers is no platform, or one of another release.
    """
    from funcyard.workspace.api_client import ApiUnreachableError  # noqa: PLC0415 - keeps --help fast

    try:
        yield
    except (KeyError, TypeError) as fault:
        raise ApiUnreachableError(
            f"what answers is no workspace platform of this release: {fault!r} in its answer",
            hint="compare its release with funcyard --version",
        ) from None

"""What the commands share that call a platform: where it is, who calls, and for whom."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from funcyard.workspace.api.client import ApiClient

LOCAL_URL = "http://127.0.0.1:7071/api"
TOKEN_VARIABLE = "FUNCYARD_TOKEN"  # noqa: S105 - the variable's name

_url = click.option(
    "--url",
    envvar="FUNCYARD_URL",
    default=LOCAL_URL,
    show_default=True,
    show_envvar=True,
    help="Of the platform's API; FUNCYARD_TOKEN holds the caller's token where one is needed.",
)


def _named(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """Return the organisation that is named, the empty text where none is.

    Raises:
        InvalidScopeError: The option is there and names none, as that of a variable which was not
            set: GLOBAL is not meant.
    """
    del parameter
    if value is None:
        return ""
    if not value and not context.resilient_parsing:
        from funcyard.workspace.scopes import Scope  # noqa: PLC0415 - keeps --help fast

        Scope(value)
    return value


_organization = click.option(
    "--organization",
    envvar="FUNCYARD_ORGANIZATION",
    callback=_named,
    metavar="ID",
    show_envvar=True,
    help="For whom; for GLOBAL without.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def calling(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where the platform is and for whom it is called.

    What the platform answers is understood, or told.
    """
    return _url(_organization(_json(_understanding(command))))


def administering(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where the platform is, for a call that is about all of it."""
    return _url(_json(_understanding(command)))


def _understanding(command: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(command)
    def called(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - click's own
        with understood():
            return command(*arguments, **options)

    return called


def client(url: str, organization: str = "") -> ApiClient:
    """Return what calls the platform."""
    from funcyard.workspace.api.client import ApiClient  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.scopes import GLOBAL, Scope  # noqa: PLC0415 - keeps --help fast

    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    return ApiClient(url, token, Scope(organization) if organization else GLOBAL)


def show(document: object, lines: Callable[[], list[str]], *, as_json: bool) -> None:
    """Print an answer for tools, or for a person."""
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

    click.echo(to_json(document) if as_json else "\n".join(lines()))


@contextmanager
def understood() -> Iterator[None]:
    """Tell of an answer that lacks what is read of it.

    Raises:
        ApiUnreachableError: What answers is no platform, or one of another release.
    """
    from funcyard.workspace.api.errors import ApiUnreachableError  # noqa: PLC0415 - keeps --help fast

    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as fault:
        raise ApiUnreachableError(
            f"what answers is no workspace platform of this release: {fault!r} in its answer",
            hint="compare its release with funcyard --version",
        ) from None

"""What all commands take that are about one container app, as one value."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import click

from funcyard.cli.orch._completing import complete_app
from funcyard.cli.orch._which import Choice

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = ("app-name", "resource-group", "subscription-id", "cloud")


def app_options(function: Callable[..., int | None]) -> Callable[..., int | None]:
    """Add the options that say which app is meant, as one ``choice``."""

    @click.option(
        "--app-name", metavar="NAME", shell_complete=complete_app, help="The container app."
    )
    @click.option("--resource-group", metavar="NAME", help="Its resource group.")
    @click.option("--subscription-id", metavar="ID", help="Its subscription.")
    @click.option(
        "--cloud", type=click.Choice(["public", "local"]), help="Azure, or the one on this machine."
    )
    @click.option("--profile", metavar="NAME", help="The profile that says what nothing else does.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @functools.wraps(function)
    def packed(*, profile: str | None, as_json: bool, **given: object) -> int | None:
        options = {
            name: str(value)
            for name in _OPTIONS
            if (value := given.pop(name.replace("-", "_"))) is not None
        }
        return function(choice=Choice(options, profile, as_json), **given)

    return packed

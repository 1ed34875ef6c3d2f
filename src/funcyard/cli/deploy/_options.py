"""What all commands that deploy take, as one value."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from funcyard.cli._paths import PROJECT, UsablePath

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Choice:
    """Which project, and where.

    Attributes:
        directory: The project, or any folder in it.
        cloud: ``local`` or ``public``.
        group: Name of the resource group; None for the one of before, else the usual one.
        location: The region; None for that of before, else the usual one.
        subscription: Its id; None for that of before, else the environment's.
        svg: Where the graph is drawn; None draws nothing.
        as_json: Print one JSON document.
    """

    directory: Path
    cloud: str
    group: str | None
    location: str | None
    subscription: str | None
    svg: Path | None
    as_json: bool


def _in_a_folder(
    _context: click.Context, _parameter: click.Parameter, given: Path | None
) -> Path | None:
    if given is not None and not given.absolute().parent.is_dir():
        raise click.BadParameter(f"{given.parent} is no folder.")
    return given


svg_option = click.option(
    "--svg",
    type=UsablePath(dir_okay=False),
    callback=_in_a_folder,
    help="Draw the graph into this file, and a run's timeline into FILE-timeline.svg.",
)


def deploying_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add the options that every command has that deploys, as one ``choice``.

    What ``svg_option`` takes, where a command has it, goes into it, too.
    """

    @click.argument("directory", metavar="[PATH]", type=PROJECT, default=".")
    @click.option(
        "--cloud",
        type=click.Choice(["local", "public"]),
        default="local",
        show_default=True,
        help="The local Azure of the project, or Azure.",
    )
    @click.option("--group", metavar="NAME", help="Resource group; rg-PROJECT unless given before.")
    @click.option("--location", metavar="NAME", help="Region; westeurope unless given before.")
    @click.option(
        "--subscription", metavar="ID", help="Unless given before, or by the environment."
    )
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
    @functools.wraps(function)
    def packed(
        *,
        directory: Path,
        cloud: str,
        group: str | None,
        location: str | None,
        subscription: str | None,
        as_json: bool,
        svg: Path | None = None,
        **given: object,
    ) -> int:
        choice = Choice(directory, cloud, group, location, subscription, svg, as_json)
        return function(choice=choice, **given)

    return packed


adopt_option = click.option(
    "--adopt", metavar="ADDRESS", multiple=True, help="Take this resource over from its owner."
)
yes_option = click.option("--yes", "-y", is_flag=True, help="Ask nothing.")

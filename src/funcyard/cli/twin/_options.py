"""What all commands that deploy a twin take, as one value."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from funcyard.cli._paths import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAYERS = ("setup", "l0", "l1", "l2", "l3", "l4", "l5")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which twin, which part of it, and where.

    Attributes:
        directory: The twin's folder.
        cloud: ``local`` or ``public``.
        layers: The layers that are meant; none for all.
        svg: Where the graph is drawn; None draws nothing.
        as_json: Print one JSON document.
    """

    directory: Path
    cloud: str
    layers: tuple[str, ...]
    svg: Path | None
    as_json: bool


layer_option = click.option(
    "--layer",
    "layers",
    type=click.Choice(LAYERS),
    multiple=True,
    help="Only this layer (repeatable); to plan, deploy and check means what it depends on, too.",
)


def twin_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add the options that every command about a deployed twin has, as one ``choice``.

    What ``layer_option`` and ``svg_option`` take, where a command has them, goes into it, too.
    """

    @click.argument("directory", metavar="[PATH]", type=PROJECT, default=".")
    @click.option(
        "--cloud",
        type=click.Choice(["local", "public"]),
        default="local",
        show_default=True,
        help="The local Azure of the twin's folder, or Azure.",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
    @functools.wraps(function)
    def packed(
        *,
        directory: Path,
        cloud: str,
        as_json: bool,
        layers: tuple[str, ...] = (),
        svg: Path | None = None,
        **given: object,
    ) -> int:
        return function(choice=Choice(directory, cloud, layers, svg, as_json), **given)

    return packed

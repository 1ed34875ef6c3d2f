"""``funcyard update``: bring the generated files up to date and keep every edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli._project import changing_options, directory_argument, now
from funcyard.project.updating import Request

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.cli._project import Changing


@click.command()
@directory_argument
@click.option(
    "--restore",
    multiple=True,
    metavar="PATH",
    help="Write a generated file again that you deleted.",
)
@changing_options
def command(
    directory: Path,
    restore: tuple[str, ...],
    changing: Changing,
) -> int:
    """Bring the generated files up to date and keep every edit.

    Each file is merged from what was generated before, what is on the disk and what would be
    generated now. Where you and the templates changed the same lines, both are left between
    conflict markers and the exit code is 1.
    """
    return changing.run(directory, Request(now=now(), restore=restore))

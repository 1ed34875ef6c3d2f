"""``funcyard update``: bring the generated files up to date and keep every edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli._project import changing_options, directory_argument, now, run_update
from funcyard.project.updating import Request

if TYPE_CHECKING:
    from pathlib import Path


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
    yes: bool,
    dry_run: bool,
    memory: Path | None,
    as_json: bool,
) -> int:
    """Bring the generated files up to date and keep every edit.

    Each file is merged from what was generated before, what is on the disk and what would be
    generated now. Where you and the templates changed the same lines, both are left between
    conflict markers and the exit code is 1.
    """
    request = Request(now=now(), restore=restore, memory=memory, dry_run=dry_run)
    return run_update(directory, request, yes=yes, as_json=as_json)

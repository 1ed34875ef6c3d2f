"""A file of this machine that a command writes: whole or not at all, and never over another."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from funcyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

overwrite_option = click.option(
    "--overwrite", is_flag=True, help="Replace the file on this machine that is there already."
)


class FileThereError(UsageError):
    """There is a file already, or nowhere to put one."""

    code = "workspace-file-there"


def check_target(target: Path, *, overwrite: bool) -> None:
    """Refuse a file that cannot be written as it is asked for; ``-`` is standard output.

    Raises:
        FileThereError: It is there already, is a folder, or its folder is not there.
    """
    if is_output(target):
        return
    if target.is_dir():
        raise FileThereError(f"{target} is a folder", hint="name a file with --output")
    if not target.parent.is_dir():
        raise FileThereError(f"the folder {target.parent} is not there", hint="make it")
    if target.exists() and not target.is_file():
        raise FileThereError(f"{target} is no plain file", hint="- is standard output")
    if target.exists() and not overwrite:
        raise FileThereError(f"{target} is there already", hint="give --overwrite to replace it")


def is_output(target: Path) -> bool:
    """Whether standard output is meant."""
    return target == Path("-")


@contextmanager
def written(target: Path) -> Iterator[IO[bytes]]:
    """Yield what takes a file's content; standard output for ``-``. A link stays one."""
    from funcyard.atomic import replaced  # noqa: PLC0415 - keeps --help fast

    if is_output(target):
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with replaced(target.resolve()) as file:
        yield file

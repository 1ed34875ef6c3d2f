"""Entry point: the root command, its subcommands loaded only when named, errors turned to exits.

``funcyard --help`` must answer in a fraction of a second, so the root knows each command's module
and one-line help and imports nothing else.
"""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import click

from funcyard import __version__
from funcyard.errors import FuncyardError, UsageError, UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from click.shell_completion import CompletionItem

_INTERRUPTED = 130
_HINTS = {
    errno.ENOSPC: "make room on that disk",
    errno.EDQUOT: "make room in your quota",
    errno.EROFS: "that file system is mounted read-only",
    errno.EACCES: "look at who may write there",
    errno.EPERM: "look at who may write there",
}


class InternalError(FuncyardError):
    """A fault of Funcyard's own that no room foresaw."""

    code = "internal"

    def __init__(self, fault: Exception) -> None:
        super().__init__(
            f"{type(fault).__name__}: {fault}",
            hint="this is a fault of Funcyard's; FUNCYARD_TRACEBACK=1 shows where it happened",
        )


class DiskError(UserError):
    """The disk is full, read-only or forbidden, and no room foresaw it."""

    code = "cannot-write"


class SurroundingsError(UsageError):
    """The command was called with, or from, something that does not exist as text or folder."""

    code = "bad-surroundings"


COMMANDS: dict[str, str] = {
    "new": "Generate a project from a blueprint, a spec or your answers.",
    "up": "Run a project on this machine, without Docker and without Azure.",
    "invoke": "Call one function of a running project.",
    "logs": "Show what a running project logs.",
    "down": "Stop a running project.",
    "host": "Serve one function app alone, as a container does.",
    "functions": "List what function apps hold, as the worker finds it.",
    "workspace": "Keep workspace code in step with GitHub, or edit it, and run it at once.",
    "check": "Say why functions would not be found or a revision would not start.",
    "deploy": "Deploy a project to Azure, or to a local one, and keep it there.",
    "twin": "Check, deploy and simulate a digital twin, layer by layer.",
    "orch": "Operate a container app: what it does, what is wrong, what comes next.",
    "status": "Show which generated files were edited, are missing or are out of date.",
    "diff": "Show what an update would change, line by line.",
    "update": "Bring the generated files up to date and keep every edit.",
    "add": "Add an app or storage to a project.",
    "remove": "Remove an app from a project.",
    "validate": "Check a spec and report every fault with its line and column.",
    "key": "Generate or rotate the storage emulator's account key.",
    "images": "List runtimes, their base images and ends of life.",
    "ports": "Suggest free ports for apps.",
    "memory": "Show and extend what is remembered of a project.",
    "emulator": "Serve Azure Files and Key Vault on this machine, for the real SDKs.",
    "azurite": "Install or locate the storage emulator.",
    "completion": "Print the script that completes funcyard in your shell.",
}
"""Command name to its one-line help; ``funcyard.cli.<name>`` holds it as ``command``."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they run, and listed without being imported."""

    def __init__(self, *args: Any, lazy: Mapping[str, str], package: str, **kwargs: Any) -> None:  # noqa: ANN401 - click's own signature
        super().__init__(*args, **kwargs)
        self._lazy = lazy
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command in the order in which the table tells the story."""
        del ctx
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or None where there is none of that name."""
        del ctx
        if cmd_name not in self._lazy:
            return None
        module = import_module(f"{self._package}.{cmd_name.replace('-', '_')}")
        if not gc.isenabled():  # as ``funcyard.__main__`` starts
            gc.freeze()
            gc.enable()
        return cast("click.Command", module.command)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that a shell offers, without importing any command."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only for shells

        commands = [
            CompletionItem(name, help=told)
            for name, told in self._lazy.items()
            if name.startswith(incomplete)
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands and their one-line help without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self._lazy.items()))


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    package="funcyard.cli",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="funcyard")
def root() -> None:
    """Python on Azure Functions, from the first line to the night shift."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 bad usage, 130 interrupted."""
    _print_anything()
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        check_surroundings(arguments)
        code = root.main(arguments, prog_name="funcyard", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(_INTERRUPTED)
    except click.ClickException as fault:
        fault.show()
        if wants_json(arguments):
            _print_json_error("bad-usage", fault.format_message(), None)
        sys.exit(fault.exit_code)
    except FuncyardError as fault:
        show_error(fault, as_json=wants_json(arguments))
        sys.exit(fault.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as fault:  # the last resort; a developer can ask for the traceback
        if os.environ.get("FUNCYARD_TRACEBACK"):
            raise
        show_error(_foreseen(fault) or InternalError(fault), as_json=wants_json(arguments))
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _foreseen(fault: Exception) -> DiskError | None:
    """Return what to say of a disk that takes nothing, None of any other fault."""
    if not isinstance(fault, OSError) or fault.errno not in _HINTS:
        return None
    return DiskError(str(fault), hint=_HINTS[fault.errno])


def wants_json(arguments: Sequence[str]) -> bool:
    """Tell whether the command was asked for JSON, so that its error has to be JSON, too."""
    return (
        "--json" in arguments
        or "--format=json" in arguments
        or ("--format", "json") in pairwise(arguments)
    )


def check_surroundings(arguments: Sequence[str]) -> None:
    """Refuse what no command can work with: arguments that are no text, a folder that is gone.

    Raises:
        SurroundingsError: One of both.
    """
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise SurroundingsError(
                f"the argument {repr(os.fsencode(argument))[1:]} holds bytes that are no text",
                hint="rename the file or folder that it names",
            ) from None
    try:
        os.getcwd()  # noqa: PTH109 - the question alone
    except FileNotFoundError:
        raise SurroundingsError(
            "the current folder does not exist any more", hint="change to one that does"
        ) from None


def _print_anything() -> None:
    """Let a character that the output's encoding has not be escaped: an app may log any."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def show_error(fault: FuncyardError, *, as_json: bool) -> None:
    """Print code, message and hint on standard error, and with ``--json`` a document on output."""
    click.secho(f"error[{fault.as_dict()['code']}]: ", fg="red", bold=True, err=True, nl=False)
    click.echo(fault.message, err=True)
    if fault.hint:
        click.secho("hint: ", fg="cyan", bold=True, err=True, nl=False)
        click.echo(fault.hint, err=True)
    if as_json:
        from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

        click.echo(to_json({"error": fault.as_dict()}, indent=None))


def _print_json_error(code: str, message: str, hint: str | None) -> None:
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

    click.echo(to_json({"error": {"code": code, "message": message, "hint": hint}}, indent=None))

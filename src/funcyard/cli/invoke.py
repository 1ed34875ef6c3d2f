"""``funcyard invoke``: call one function of a running project by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from funcyard.cli._completing import complete_function, complete_running_app
from funcyard.cli._examples import examples
from funcyard.cli._paths import PROJECT


@click.command(
    "invoke",
    epilog=examples(
        ("""invoke api hello -d '{"name": "you"}'""", "HTTP: the body of a POST"),
        ("invoke jobs work -d @message.json", "queue: a message of a file"),
        ("invoke jobs resize -d photos/a.png", "blob: the blob of that name"),
        ("invoke jobs nightly", "timer"),
    ),
)
@click.argument("app", shell_complete=complete_running_app)
@click.argument("function", shell_complete=complete_function)
@click.option(
    "-d",
    "--data",
    metavar="TEXT",
    default="",
    help="What it is given; @FILE reads a file, @- standard input. Empty unless given.",
)
@click.option(
    "--dir",
    "directory",
    type=PROJECT,
    default=".",
    help="The project, or any folder in it; the current folder unless given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(app: str, function: str, data: str, directory: Path, as_json: bool) -> int:
    """Call FUNCTION of APP in a running project, whatever its trigger, and wait for its outcome.

    What it returns is printed. A queue function gets the data as its message, a blob function the
    blob that the data names (container/path), an HTTP function the data as a POST body; a timer
    function needs none.

    Exit status: 0 it succeeded, 1 it failed or the project is not up, 2 there is no such project,
    app or function.
    """
    from funcyard.cli._asking import asked  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.root import find_root, state_folder  # noqa: PLC0415 - keeps --help fast

    state = state_folder(find_root(directory))
    (answer,) = asked(state, op="invoke", app=app, function=function, input=_read(data))
    if as_json:
        click.echo(to_json(answer))
    elif answer["ok"]:
        status = f", status {answer['status']}" if answer["status"] else ""
        click.echo(f"succeeded in {answer['seconds'] * 1000:.0f} ms{status}", err=True)
        if answer["returned"]:
            click.echo(answer["returned"])
    else:
        fault = answer["failure"]
        click.echo(f"failed: {fault['kind']}: {fault['message']}", err=True)
        if fault["traceback"]:
            click.echo(fault["traceback"].rstrip(), err=True)
    return 0 if answer["ok"] else 1


def _read(data: str) -> str:
    if data == "@-":
        return sys.stdin.read()
    if data.startswith("@"):
        path = Path(data[1:])
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            raise click.BadParameter(f"{path}: {fault}") from fault
    return data

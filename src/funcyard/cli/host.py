"""``funcyard host``: serve one function app, as a container does."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from funcyard.cli._paths import FILE, UsablePath
from funcyard.cli._serving import serve
from funcyard.errors import UsageError

if TYPE_CHECKING:
    from funcyard.cli._up_view import View
    from funcyard.host.alone import AlonePlan


class NoInterpreterError(UsageError):
    """There is no Python to run the app on."""

    code = "no-python"


@click.command("host")
@click.argument(
    "directory",
    type=UsablePath(exists=True, file_okay=False, resolve_path=True),
    envvar="AzureWebJobsScriptRoot",
    default=".",
)
@click.option(
    "--address",
    default="127.0.0.1",
    show_default=True,
    help="Listen here: an IP address, or localhost.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=7071, show_default=True, help="0 for any."
)
@click.option(
    "--python",
    "interpreter",
    type=FILE,
    help="The Python that has the app's packages; the app's .venv, else `python` on PATH.",
)
@click.option(
    "--keys",
    type=UsablePath(dir_okay=False, resolve_path=True),
    help="File of the access keys, made when it is missing; .funcyard/run/keys/NAME.json of the"
    " app's folder unless given.",
)
@click.option("--enable-auth", is_flag=True, help="Enforce access keys on loopback too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, ready first.")
def command(
    directory: Path,
    address: str,
    port: int,
    interpreter: Path | None,
    keys: Path | None,
    enable_auth: bool,
    as_json: bool,
) -> int:
    """Serve one function app, such as in a container: no emulator, no installation, no reload.

    The app's settings are the environment, as on the real host: AzureWebJobsStorage is a full
    connection string, AzureWebJobsScriptRoot the folder where none is named, WEBSITE_SITE_NAME the
    app's name, and languageWorkers__python__arguments may start debugpy. On anything but loopback
    access keys are enforced.

    Exit status: 0 ended by SIGTERM, 2 it cannot be served as asked, 130 interrupted.
    """
    import uvloop  # noqa: PLC0415 - keeps --help fast

    from funcyard.host.address import is_loopback, parse_address  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.alone import AlonePlan  # noqa: PLC0415 - keeps --help fast

    address = parse_address(address)
    settings = dict(os.environ)
    name = settings.get("WEBSITE_SITE_NAME") or directory.name
    enforced = enable_auth or not is_loopback(address)
    plan = AlonePlan(
        name=name,
        directory=directory,
        interpreter=interpreter.absolute() if interpreter else _interpreter_of(directory),
        settings=settings,
        address=address,
        port=port,
        keys=(keys or directory / ".funcyard" / "run" / "keys" / f"{name}.json")
        if enforced
        else None,
    )
    return uvloop.run(_run(plan, as_json=as_json))


def _interpreter_of(directory: Path) -> Path:
    own = directory / ".venv" / "bin" / "python"
    if own.exists():
        return own
    for name in ("python", "python3"):
        if found := shutil.which(name):
            return Path(found).absolute()
    raise NoInterpreterError("there is no python on PATH", hint="name one with --python")


async def _run(plan: AlonePlan, *, as_json: bool) -> int:
    from funcyard.cli._up_view import JsonView, PlainView  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.alone import LoneApp  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.events import Events  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.interpreters import check_interpreter  # noqa: PLC0415 - keeps --help fast

    await check_interpreter(plan.interpreter)
    events = Events()
    app = LoneApp(plan, events)
    view: View = JsonView() if as_json else PlainView()
    return await serve(app, app.start(), events, view)

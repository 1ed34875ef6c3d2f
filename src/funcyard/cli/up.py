"""``funcyard up``: run a project on this machine until it is told to end."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import sys
import time
from typing import TYPE_CHECKING

import click

from funcyard.cli._completing import complete_app
from funcyard.cli._examples import examples
from funcyard.cli._paths import FILE, PROJECT
from funcyard.cli._serving import INTERRUPTED, serve
from funcyard.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.cli._compared import Declarations
    from funcyard.cli._up_view import View
    from funcyard.host.plan import ProjectPlan
    from funcyard.host.supervisor import Supervisor


class DemoError(UserError):
    """The demo cannot be run, or did not succeed."""

    code = "demo-failed"


@click.command(
    "up",
    epilog=examples(
        ("up", "run the current folder's project"),
        ("up shop --app api --app jobs", "run two apps of the project in shop"),
        ("up shop --demo", "run its demo, then end"),
        ("up shop --port-offset 100", "run beside another project"),
        ("up shop --json", "print JSON lines, for tools"),
    ),
)
@click.argument("directory", type=PROJECT, default=".")
@click.option(
    "--app",
    "apps",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_app,
    help="Run only this app; may be repeated. All apps unless given.",
)
@click.option("--demo", is_flag=True, help="Run the blueprint's demo, then end with its exit code.")
@click.option(
    "--port-offset",
    type=click.IntRange(0, 50_000),
    metavar="N",
    default=0,
    help="Add this to every port, to run two projects side by side.",
)
@click.option(
    "--address",
    default="127.0.0.1",
    metavar="ADDRESS",
    show_default=True,
    help="Listen here, an IP address or localhost; on anything but loopback access keys are always"
    " enforced.",
)
@click.option("--enable-auth", is_flag=True, help="Ask for access keys on loopback, too.")
@click.option(
    "--python",
    "interpreter",
    type=FILE,
    help="Run every app on this Python, with the packages that it has, instead of in an environment"
    " of its own.",
)
@click.option(
    "--no-install",
    is_flag=True,
    help="Install no packages: take each app's .venv as it is, or a bare Python where it has none.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a line, the first of them ready."
)
def command(
    directory: Path,
    apps: tuple[str, ...],
    demo: bool,
    port_offset: int,
    address: str,
    enable_auth: bool,
    interpreter: Path | None,
    no_install: bool,
    as_json: bool,
) -> int:
    """Run a project: Azurite, every function app, live reload. No Docker, no Azure.

    DIRECTORY is the project, or any folder in it; the current folder unless given.

    The first run installs each app's packages into functions/APP/.venv. Ports come from
    funcyard.yaml; .env.local may change them (ORCHESTRATOR_HOST_PORT=8071), and a free one is taken
    when a port is busy. Ctrl-C drains what runs and ends every process. Without a terminal the
    output is plain lines.

    Exit status: 0 ended by `funcyard down` or the demo passed, 1 it cannot start or the demo
    failed, 2 bad usage, 130 interrupted.
    """
    import uvloop  # noqa: PLC0415 - keeps --help fast

    from funcyard.cli._importing import importing_environment  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli._project import now, print_notice  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.address import parse_address  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.declaring import wanted  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.env_file import ensure_env_local  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.opening import open_project  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.port_overrides import port_overrides_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.running import RunOptions, plan_run  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.setting_overrides import setting_overrides_of  # noqa: PLC0415 - keeps --help fast

    address = parse_address(address)
    moment = now()
    project = open_project(directory, today=moment.date())
    if ensure_env_local(project.root, project.spec, now=moment):
        click.echo("made .env.local with a new key for the storage emulator", err=True)
    script = _demo_script(project.spec.blueprint) if demo else None
    options = RunOptions(
        process=importing_environment(),
        only=apps,
        port_offset=port_offset,
        address=address,
        enforce_keys=enable_auth,
        interpreter=interpreter.absolute() if interpreter else None,
        install=not no_install,
    )
    plan = plan_run(project.root, project.spec, options)
    for overrides in (port_overrides_of, setting_overrides_of):
        for notice in overrides(project.root, project.spec):
            print_notice(notice)
    declared = {app.name: wanted(app) for app in project.spec.function_apps}
    view = _view(as_json=as_json, demo=demo)
    return uvloop.run(_run(plan, declared, view, script, as_json=as_json))


def _demo_script(blueprint: str | None) -> Path:
    from funcyard.project.catalog import blueprint as find_blueprint  # noqa: PLC0415 - only for the demo

    script = find_blueprint(blueprint).demo if blueprint else None
    if script is None:
        raise DemoError(
            "this project has no demo",
            hint="projects made from a blueprint with a demo.py have one",
        )
    return script


def _view(*, as_json: bool, demo: bool) -> View:
    from funcyard.cli import _up_view  # noqa: PLC0415 - keeps --help fast

    if as_json:
        return _up_view.JsonView()
    if not demo and sys.stdout.isatty():
        return _up_view.LiveView()
    return _up_view.PlainView(quiet=demo)


async def _run(
    plan: ProjectPlan,
    declared: Declarations,
    view: View,
    script: Path | None,
    *,
    as_json: bool,
) -> int:
    import psutil  # noqa: PLC0415 - keeps --help fast

    from funcyard.cli._compared import departures  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.azurite import places  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.events import Events  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.interpreters import check_interpreter  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.supervisor import Supervisor, find_azurite  # noqa: PLC0415 - keeps --help fast

    if plan.interpreter is not None:
        for version in {app.python for app in plan.apps}:
            await check_interpreter(plan.interpreter, version)
    events = Events()
    azurite = await find_azurite(places(plan.root))
    age = time.time() - psutil.Process().create_time()
    supervisor = Supervisor(
        plan, azurite, events, age=age, departures=functools.partial(departures, declared)
    )
    work = None
    if script is not None:
        work = functools.partial(_demo, supervisor, plan, script, as_json=as_json)
    start = _start(supervisor, demo=work is not None)
    return await serve(supervisor, start, events, view, work=work)


async def _start(supervisor: Supervisor, *, demo: bool) -> None:
    await supervisor.start()
    await supervisor.settled(however_long=demo)


async def _demo(
    supervisor: Supervisor,
    plan: ProjectPlan,
    script: Path,
    stopping: asyncio.Task[None],
    *,
    as_json: bool,
) -> int:
    status = supervisor.status()
    if failed := [app for app in status["apps"] if app["state"] != "ready"]:
        reasons = "; ".join(f"{app['name']}: {app['reason']}" for app in failed)
        raise DemoError(f"the demo needs every app: {reasons}")
    apps = [{"name": app["name"], "url": app["url"]} for app in status["apps"]]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        script,
        *(["--json"] if as_json else []),
        cwd=plan.root,
        env={
            **os.environ,
            "FUNCYARD_PROJECT": str(plan.root),
            "FUNCYARD_APPS": json.dumps(apps),
            "AzureWebJobsStorage": supervisor.connection_string,
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE if as_json else None,
        start_new_session=True,
    )
    running = asyncio.create_task(process.communicate())
    await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
    if not running.done():
        process.terminate()
        await running
        return INTERRUPTED
    output, _ = running.result()
    if as_json:
        document = {"event": "demo", "exit": process.returncode, "result": _parsed(output)}
        click.echo(json.dumps(document))
    return process.returncode or 0


def _parsed(output: bytes | None) -> object:
    try:
        return json.loads(output or b"null")
    except ValueError:
        return (output or b"").decode("utf-8", "replace")

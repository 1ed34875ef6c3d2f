"""``funcyard workspace up``: the platform on this machine until it is told to end."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from funcyard.cli._paths import NEW_FOLDER
from funcyard.cli._serving import serve
from funcyard.cli._up_view import JsonView, PlainView

if TYPE_CHECKING:
    from funcyard.cli._up_view import Running, View
    from funcyard.workspace.local_platform import LocalPlan

_PASSED_ON = (
    *("FUNCYARD_", "AZURE_", "SSL_CERT_FILE", "PATH", "HOME", "LANG", "TMPDIR", "TZ"),
    *("ENABLE_DEBUGGING", "DEBUG_WAIT", "AzureWebJobs.", "GIT_SSL_CAINFO"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)


class _PlainView(PlainView):
    """As of other commands; first of all it says where the API is."""

    def ready(self, running: Running) -> None:
        """Print where the API is and what runs."""
        click.echo(_headline(running.status()["workspace"]))


@click.command("up")
@click.option(
    "--folder",
    type=NEW_FOLDER,
    default="workspace",
    show_default=True,
    help="The workspace's files, made when missing: global/ and orgs/ORGANISATION/.",
)
@click.option(
    "--state",
    type=NEW_FOLDER,
    default=".funcyard/workspace",
    show_default=True,
    help="Storage, secrets and caches, kept for the next start.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=7071, show_default=True, help="0 for any."
)
@click.option(
    "--public-url", metavar="URL", help="Where GitHub reaches this machine, for webhooks."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, ready first.")
def command(folder: Path, state: Path, port: int, public_url: str | None, *, as_json: bool) -> int:
    """Run the platform: Azurite, the Function App, and a folder that stands for the share.

    Files that lie in FOLDER are the first version; what is saved there later runs at once. The API
    is for callers on this machine alone, who are administrators; FUNCYARD_AUTH=entra and what goes
    with it in the environment tells callers by their tokens.

    ENABLE_DEBUGGING=true lets a debugger attach at port 5678, or FUNCYARD_DEBUG_PORT: to the
    platform and to the workflows that it runs.

    Exit status: 0 ended by SIGTERM, 1 it cannot start, 2 bad usage, 130 interrupted.
    """
    import uvloop  # noqa: PLC0415 - keeps --help fast

    from funcyard.project.account_key import generate_key  # noqa: PLC0415 - keeps --help fast
    from funcyard.project.ports import FIRST_DEBUG_PORT  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace import http_address  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.local_platform import LocalPlan, app_folder  # noqa: PLC0415 - keeps --help fast

    settings = {name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)}
    settings.setdefault("FUNCYARD_DEBUG_PORT", str(FIRST_DEBUG_PORT))
    reached = public_url or settings.get("FUNCYARD_PUBLIC_URL", "")
    settings["FUNCYARD_PUBLIC_URL"] = http_address.public_url(reached)
    plan = LocalPlan(
        app=app_folder(),
        interpreter=Path(sys.executable),
        workspace=folder.absolute(),
        state=state.absolute(),
        address="127.0.0.1",
        port=port,
        key=generate_key(),
        settings=settings,
    )
    return uvloop.run(_run(plan, as_json=as_json))


async def _run(plan: LocalPlan, *, as_json: bool) -> int:
    from funcyard.cli.azurite import places  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.events import Events  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.supervisor import find_azurite  # noqa: PLC0415 - keeps --help fast
    from funcyard.workflows.engines import forget_all  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.local_platform import LocalPlatform  # noqa: PLC0415 - keeps --help fast

    events = Events()
    platform = LocalPlatform(plan, await find_azurite(places()), events, forget_all)
    view: View = JsonView() if as_json else _PlainView()
    return await serve(platform, platform.start(), events, view)


def _headline(workspace: dict[str, Any]) -> str:
    store = Path(workspace["store"])
    with suppress(ValueError):
        store = store.relative_to(Path.cwd())
    count = workspace["files"]
    files = "1 file" if count == 1 else f"{count} files"
    shown = store if store.is_absolute() else f"./{store}"
    return (
        f"workspace  {workspace['url']}   store {shown}   version {workspace['version']} ({files})"
    )

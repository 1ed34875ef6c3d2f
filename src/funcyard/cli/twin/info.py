"""``funcyard twin info``: what a deployed twin consists of, and where its parts answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funcyard.cli.twin._options import LAYERS, layer_option, twin_options

if TYPE_CHECKING:
    from funcyard.cli.twin._options import Choice
    from funcyard.deploy.records import Record


@click.command("info")
@twin_options
@layer_option
def command(choice: Choice) -> int:
    """Tell what was deployed of a twin, layer by layer, and where it answers; asks nobody.

    PATH is the twin's folder; the current folder if omitted. Every layer is told in one shape, also
    one that is not deployed.

    Exit status: 0, 1 what is recorded cannot be read, 2 bad usage.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice))


async def _run(choice: Choice) -> int:
    from funcyard.cli.deploy._azure import state_folder  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.twin._session import ROOM  # noqa: PLC0415 - keeps --help fast
    from funcyard.deploy.folder import FolderStore  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import table, to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.config.reading import read_twin  # noqa: PLC0415 - keeps --help fast

    root = choice.directory.resolve()
    twin = read_twin(root).twin
    name = twin.config.digital_twin_name
    state = (await FolderStore(state_folder(root, ROOM, choice.cloud), name).read()).state
    layers = [_layer(layer, list(state.records.values())) for layer in choice.layers or LAYERS]
    if choice.as_json:
        click.echo(to_json({"twin": name, "cloud": choice.cloud, "layers": layers}))
        return 0
    rows = [
        (one["layer"], part["address"], part["kind"], part["state"], where)
        for one in layers
        for part in one["resources"]
        for where in [_where(part["outputs"])]
    ]
    if rows:
        click.echo(table(["LAYER", "RESOURCE", "TYPE", "STATE", "WHERE"], rows))
    elif state.records:
        click.echo(f"nothing of {name} is deployed in {', '.join(choice.layers)}")
    else:
        click.echo(f"nothing of {name} is deployed: funcyard twin deploy")
    return 0


def _layer(layer: str, records: list[Record]) -> dict[str, Any]:
    from funcyard.twin.providers.azure.places import layer_of  # noqa: PLC0415 - keeps --help fast

    own = sorted(
        (one for one in records if layer_of(one.address) == layer), key=lambda one: one.address
    )
    return {
        "layer": layer,
        "is_deployed": bool(own) and all(one.made for one in own),
        "resources": [
            {
                "address": one.address,
                "kind": one.kind,
                "identity": one.identity,
                "state": "made" if one.made else "pending",
                "outputs": dict(one.outputs),
            }
            for one in own
        ],
    }


def _where(outputs: dict[str, Any]) -> str:
    named = (outputs.get(name) for name in ("url", "endpoint", "hostname", "blob_endpoint"))
    return next((str(one) for one in named if one), "")

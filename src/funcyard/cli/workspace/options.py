"""``funcyard workspace options``: the values that a data provider offers for a parameter."""

from __future__ import annotations

import click

from funcyard.cli.workspace._calling import calling, client, show


@click.command("options")
@click.argument("provider")
@click.option(
    "-p", "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="One parameter."
)
@calling
def command(
    provider: str, parameters: tuple[str, ...], url: str, organization: str, *, as_json: bool
) -> None:
    """Print the values that the data provider PROVIDER offers, as JSON, one a line.

    Exit status: 0 printed, 2 bad usage, 3 the platform refuses: the provider failed, say; 4 it does
    not answer.
    """
    from funcyard.cli.workspace._parameters import given  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api.paths import segment  # noqa: PLC0415 - keeps --help fast

    place = f"/data-providers/{segment(provider)}"
    found = client(url, organization).call("GET", place, query=given(parameters, None))
    lines = [to_json(one, indent=None) for one in found["options"]]
    show(found, lambda: lines or ["no values"], as_json=as_json)

"""``funcyard workspace workflows``: what can be run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace._completing import complete_workflow

if TYPE_CHECKING:
    from funcyard.workspace.api.client import ApiClient


@click.command("workflows")
@click.argument("name", metavar="[NAME]", default="", shell_complete=complete_workflow)
@calling
def command(name: str, url: str, organization: str, *, as_json: bool) -> None:
    """List the workflows that can be run, and the faults of files; or tell what NAME takes.

    Exit status: 0 shown, 2 bad usage, 3 the platform refuses, 4 it does not answer.
    """
    api = client(url, organization)
    if name:
        _show_one(api, name, as_json=as_json)
        return
    found = api.call("GET", "/workflows")
    show(found, lambda: _lines(found), as_json=as_json)


def _lines(found: dict[str, Any]) -> list[str]:
    from funcyard.cli.workspace._showing import rows  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import visible  # noqa: PLC0415 - keeps --help fast

    listed = [
        [one["name"], one["scope"], one["executionMode"], one["schedule"], one["description"]]
        for one in found["workflows"]
    ]
    faults = [
        visible(f"! {one['scope']} {one['file']}:{one['line']}: {one['message']}")
        for one in found["faults"]
    ]
    headers = ["workflow", "scope", "mode", "schedule", ""]
    return [*(rows(headers, listed) if listed else ["no workflows"]), *faults]


def _show_one(api: ApiClient, name: str, *, as_json: bool) -> None:
    from funcyard.cli.workspace._showing import named, rows  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api.paths import segment  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api.versions import number_of  # noqa: PLC0415 - keeps --help fast

    one = api.call("GET", f"/workflows/{segment(name)}")

    def lines() -> list[str]:
        place = f"{one['file']}:{one['line']}  {one['scope']} version {number_of(one['version'])}"
        told = [
            ("workflow", one["name"]),
            ("", one["description"]),
            ("mode", f"{one['executionMode']}, {one['timeoutSeconds']:g} seconds at most"),
            ("schedule", one["schedule"]),
            ("file", place),
        ]
        return [*named(told), *_parameters(one["parameters"])]

    def _parameters(declared: list[dict[str, Any]]) -> list[str]:
        cells = [
            [each["name"], each["type"], _need(each), _values(each), each["help"]]
            for each in declared
        ]
        return rows(["parameter", "type", "", "", ""], cells) if cells else []

    show(one, lines, as_json=as_json)


def _need(parameter: dict[str, Any]) -> str:
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

    if parameter["required"]:
        return "required"
    default = parameter["default"]
    return "" if default is None else f"default {to_json(default, indent=None)}"


def _values(parameter: dict[str, Any]) -> str:
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

    if parameter["choices"] is not None:
        return f"one of {', '.join(to_json(one, indent=None) for one in parameter['choices'])}"
    provider = parameter["dataProvider"]
    return f"options {provider}" if provider else ""

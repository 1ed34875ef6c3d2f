"""``funcyard workspace organizations``: who there is, and who belongs to whom."""

from __future__ import annotations

from typing import Any

import click

from funcyard.cli.workspace._calling import administering, client, show
from funcyard.cli.workspace._completing import complete_organisation
from funcyard.cli.workspace._confirming import confirmed, yes_option

_named = click.argument("identity", metavar="ID", shell_complete=complete_organisation)
_who = click.argument("who", metavar="WHO")


@click.group()
def command() -> None:
    """Make, change and remove organisations, and say who belongs to them; for admins."""


@command.command("list")
@administering
def list_command(url: str, *, as_json: bool) -> None:
    """List all organisations. Times are in UTC."""
    found = client(url).call("GET", "/organizations")
    show(found, lambda: _table(found["organizations"]), as_json=as_json)


@command.command("show")
@_named
@administering
def show_command(identity: str, url: str, *, as_json: bool) -> None:
    """Show the organisation ID and who belongs to it."""
    one = client(url).call("GET", _place(identity))
    show(one, lambda: [*_table([one]), *map(_member, one["members"])], as_json=as_json)


@command.command("add")
@click.argument("identity", metavar="ID")
@click.option("--name", default="", metavar="TEXT", help="What it is called; its id unless given.")
@administering
def add_command(identity: str, name: str, url: str, *, as_json: bool) -> None:
    """Make the organisation ID: lower-case letters, digits and hyphens, for good."""
    body = {"id": identity, "name": name or identity}
    one = client(url).call("POST", "/organizations", body)
    show(one, lambda: [f"made {one['id']}"], as_json=as_json)


@command.command("rename")
@_named
@click.argument("name", metavar="NAME")
@administering
def rename_command(identity: str, name: str, url: str, *, as_json: bool) -> None:
    """Call the organisation ID something else; its id stays."""
    one = client(url).call("PATCH", _place(identity), {"name": name})
    show(one, lambda: _table([one]), as_json=as_json)


@command.command("activate")
@_named
@administering
def activate_command(identity: str, url: str, *, as_json: bool) -> None:
    """Serve the organisation ID again."""
    one = client(url).call("PATCH", _place(identity), {"isActive": True})
    show(one, lambda: [f"active {one['id']}"], as_json=as_json)


@command.command("deactivate")
@_named
@administering
def deactivate_command(identity: str, url: str, *, as_json: bool) -> None:
    """Have the organisation ID rest: nobody is served for it, and nothing of it is lost."""
    one = client(url).call("PATCH", _place(identity), {"isActive": False})
    show(one, lambda: [f"inactive {one['id']}"], as_json=as_json)


@command.command("remove")
@_named
@yes_option
@administering
def remove_command(identity: str, url: str, *, yes: bool, as_json: bool) -> int:
    """Remove the organisation ID for good: its id is never given again, its keys go.

    It has to be inactive, disconnected and without members.
    """
    api = client(url)
    place = _place(identity)
    if not confirmed(f"Remove {identity!a} for good?", yes=yes, as_json=as_json):
        return 1
    api.call("DELETE", place)
    show({"removed": identity}, lambda: [f"removed {identity}"], as_json=as_json)
    return 0


@command.command("add-member")
@_named
@_who
@administering
def add_member_command(identity: str, who: str, url: str, *, as_json: bool) -> None:
    """Let WHO belong to the organisation ID, and to no other any more.

    WHO is TENANT:OBJECT, a token's tid and oid; PROVIDER:USER behind Static Web Apps.
    """
    client(url).call("PUT", _place(identity, who))
    show({"added": who}, lambda: [f"{who} belongs to {identity}"], as_json=as_json)


@command.command("remove-member")
@_named
@_who
@administering
def remove_member_command(identity: str, who: str, url: str, *, as_json: bool) -> None:
    """Let WHO belong to the organisation ID no longer."""
    client(url).call("DELETE", _place(identity, who))
    show({"removed": who}, lambda: [f"{who} belongs to {identity} no longer"], as_json=as_json)


def _place(identity: str, member: str | None = None) -> str:
    from funcyard.workspace.api.paths import segment  # noqa: PLC0415 - keeps --help fast

    place = f"/organizations/{segment(identity)}"
    return place if member is None else f"{place}/members/{segment(member)}"


def _table(found: list[dict[str, Any]]) -> list[str]:
    from funcyard.cli.workspace._showing import moment, rows  # noqa: PLC0415 - keeps --help fast

    if not found:
        return ["no organisations"]
    cells = [
        [
            one["id"],
            one["name"],
            "active" if one["isActive"] else "inactive",
            moment(one["createdAt"]),
            one["createdBy"],
        ]
        for one in found
    ]
    return rows(["organisation", "name", "", "made", "by"], cells)


def _member(who: str) -> str:
    from funcyard.output import visible  # noqa: PLC0415 - keeps --help fast

    return f"member  {visible(who)}"

"""What a check found, shown for people or for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funcyard.cli.deploy._view import told
from funcyard.deploy.check import Absent, Drifted, Present, Undecided
from funcyard.output import table, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.check import Check


def show(found: Mapping[str, Check], *, as_json: bool) -> int:
    """Show what was found of each resource, and return the exit status: 0 where all are present."""
    resources = [_told(address, one) for address, one in found.items()]
    if as_json:
        click.echo(to_json({"resources": resources}))
    else:
        rows = [
            (one["state"], one["address"], why)
            for one in resources
            for why in one["differences"] or [one["reason"]]
        ]
        click.echo(table(["STATE", "RESOURCE", "WHY"], rows))
    return 0 if all(isinstance(one, Present) for one in found.values()) else 1


def _told(address: str, found: Check) -> dict[str, Any]:
    state, differences, reason = "present", [], ""
    match found:
        case Absent():
            state = "absent"
        case Drifted():
            state, differences = "drifted", [told(one) for one in found.differences]
        case Undecided():
            state, reason = "unknown", found.reason
    return {"address": address, "state": state, "differences": differences, "reason": reason}

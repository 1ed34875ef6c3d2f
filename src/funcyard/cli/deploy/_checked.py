"""What a check found, shown for people or for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funcyard.cli.deploy._view import NOTHING, in_a_line, told
from funcyard.deploy.check import Absent, Drifted, Present, Undecided
from funcyard.output import table, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.deploy.check import Check
    from funcyard.deploy.diff import Difference


def show(found: Mapping[str, Check], *, as_json: bool, nothing: str = NOTHING) -> int:
    """Show what was found of each resource, and return the exit status: 0 where all are present.

    Args:
        found: Of each address.
        as_json: Print one JSON document.
        nothing: What is said where there was nothing to check.
    """
    spell = told if as_json else in_a_line
    resources = [_told(address, one, spell) for address, one in found.items()]
    if as_json:
        click.echo(to_json({"resources": resources}))
    elif not resources:
        click.echo(nothing)
    else:
        rows = [
            (one["state"], one["address"], why)
            for one in resources
            for why in one["differences"] or [one["reason"]]
        ]
        click.echo(table(["STATE", "RESOURCE", "WHY"], rows))
    return 0 if all(isinstance(one, Present) for one in found.values()) else 1


def _told(address: str, found: Check, spell: Callable[[Difference], str]) -> dict[str, Any]:
    state, differences, reason = "present", [], ""
    match found:
        case Absent():
            state = "absent"
        case Drifted():
            state, differences = "drifted", [spell(one) for one in found.differences]
        case Undecided():
            state, reason = "unknown", found.reason
    return {"address": address, "state": state, "differences": differences, "reason": reason}

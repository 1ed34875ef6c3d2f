"""Names that a shell offers while a call of a platform is typed, as the platform has them.

A shell waits for the answer, and has no place for an error: where the platform does not answer
soon, or refuses, nothing is offered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Callable

    import click

_SECONDS = 2.0


def complete_workflow(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the workflows that can be run."""
    del parameter
    found = _asked(context, "/workflows", lambda told: [one["name"] for one in told["workflows"]])
    return _offered(found, incomplete)


def complete_execution(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the ids of the latest executions, the newest first."""
    del parameter
    found = _asked(
        context, "/executions", lambda told: [one["executionId"] for one in told["executions"]]
    )
    return _offered(found, incomplete)


def complete_version(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the numbers of the versions that are kept, the newest first."""
    del parameter
    found = _asked(
        context,
        "/workspace/versions",
        lambda told: [str(one["number"]) for one in told["versions"]],
    )
    return _offered(found, incomplete)


def complete_organisation(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the ids of all organisations."""
    del parameter
    found = _asked(
        context, "/organizations", lambda told: [one["id"] for one in told["organizations"]]
    )
    return _offered(found, incomplete)


def _offered(names: list[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _asked(context: click.Context, path: str, names: Callable[[Any], list[str]]) -> list[str]:
    from funcyard.cli.workspace._calling import LOCAL_URL, client, understood  # noqa: PLC0415 - for shells only

    try:
        given = context.params
        api = client(str(given.get("url") or LOCAL_URL), str(given.get("organization") or ""))
        with understood():
            return names(replace(api, seconds=_SECONDS).call("GET", path))
    except FuncyardError:
        return []

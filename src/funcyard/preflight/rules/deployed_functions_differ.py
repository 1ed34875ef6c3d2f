"""The functions of a deployed app, against those of the sources here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deployed.log import CONSOLE_LOG
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    deployed, online = facts.deployed, facts.request.online
    if deployed is None or online is None or not deployed.state:
        return
    if deployed.names is None:
        listing = deployed.functions
        yield RULE.found(
            "",
            0,
            f"the host at {deployed.url} does not list its functions, so they cannot be compared",
            evidence=listing.quoted if listing else "",
            severity=Severity.WARNING,
        )
        return
    for app in facts.apps:
        if app.name != online.app or app.survey.index.failure is not None:
            continue
        here = {function.name.casefold(): function.name for function in app.survey.index.functions}
        there = {name.casefold(): name for name in deployed.names}
        missing = [name for key, name in here.items() if key not in there]
        unexpected = [name for key, name in there.items() if key not in here]
        if missing or unexpected:
            said = [f"missing there: {_list(missing)}"] if missing else []
            said += [f"only there: {_list(unexpected)}"] if unexpected else []
            yield RULE.found(
                "",
                0,
                f"{app.name}: {len(there)} functions run at {deployed.url}, {len(here)} are here",
                evidence="\n".join(said),
                next=(CONSOLE_LOG if missing else "deploy what is here"),
            )


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


RULE = Rule(
    id="deployed-functions-differ",
    group=Group.DEPLOYED,
    severity=Severity.ERROR,
    what="The deployed app does not serve the functions that the sources here hold (--online).",
    why=(
        "Another image or package runs there than was meant, or the worker there could not index"
        " the app: a deployment may succeed all the same. An app that does not load here is not"
        " compared."
    ),
    mend=(
        "Where functions are missing, the host's log says why, give it to --logs; where others run,"
        " compare the image that runs with the one that was built."
    ),
    source="azure-functions-host: GET /admin/functions",
    check=_check,
)

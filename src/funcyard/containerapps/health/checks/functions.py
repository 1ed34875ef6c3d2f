"""Whether the app serves the functions that it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.checks.host import KEY_HINT, STARTING
from funcyard.containerapps.health.results import fails, passes, skips, warns
from funcyard.output import first_few

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Expected, Facts
    from funcyard.containerapps.health.results import Judgement

NAME: Final = "functions"
_CHECK: Final = "funcyard check PATH --only discovery"


def check(facts: Facts) -> Judgement:
    """Judge what ``/admin/functions`` lists, against what is expected."""
    if not facts.is_functions:
        return skips("nothing says that it is a Functions app (--expect)")
    host = facts.host
    names = host.deployed.names if host is not None else None
    if host is not None and not names and host.deployed.state.lower() in STARTING:
        return warns(f"not known: the host is {host.deployed.state}")
    if names is not None:
        return _listed(facts, names)
    if host is not None and host.deployed.functions is not None and not host.deployed.with_key:
        return warns("not known: no master key is known", next=KEY_HINT)
    return warns("not known: the app did not list them")


def _listed(facts: Facts, names: tuple[str, ...]) -> Judgement:
    expected = facts.expected
    wanted = f", expected {expected.count}" if expected is not None else ""
    count = f"{len(names)} found{wanted}"
    if not names and (expected is None or expected.count):
        return _none(facts, count)
    if expected is None:
        return passes(count, (first_few(names, 20),), "--expect to hold it to")
    return _compared(expected, names, count)


def _none(facts: Facts, count: str) -> Judgement:
    """Judge an app without functions, by what its lines say of why."""
    why = next(iter(facts.diagnoses), None)
    if why is None:
        return fails(count, next=_CHECK)
    return fails(f"{count}: {why.means}", why.evidence, why.clue.next)


def _compared(expected: Expected, names: tuple[str, ...], count: str) -> Judgement:
    missing = sorted(expected.names - set(names))
    if missing or len(names) < expected.count:
        lacking = f": {first_few(missing)} missing" if missing else ""
        seen = (f"found: {first_few(names, 20)}", f"expected by {expected.source}")
        return fails(f"{count}{lacking}", seen, _CHECK)
    extra = sorted(set(names) - expected.names) if expected.names else []
    if extra or len(names) > expected.count:
        message = f"{count}: {first_few(extra)} more" if extra else count
        return warns(message, next="is another image running than the one that was built? --built")
    return passes(count)

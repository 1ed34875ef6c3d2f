"""Lines of a deployed app's log that say why it does not work."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.preflight.deployed.clues import Clue
    from funcyard.preflight.deployed.log import Record
    from funcyard.preflight.facts import Facts

_LOADED = re.compile(r"\b(\d+) functions? loaded\b")
_FOUND = re.compile(r"\b(\d+) functions? found \((\w+)\)")
_LONGEST = 400


def _check(facts: Facts) -> Iterator[Finding]:
    log = facts.request.log
    if log is None:
        return
    from funcyard.preflight.deployed.clues import CLUES  # noqa: PLC0415 - few runs read a log
    from funcyard.preflight.deployed.log import records_of  # noqa: PLC0415 - few runs read a log

    records = _since_the_last_good_start(records_of(log.text))
    lines = [f"{one.whole}\n" for one in records]
    text, starts = "".join(lines), [0, *accumulate(map(len, lines))]
    seen = [(clue, places) for clue in CLUES if (places := _places(clue, text, starts))]
    causes = [(clue, places) for clue, places in seen if not clue.symptom]
    for clue, places in causes or seen:
        yield _told(clue, places, records, log.name)
    if not seen:
        yield from _counts(records, log.name)


def _since_the_last_good_start(records: list[Record]) -> list[Record]:
    """Leave out what the app's own lines said before it last loaded functions: that is mended."""
    starts = [i for i, one in enumerate(records) for m in _LOADED.finditer(one.text) if int(m[1])]
    if not starts:
        return records
    return [one for i, one in enumerate(records) if i > starts[-1] or one.reason]


def _places(clue: Clue, text: str, starts: list[int]) -> list[int]:
    """Return which records hold a clue; looking through all of them as one text is quicker."""
    found = (bisect_right(starts, match.start()) - 1 for match in re.finditer(clue.pattern, text))
    return list(dict.fromkeys(found))


def _told(clue: Clue, places: list[int], records: list[Record], name: str) -> Finding:
    first = records[places[0]]
    named = match.groupdict() if (match := re.search(clue.pattern, first.whole)) else {}
    groups = {key: (value or "").strip() for key, value in named.items()}
    subject = next((records[i].subject for i in places if records[i].subject), "the app")
    often = f" (logged {len(places)} times)" if len(places) > 1 else ""
    shown = [first, *records[places[0] + 1 : places[0] + 1 + clue.follow]]
    return RULE.found(
        name,
        first.line,
        f"{subject}: {clue.means.format(**groups)}{often}",
        evidence="\n".join(_shortened(one.whole) for one in shown),
        next=clue.next,
        severity=clue.severity,
    )


def _counts(records: list[Record], name: str) -> Iterator[Finding]:
    """Tell a start that found nothing and said no word of why."""
    loaded = _last(_LOADED, records)
    found = {m[2]: (one, int(m[1])) for one in records for m in _FOUND.finditer(one.text)}
    if loaded is not None and int(loaded[1][1]) == 0:
        asked = "Worker" in found
        yield RULE.found(
            name,
            loaded[0].line,
            "the app: the host loaded no function, though nothing failed: "
            + (
                "the worker found none in its script"
                if asked
                else "it never asked the Python worker"
            ),
            evidence=_shortened(loaded[0].text),
            next=(
                "funcyard check --only discovery"
                if asked
                else "set FUNCTIONS_WORKER_RUNTIME=python; is function_app.py in the image?"
            ),
        )
    elif loaded is None and "Custom" in found and found["Custom"][1] == 0:
        yield RULE.found(
            name,
            found["Custom"][0].line,
            "0 functions found (Custom) means nothing: it counts another provider than the worker",
            evidence=_shortened(found["Custom"][0].text),
            next="look for the lines with (Worker), and for N functions loaded",
            severity=Severity.NOTE,
        )


def _last(
    pattern: re.Pattern[str], records: Iterable[Record]
) -> tuple[Record, re.Match[str]] | None:
    matches = [(one, match) for one in records if (match := pattern.search(one.text))]
    return matches[-1] if matches else None


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


RULE = Rule(
    id="log-tells-cause",
    group=Group.DEPLOYED,
    severity=Severity.ERROR,
    what="A line of the deployed app's log says why it does not work (--logs).",
    why=(
        "The host, the worker and the platform each tell it in their own words, among thousands of"
        " others, and some lines that look like a cause are none: 0 functions found (Custom) counts"
        " another provider than the Python worker."
    ),
    mend=(
        "The finding says what the line means and which command explains it. Symptoms, such as a"
        " failed probe, are only told where the log holds no cause; lines before the last start"
        " that loaded functions do not count."
    ),
    source=(
        "azure-functions-host and azure-functions-runtime, which print the lines;"
        " https://learn.microsoft.com/azure/container-apps/troubleshoot-deployment-errors"
    ),
    check=_check,
)

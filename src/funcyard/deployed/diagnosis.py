"""What the lines of a deployed app's log say of why it does not work.

A cause hides the symptoms that it has. What the app said before it last loaded functions does not
count: that is mended.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from funcyard.deployed.clues import CLUES, Clue
from funcyard.deployed.levels import is_information

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from funcyard.deployed.log import Record

_LOADED: Final = re.compile(r"\b(\d+) functions? loaded\b")
_FOUND: Final = re.compile(r"\b(\d+) functions? found \((\w+)\)")
_LONGEST: Final = 400

_WORKER_FOUND_NONE: Final = Clue(
    _FOUND.pattern,
    "the host loaded no function, though nothing failed: the worker found none in its script",
    next="funcyard check --only discovery",
    source="azure-functions-host: WorkerFunctionMetadataProvider",
)
_WORKER_NOT_ASKED: Final = Clue(
    _LOADED.pattern,
    "the host loaded no function, though nothing failed: it never asked the Python worker",
    next="set FUNCTIONS_WORKER_RUNTIME=python; is function_app.py in the image?",
    source="azure-functions-host: FunctionMetadataManager",
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What lines of a log mean.

    Attributes:
        clue: What they hold.
        subject: The revision or app that they are about, ``the app`` where no line says it.
        means: What happened, as words that go on from the subject.
        line: Where the first stands in the log, from 1.
        evidence: The first, and what belongs to it.
        count: How many there are.
    """

    clue: Clue
    subject: str
    means: str
    line: int
    evidence: tuple[str, ...]
    count: int = 1

    @property
    def message(self) -> str:
        """The whole in a line."""
        often = f" (logged {self.count} times)" if self.count > 1 else ""
        return f"{self.subject}: {self.means}{often}"


def diagnose(records: Sequence[Record], *, is_printed: bool = False) -> tuple[Diagnosis, ...]:
    """Return what the records of a log mean: causes, or symptoms where no cause is told.

    What a line itself says to be no more than information, at its begin or in its JSON, is data.

    Args:
        records: Of the log.
        is_printed: Whether containers printed all of it, so that nothing is the platform's word.
    """
    counted = _since_the_last_good_start(records)
    lines = ["\n" if is_information(one.text) else f"{one.whole}\n" for one in counted]
    text, starts = "".join(lines), [0, *accumulate(map(len, lines))]
    clues = [one for one in CLUES if not (is_printed and one.by_platform)]
    seen = [(clue, places) for clue in clues if (places := _places(clue, text, starts))]
    causes = [(clue, places) for clue, places in seen if not clue.symptom]
    if seen:
        return tuple(_told(clue, places, counted) for clue, places in causes or seen)
    return tuple(_nothing_loaded(counted))


def found_by_another(records: Sequence[Record]) -> Record | None:
    """Return the line ``0 functions found (Custom)`` of a log that says nothing else; else None.

    It counts another provider of functions than the worker, and means nothing.
    """
    counted = _since_the_last_good_start(records)
    found = _found(counted)
    if _last(_LOADED, counted) is None and "Custom" in found and found["Custom"][1] == 0:
        return found["Custom"][0]
    return None


def shortened(text: str) -> str:
    """Return a line as it is shown."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _since_the_last_good_start(records: Sequence[Record]) -> Sequence[Record]:
    starts = [i for i, one in enumerate(records) for m in _LOADED.finditer(one.text) if int(m[1])]
    if not starts:
        return records
    return [one for i, one in enumerate(records) if i > starts[-1] or one.reason]


def _places(clue: Clue, text: str, starts: list[int]) -> list[int]:
    """Return which records hold a clue; looking through all of them as one text is quicker."""
    found = (bisect_right(starts, match.start()) - 1 for match in re.finditer(clue.pattern, text))
    return list(dict.fromkeys(found))


def _told(clue: Clue, places: list[int], records: Sequence[Record]) -> Diagnosis:
    first = records[places[0]]
    named = match.groupdict() if (match := re.search(clue.pattern, first.whole)) else {}
    groups = {key: (value or "").strip() for key, value in named.items()}
    shown = [first, *records[places[0] + 1 : places[0] + 1 + clue.follow]]
    return Diagnosis(
        clue,
        next((records[i].subject for i in places if records[i].subject), "the app"),
        clue.means.format(**groups),
        first.line,
        tuple(shortened(one.whole) for one in shown),
        len(places),
    )


def _nothing_loaded(records: Sequence[Record]) -> Iterator[Diagnosis]:
    """Tell a start that found nothing and said no word of why."""
    loaded = _last(_LOADED, records)
    if loaded is None or int(loaded[1][1]):
        return
    clue = _WORKER_FOUND_NONE if "Worker" in _found(records) else _WORKER_NOT_ASKED
    yield Diagnosis(clue, "the app", clue.means, loaded[0].line, (shortened(loaded[0].text),))


def _found(records: Iterable[Record]) -> dict[str, tuple[Record, int]]:
    """Return the last line of each provider of functions, and how many it found."""
    return {m[2]: (one, int(m[1])) for one in records for m in _FOUND.finditer(one.text)}


def _last(
    pattern: re.Pattern[str], records: Iterable[Record]
) -> tuple[Record, re.Match[str]] | None:
    matches = [(one, match) for one in records if (match := pattern.search(one.text))]
    return matches[-1] if matches else None

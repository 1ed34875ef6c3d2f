"""The lines that a deployed app logged, whatever way they were fetched.

``az containerapp logs show`` prints a JSON object a line, of the container's console
(``Log``) or of the platform (``Msg`` and ``Reason``); Log Analytics prints a JSON array whose
columns end in ``_s``; ``docker logs``, ``func`` and the log stream print text.
https://learn.microsoft.com/azure/container-apps/log-streaming
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard.deployed.levels import has_low_level

if TYPE_CHECKING:
    from collections.abc import Iterator

CONSOLE_LOG = "az containerapp logs show -g GROUP -n APP --tail 300 | funcyard check --logs -"
SYSTEM_LOG = (
    "az containerapp logs show -g GROUP -n APP --type system --tail 300 | funcyard check --logs -"
)

_TEXTS = ("Log", "Log_s", "Msg", "message", "Message", "innermostMessage", "outerMessage")
_REASONS = ("Reason", "Reason_s")
_SUBJECTS = ("RevisionName", "RevisionName_s", "ContainerAppName", "ContainerAppName_s")
_DECORATION = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Record:
    """One line that was logged.

    Attributes:
        line: Where it stands in the file, from 1.
        text: What it says.
        reason: The platform's word for it, such as ``ProbeFailed``; empty for the app's own lines.
        subject: The revision or app that it is about, empty where it is not said.
    """

    line: int
    text: str
    reason: str = ""
    subject: str = ""

    @property
    def whole(self) -> str:
        """Its reason and text, as patterns look at it."""
        return f"{self.reason}: {self.text}" if self.reason else self.text


def records_of(text: str) -> list[Record]:
    """Return the records of a log; what is no JSON is taken as text, line by line."""
    if text.lstrip("\ufeff \r\n\t").startswith(("[", "{")):
        try:
            document = json.loads(text.lstrip("\ufeff"))
        except ValueError:
            pass
        else:
            return list(_of_document(document, text))
    return [
        record
        for number, line in enumerate(text.split("\n"), start=1)
        for record in _of(number, line)
    ]


def _of_document(document: Any, text: str) -> Iterator[Record]:  # noqa: ANN401 - JSON
    """Yield the records of one JSON document over many lines, as ``az monitor`` prints it.

    A record's line is the one on which its text stands.
    """
    position = 0
    for entry in document if isinstance(document, list) else [document]:
        if not isinstance(entry, dict):
            continue
        said = _first(entry, _TEXTS)
        for quoted in (json.dumps(said, ensure_ascii=False), json.dumps(said)):
            found = text.find(quoted, position)
            if found >= 0:
                position = found
                break
        yield from _split(entry, text.count("\n", 0, position) + 1)


def _of(number: int, line: str) -> Iterator[Record]:
    if line.startswith("{"):
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if isinstance(entry, dict) and _first(entry, _TEXTS):
            yield from _split(entry, number)
            return
    if said := _plain(line):
        yield Record(number, said)


def _split(entry: dict[str, Any], number: int) -> Iterator[Record]:
    """Yield a record for each line of an entry's text: a traceback may be one entry."""
    if has_low_level(entry):
        yield Record(number, json.dumps(entry))  # whole: its level is told beside its text
        return
    reason, subject = _first(entry, _REASONS), _first(entry, _SUBJECTS)
    for part in _first(entry, _TEXTS).split("\n"):
        if said := _plain(part):
            yield Record(number, said, reason, subject)


def _first(entry: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((str(entry[name]) for name in names if entry.get(name)), "")


def _plain(text: str) -> str:
    return _DECORATION.sub("", text).rstrip()

"""Runtimes: which languages and versions there are, their base images and ends of life.

The facts are data (``runtimes.json``, with its sources); what they mean depends on the day, which
the caller gives. Whether a version is generated is Funcyard's own matter; whether it is supported,
in preview, ending or ended is Azure's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from funcyard.errors import UsageError

TITLES = {"python": "Python", "node": "Node", "dotnet": ".NET"}
"""How each known language is called in a sentence."""

_ALIASES = {".net": "dotnet", "dotnet-isolated": "dotnet", "nodejs": "node", "node.js": "node"}

ENDING_WITHIN = timedelta(days=180)
"""How long before its end of life a version is said to be ending."""


class UnknownRuntimeError(UsageError):
    """No language of that name is known."""

    code = "unknown-runtime"


class Status(StrEnum):
    """What Azure says of a version on a given day."""

    SUPPORTED = "supported"
    PREVIEW = "preview"
    ENDING = "ending"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class RuntimeVersion:
    """One version of one language.

    Attributes:
        name: ``python``, ``node`` or ``dotnet``, as a spec writes it.
        version: Such as ``3.11``.
        preview: Whether Azure calls it a preview.
        end_of_life: The last day on which it is supported.
        generated: Whether Funcyard generates projects for it.
        image: Microsoft's base image for it.
    """

    name: str
    version: str
    preview: bool
    end_of_life: date
    generated: bool
    image: str

    @property
    def title(self) -> str:
        """How it is called in a sentence: ``Python 3.11``."""
        return f"{TITLES[self.name]} {self.version}"

    def status(self, today: date) -> Status:
        """Return what Azure says of it on that day."""
        if today > self.end_of_life:
            return Status.ENDED
        if self.preview:
            return Status.PREVIEW
        return Status.ENDING if self.end_of_life - today <= ENDING_WITHIN else Status.SUPPORTED


@cache
def runtimes() -> tuple[RuntimeVersion, ...]:
    """Return every known version, languages in turn, oldest first."""
    return tuple(
        RuntimeVersion(**{**entry, "end_of_life": date.fromisoformat(entry["end_of_life"])})
        for entry in _facts()["runtimes"]
    )


@cache
def host_end(version: str) -> date | None:
    """Return the last day of a major version of the Functions host, None where none is set."""
    end = _facts()["hosts"].get(version)
    return date.fromisoformat(end) if end else None


@cache
def _facts() -> dict[str, Any]:
    text = resources.files("funcyard.functions").joinpath("runtimes.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def versions_of(name: str) -> tuple[RuntimeVersion, ...]:
    """Return the known versions of one language, by any name that :func:`known_as` knows.

    Raises:
        UnknownRuntimeError: No such language is known.
    """
    found = tuple(item for item in runtimes() if item.name == known_as(name))
    if not found:
        raise UnknownRuntimeError(
            f"no runtime {name!r} is known", hint=f"known: {', '.join([*TITLES, *_ALIASES])}"
        )
    return found


def known_as(name: str) -> str:
    """Return what a language is called here, whatever a person calls it: ``.NET`` is dotnet."""
    plain = name.strip().lower()
    return _ALIASES.get(plain, plain)


def find(name: str, version: str) -> RuntimeVersion | None:
    """Return that version of that language, or None where it is not known."""
    wanted = (name, version)
    return next((item for item in runtimes() if (item.name, item.version) == wanted), None)


def base_image(name: str, version: str) -> str:
    """Return Microsoft's base image of a version that a checked spec may name.

    Raises:
        UnknownRuntimeError: That version is not known.
    """
    found = find(name, version)
    if found is None:
        raise UnknownRuntimeError(f"no base image of {name} {version} is known")
    return found.image


def generated_versions(today: date) -> tuple[RuntimeVersion, ...]:
    """Return the versions to choose from: those generated that have not ended."""
    return tuple(
        item for item in runtimes() if item.generated and item.status(today) is not Status.ENDED
    )


def refusal(name: str, version: str, today: date) -> str | None:
    """Return why no project is generated for a version, or None where one is."""
    found = find(name, version)
    if found is not None and found.generated:
        return None
    if found is None:
        title = TITLES.get(name)
        return f"{title} {version} is not known" if title else f"no runtime {name!r} is known"
    if found.status(today) is Status.ENDED:
        return f"{found.title} ended on {found.end_of_life}"
    return f"{found.title} is not supported yet"


def alternatives(today: date) -> str:
    """Return the versions to choose from as a sentence's end: ``Python 3.11, 3.12 or …``."""
    names = [
        f"{item.version} (preview)" if item.status(today) is Status.PREVIEW else item.version
        for item in generated_versions(today)
    ]
    if not names:
        return "every known Python has ended; update Funcyard"
    return f"choose Python {' or '.join(filter(None, [', '.join(names[:-1]), names[-1]]))}"


def advice(name: str, version: str, today: date) -> str | None:
    """Return what to know about a version that is generated: ended, ending or preview."""
    found = find(name, version)
    status = found.status(today) if found and found.generated else Status.SUPPORTED
    if found is None or status is Status.SUPPORTED:
        return None
    if status is Status.ENDED:
        return f"{found.title} ended on {found.end_of_life}: it gets no more security fixes"
    if status is Status.ENDING:
        return f"{found.title} ends on {found.end_of_life}"
    return f"{found.title} is a preview in Azure Functions"

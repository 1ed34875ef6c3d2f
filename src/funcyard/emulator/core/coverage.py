"""The page of what the local Azure covers, made from the descriptions of its types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.catalog import registry
from funcyard.emulator.core.manner import Tracking
from funcyard.emulator.core.schemas import schema_of

if TYPE_CHECKING:
    from funcyard.emulator.core.manner import Manner
    from funcyard.emulator.core.types import ResourceType

_HEAD: Final = """\
# What the local Azure covers

Written by `scripts/emulator-coverage.py` from the code; a test holds it to that. What is not on
this page is refused ([the local Azure](emulator.md)).

Of a change: the status of its answer, and how the rest is followed where it takes its time, with
the seconds it takes in Azure. PUT has that of a new resource, then that of one that is there.
"""


def page() -> str:
    """Return the page, in Markdown."""
    types = registry()
    parts = [_HEAD]
    for namespace in types.namespaces:
        parts.append(f"\n## {namespace}\n")
        kinds = [one for one in types if one.name.partition("/")[0] == namespace]
        parts.extend(_section(kind) for kind in kinds)
        words = [word for other, word in types.actions if other == namespace.lower()]
        if words:
            listed = ", ".join(f"`{word}`" for word in words)
            parts.append(f"\nOn a subscription's provider: POST {listed}.\n")
        heads = [one for one in types.heads if one.partition("/")[0] == namespace]
        parts.extend(f"\nIn all of Azure: HEAD `/providers/{one}/NAME`.\n" for one in heads)
    return "".join(parts)


def _section(kind: ResourceType) -> str:
    rows = [] if kind.is_read_only else _changes(kind)
    if kind.actions:
        words = ", ".join(f"`{word}`" for word in sorted(kind.actions))
        rows.append(("POST", words))
    schema = f"official, of {schema_of(kind.name).version}" if kind.has_schema else "own"
    rows.append(("API versions", ", ".join(kind.versions)))
    if not kind.is_read_only:
        rows.append(("schema", schema))
    if kind.metered is not None:
        listed = ", ".join(f"`{one.name}`" for one in kind.metered.metrics)
        rows.append(("metrics", listed))
    if kind.note:
        rows.append(("here", kind.note))
    lines = "".join(f"| {name} | {text} |\n" for name, text in rows)
    return f"\n### {kind.name}\n\n| | |\n|---|---|\n{lines}"


def _changes(kind: ResourceType) -> list[tuple[str, str]]:
    return [
        ("PUT", f"{_manner(kind.put_new)}; {_manner(kind.put_again)}"),
        ("PATCH", "none" if kind.patch is None else _manner(kind.patch)),
        ("DELETE", f"{_manner(kind.delete)}; {kind.delete_absent} where nothing is"),
    ]


def _manner(manner: Manner) -> str:
    if manner.tracking is Tracking.NONE:
        return str(manner.status)
    return f"{manner.status}, `{manner.tracking.value}`, {manner.seconds:g} s"

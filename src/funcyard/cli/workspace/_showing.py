"""How the answers of a platform look to a person; nothing in them moves the cursor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from funcyard.output import ESCAPED, table, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SECOND = 1000


def moment(text: str | None) -> str:
    """Return a time of the API, in UTC, to the second; empty where there is none."""
    return visible(f"{text[:10]} {text[11:19]}") if text else ""


def took(milliseconds: int) -> str:
    """Return how long something took."""
    if milliseconds < _SECOND:
        return f"{milliseconds} ms"
    return f"{milliseconds / _SECOND:.1f} s"


def rows(headers: Sequence[str], cells: Iterable[Sequence[object]]) -> list[str]:
    """Return the lines of a table."""
    shown = [["" if one is None else visible(str(one)) for one in row] for row in cells]
    return table(headers, shown).splitlines()


def named(pairs: Iterable[tuple[str, object]]) -> list[str]:
    """Return a line for everything that is there, its name first."""
    return [f"{name:<12}{visible(str(value))}" for name, value in pairs if value not in (None, "")]


def entry(one: dict[str, Any]) -> str:
    """Return an entry of a log; further lines of it are indented."""
    first, *more = one["text"].translate(ESCAPED).splitlines() or [""]
    when = datetime.fromtimestamp(one["time"], UTC).strftime("%Y-%m-%d %H:%M:%S")
    head = f"{when}  {visible(one['level']):<7}  "
    return "\n".join([f"{head}{first}", *(f"{'':<{len(head)}}{line}" for line in more)])


def failure(execution: dict[str, Any]) -> list[str]:
    """Return what went wrong in an execution, line by line."""
    lines = [f"  note: {visible(one)}" for one in execution["notes"]]
    if (fault := execution["error"]) is not None:
        lines.append(f"  {visible(fault['kind'])}: {visible(fault['message'])}")
        traceback = (fault["traceback"] or "").translate(ESCAPED).splitlines()
        lines += [f"  {line}" for line in traceback]
    return lines

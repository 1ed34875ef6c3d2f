"""The ledger's row as an entity of Table Storage, and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from funcyard.errors import FuncyardError
from funcyard.workspace.source import LeftOut
from funcyard.workspace.versions.name import VersionName
from funcyard.workspace.versions.origin import GitHubOrigin, origin_as_dict, origin_from
from funcyard.workspace.versions.state import Kept, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.workspace.scopes import Scope

ROW_KEY: Final = "workspace"
"""The row key; the partition key is the scope's name."""


class LedgerError(FuncyardError):
    """A scope's row says what cannot be: it was changed by something else."""

    code = "workspace-ledger"


def entity_of(state: State, change: str) -> dict[str, Any]:
    """Return the entity of a state.

    Args:
        state: What it says.
        change: Names this change, so that its writer recognises it.
    """
    kept = [
        {
            "name": str(entry.name),
            "created": _time(entry.created),
            "since": _time(entry.since),
            "kind": entry.kind,
            "by": entry.by,
            "what": entry.what,
        }
        for entry in state.kept
    ]
    return {
        "PartitionKey": state.scope.name,
        "RowKey": ROW_KEY,
        "Current": _name(state.current),
        "Previous": _name(state.previous),
        "Kept": json.dumps(kept, ensure_ascii=False, separators=(",", ":")),
        "Applied": "" if state.applied is None else json.dumps(origin_as_dict(state.applied)),
        "LeftOut": json.dumps([one.as_dict() for one in state.left_out], separators=(",", ":")),
        "LeftOutCount": state.left_out_count,
        "View": _name(state.view),
        "ViewClean": state.view_clean,
        "LeaseOwner": state.owner,
        "LeaseUntil": _time(state.until),
        "Fence": state.fence,
        "Change": change,
    }


def state_of(entity: Mapping[str, Any], scope: Scope) -> State:
    """Read the entity of a scope.

    Raises:
        LedgerError: It is none that was written here.
    """
    try:
        return State(
            scope=scope,
            current=_version(entity["Current"]),
            previous=_version(entity["Previous"]),
            kept=tuple(_kept(entry) for entry in json.loads(entity["Kept"])),
            applied=_applied(entity["Applied"]),
            left_out=tuple(LeftOut(**one) for one in json.loads(entity.get("LeftOut", "[]"))),
            left_out_count=int(entity.get("LeftOutCount", 0)),
            view=_version(entity["View"]),
            view_clean=bool(entity["ViewClean"]),
            owner=str(entity["LeaseOwner"]),
            until=datetime.fromisoformat(entity["LeaseUntil"]),
            fence=int(entity["Fence"]),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as fault:
        raise LedgerError(f"the ledger's row of {scope} cannot be read: {fault}") from fault


def _applied(text: str) -> GitHubOrigin | None:
    origin = origin_from(json.loads(text)) if text else None
    if origin is not None and not isinstance(origin, GitHubOrigin):
        raise ValueError("the applied commit is none")
    return origin


def _kept(entry: Mapping[str, str]) -> Kept:
    return Kept(
        name=VersionName.parse(entry["name"]),
        created=datetime.fromisoformat(entry["created"]),
        since=datetime.fromisoformat(entry["since"]),
        kind=entry["kind"],
        by=entry["by"],
        what=entry["what"],
    )


def _name(name: VersionName | None) -> str:
    return "" if name is None else str(name)


def _version(text: str) -> VersionName | None:
    return VersionName.parse(text) if text else None


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")

"""Where a version comes from: a commit, a person's edit, an older version, or a folder as it was.

Kept in the manifest, and in short in the ledger's row, for people and for telling whether a push
has been applied already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar, Final

_LONGEST: Final = 8192


@dataclass(frozen=True, slots=True)
class GitHubOrigin:
    """A commit of a repository.

    Attributes:
        repository: Its address, without credentials.
        branch: The branch whose head it was.
        commit: 40 (or 64) lower-case hexadecimal digits.
        sequence: Orders what was applied: the fence of the lease under which the head was asked.
    """

    kind: ClassVar[str] = "github"
    repository: str
    branch: str
    commit: str
    sequence: int


@dataclass(frozen=True, slots=True)
class EditOrigin:
    """One change by hand.

    Attributes:
        by: Who made it.
        action: ``put``, ``delete``, ``move``, ``make-directory`` or ``remove-directory``.
        path: What it was made to.
    """

    kind: ClassVar[str] = "edit"
    by: str
    action: str
    path: str


@dataclass(frozen=True, slots=True)
class RollbackOrigin:
    """The files of an older version.

    Attributes:
        by: Who asked for it.
        to: The older version's name.
    """

    kind: ClassVar[str] = "rollback"
    by: str
    to: str


@dataclass(frozen=True, slots=True)
class AdoptOrigin:
    """What the view held after it was edited there.

    Attributes:
        by: Who adopted it.
    """

    kind: ClassVar[str] = "adopt"
    by: str


@dataclass(frozen=True, slots=True)
class RepairOrigin:
    """The same files as the version before, with contents that were damaged stored anew.

    Attributes:
        by: Who repaired it.
    """

    kind: ClassVar[str] = "repair"
    by: str


Origin = GitHubOrigin | EditOrigin | RollbackOrigin | AdoptOrigin | RepairOrigin
"""Where a version comes from."""

_KINDS: Final[Mapping[str, type[Origin]]] = {
    kind.kind: kind
    for kind in (GitHubOrigin, EditOrigin, RollbackOrigin, AdoptOrigin, RepairOrigin)
}


def origin_as_dict(origin: Origin) -> dict[str, str | int]:
    """Return an origin as the object that is stored and shown."""
    return {"kind": origin.kind, **asdict(origin)}


def origin_from(stored: object) -> Origin:
    """Read an origin as :func:`origin_as_dict` wrote it.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(stored, Mapping) or stored.get("kind") not in _KINDS:
        raise ValueError("the origin is of no known kind")
    fields = {name: value for name, value in stored.items() if name != "kind"}
    try:
        origin = _KINDS[stored["kind"]](**fields)
    except TypeError:
        raise ValueError("the origin has other fields than its kind has") from None
    for name, value in fields.items():
        right = type(value) is (int if name == "sequence" else str)
        if not right or len(str(value)) > _LONGEST:
            raise ValueError(f"the origin's {name} cannot be meant")
    return origin

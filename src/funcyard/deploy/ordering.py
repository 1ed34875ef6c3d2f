"""In which order recorded resources are taken away: each before what it needed.

Records of one identity come from one run, those of several runs need not fit together: an edge that
would close a circle is left out, and the cloud has the last word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from funcyard.deploy.records import Record


def before_deleting(
    leaving: Iterable[Record], others: Iterable[Record] = ()
) -> dict[str, frozenset[str]]:
    """Return, by identity, what has to be done before each record's resource is taken away.

    Args:
        leaving: The records of what is taken away.
        others: The records of what stays, which let go of what they needed.

    Returns:
        Identities of both kinds: what needed the resource of that address.
    """
    gone = sorted(leaving, key=lambda record: record.identity)
    users = sorted(others, key=lambda record: record.identity)
    waits: dict[str, set[str]] = {record.identity: set() for record in gone}
    for record in gone:
        needing = [user for user in (*users, *gone) if record.address in user.depends_on]
        for user in needing:
            if user.identity not in waits or not _reaches(waits, user.identity, record.identity):
                waits[record.identity].add(user.identity)
    return {identity: frozenset(users) for identity, users in waits.items()}


def _reaches(waits: Mapping[str, set[str]], start: str, goal: str) -> bool:
    seen: set[str] = set()
    left = [start]
    while left:
        identity = left.pop()
        if identity == goal:
            return True
        if identity not in seen:
            seen.add(identity)
            left.extend(waits.get(identity, ()))
    return False

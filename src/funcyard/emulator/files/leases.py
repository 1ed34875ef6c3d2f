"""Leases of shares and files: the states of "Lease Share" and "Lease File", as pure functions.

A file's lease never ends by itself; a share's lasts 15 to 60 seconds or for good, and may be broken
after a while. Every function takes a lease and the time, and returns the lease that follows.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Final

from funcyard.emulator.files.errors import StorageError, bad_header
from funcyard.emulator.files.store.records import Lease
from funcyard.emulator.files.times import TICKS

FOREVER: Final = -1
_LONGEST_BREAK: Final = 60


def state(lease: Lease, now: int) -> str:
    """Return ``available``, ``leased``, ``expired``, ``breaking`` or ``broken``."""
    if not lease.id:
        return "available"
    if lease.broken:
        return "broken"
    if lease.breaking:
        return "breaking" if lease.until is not None and now < lease.until else "broken"
    return "expired" if lease.until is not None and now >= lease.until else "leased"


def is_locked(lease: Lease, now: int) -> bool:
    """Whether the lease keeps others out."""
    return state(lease, now) in {"leased", "breaking"}


def acquire(lease: Lease, now: int, proposed: str | None, duration: int) -> Lease:
    """Return the lease that is acquired."""
    wanted = _id(proposed) if proposed else str(uuid.uuid4())
    found = state(lease, now)
    if found == "leased" and lease.id != wanted:
        raise StorageError("LeaseAlreadyPresent")
    if found == "breaking":
        code = "LeaseIsBreakingAndCannotBeAcquired" if lease.id == wanted else "LeaseAlreadyPresent"
        raise StorageError(code)
    return Lease(wanted, duration, _end(duration, now))


def renew(lease: Lease, now: int, given: str | None) -> Lease:
    """Return the lease, its time begun anew."""
    _check_id(lease, given)
    if state(lease, now) in {"breaking", "broken"}:
        raise StorageError("LeaseIsBrokenAndCannotBeRenewed")
    return replace(lease, until=_end(lease.duration, now))


def change(lease: Lease, now: int, given: str | None, proposed: str | None) -> Lease:
    """Return the lease under its new id."""
    if proposed is None:
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-proposed-lease-id")
    wanted = _id(proposed)
    found = state(lease, now)
    if found == "breaking":
        raise StorageError("LeaseIsBreakingAndCannotBeChanged")
    if found != "leased":
        raise StorageError("LeaseNotPresentWithLeaseOperation")
    if lease.id != wanted:
        _check_id(lease, given)
    return replace(lease, id=wanted)


def release(lease: Lease, given: str | None) -> Lease:
    """Return what is left of the lease: nothing."""
    _check_id(lease, given)
    return Lease()


def break_(lease: Lease, now: int, period: int | None) -> tuple[Lease, int]:
    """Return the lease that ends, and the seconds until then.

    Args:
        lease: What is there.
        now: Ticks.
        period: Seconds that it shall still last; never longer than it would have anyway.
    """
    found = state(lease, now)
    if found == "available":
        raise StorageError("LeaseNotPresentWithLeaseOperation")
    if period is not None and period > _LONGEST_BREAK:
        raise bad_header("x-ms-lease-break-period", str(period))
    if found in {"broken", "expired"}:
        return replace(lease, breaking=True, broken=True), 0
    left = None if lease.until is None else max(0, -((now - lease.until) // TICKS))
    wait = period if period is not None else (left or 0)
    if left is not None:
        wait = min(wait, left)
    return replace(lease, breaking=True, broken=wait == 0, until=now + wait * TICKS), wait


def check(lease: Lease, now: int, given: str | None, what: str, *, writes: bool) -> None:
    """Refuse what the lease forbids.

    Args:
        lease: Of the share or file.
        now: Ticks.
        given: The lease id of the request.
        what: ``Share`` or ``File``.
        writes: Whether the operation needs the id of an active lease; a read does not.

    Raises:
        StorageError: The id is missing, another's, or of no lease.
    """
    locked = is_locked(lease, now)
    if given is None:
        if locked and writes:
            raise StorageError("LeaseIdMissing")
        return
    if not locked:
        raise StorageError(f"LeaseNotPresentWith{what}Operation")
    if _id(given) != lease.id:
        raise StorageError(f"LeaseIdMismatchWith{what}Operation")


def headers(lease: Lease, now: int) -> dict[str, str]:
    """Return what the properties of a leased thing say."""
    found = state(lease, now)
    said = {
        "x-ms-lease-status": "locked" if found in {"leased", "breaking"} else "unlocked",
        "x-ms-lease-state": found,
    }
    if found == "leased":
        said["x-ms-lease-duration"] = "infinite" if lease.duration == FOREVER else "fixed"
    return said


def _end(duration: int, now: int) -> int | None:
    return None if duration == FOREVER else now + duration * TICKS


def _id(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise bad_header("x-ms-lease-id", text) from None


def _check_id(lease: Lease, given: str | None) -> None:
    if given is None:
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-lease-id")
    if not lease.id:
        raise StorageError("LeaseNotPresentWithLeaseOperation")
    if _id(given) != lease.id:
        raise StorageError("LeaseIdMismatchWithLeaseOperation")

"""Lease Share and Lease File: one header says which of five things is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.files import leases
from funcyard.emulator.files.call import Answer, changed_headers
from funcyard.emulator.files.errors import StorageError, bad_header
from funcyard.emulator.files.operations import opening
from funcyard.emulator.files.store.journal import Change

if TYPE_CHECKING:
    from funcyard.emulator.files.call import Call
    from funcyard.emulator.files.store.records import Lease

_SHORTEST: Final = 15
_LONGEST: Final = 60


def lease_share(call: Call) -> Answer:
    """Lease Share, or a snapshot of one."""
    share = call.share()
    share.lease, status, headers = _act(call, share.lease, of_file=False)
    change = Change()
    change.put_share(share)
    call.store.journal.make(change)
    return Answer(status, {**changed_headers(share.changed), **headers})


def lease_file(call: Call) -> Answer:
    """Lease File: for good only, never renewed, broken at once."""
    share = call.share()
    with opening.opened(call.store, share, call.parts, directory=False, reads=False) as found:
        entry = found.entry
        entry.lease, status, headers = _act(call, entry.lease, of_file=True)
        change = Change()
        change.put_entry(share.number, found.place.folded, entry, seen=False)
        call.store.journal.make(change)
    return Answer(status, {**changed_headers(entry.changed), **headers})


def _act(call: Call, lease: Lease, *, of_file: bool) -> tuple[Lease, int, dict[str, str]]:
    """Return the lease that follows, and status and headers of the answer."""
    request, now = call.request, call.store.now()
    action = (request.header("x-ms-lease-action") or "").lower()
    proposed = request.header("x-ms-proposed-lease-id")
    if not action:
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-lease-action")
    if action == "acquire":
        lease = leases.acquire(lease, now, proposed, _duration(call, of_file=of_file))
        return lease, 201, {"x-ms-lease-id": lease.id}
    if action == "change":
        lease = leases.change(lease, now, call.lease, proposed)
        return lease, 200, {"x-ms-lease-id": lease.id}
    if action == "release":
        return leases.release(lease, call.lease), 200, {}
    if action == "renew" and not of_file:
        lease = leases.renew(lease, now, call.lease)
        return lease, 200, {"x-ms-lease-id": lease.id}
    if action == "break":
        if of_file:
            call.refuse("x-ms-lease-break-period")
        period = 0 if of_file else request.number("x-ms-lease-break-period")
        lease, left = leases.break_(lease, now, period)
        return lease, 202, {"x-ms-lease-time": str(left)}
    raise bad_header("x-ms-lease-action", action)


def _duration(call: Call, *, of_file: bool) -> int:
    value = call.request.header("x-ms-lease-duration")
    if value is None:
        if of_file:
            return leases.FOREVER
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-lease-duration")
    if value == str(leases.FOREVER):
        return leases.FOREVER
    if of_file or not value.isdigit() or not _SHORTEST <= int(value[:4]) <= _LONGEST:
        raise bad_header("x-ms-lease-duration", value)
    return int(value)

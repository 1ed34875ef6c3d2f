"""Copy File within this server: done when it is answered, so that there is none to abort."""

from __future__ import annotations

import copy
import os
import uuid
from typing import TYPE_CHECKING, Final

from funcyard.emulator.files import leases, names, smb, times
from funcyard.emulator.files.call import Answer, changed_headers
from funcyard.emulator.files.errors import StorageError, bad_header, bad_query
from funcyard.emulator.files.operations import opening
from funcyard.emulator.files.store import tree
from funcyard.emulator.files.store.copies import copy_data
from funcyard.emulator.files.store.journal import Change
from funcyard.emulator.files.store.records import Lease
from funcyard.emulator.files.store.steps import Step

if TYPE_CHECKING:
    from funcyard.emulator.files.call import Call
    from funcyard.emulator.files.store.records import Entry
    from funcyard.emulator.files.store.tree import Place

_TIMES: Final = {
    "x-ms-file-creation-time": "created",
    "x-ms-file-last-write-time": "written",
    "x-ms-file-change-time": "smb_changed",
}


def copy_file(call: Call) -> Answer:
    """Copy File: content, and of the properties what is not given with the request."""
    request, store, share = call.request, call.store, call.share()
    call.refuse("x-ms-file-mode-copy-mode", "x-ms-file-owner-copy-mode", *smb.UNIX)
    source = call.sources(call, request.headers["x-ms-copy-source"], "r")
    now = store.now()
    with tree.find(store.folder(share), call.parts) as place:
        lease = _check_target(call, share.number, place)
        with opening.opened(
            store, source.share, source.parts, directory=False, reads=True
        ) as found:
            entry = _copied(call, found.entry, now)
            entry.ranges = opening.ranges_of(found)
            store.make_room(share, found.size)
            staged = store.staged()
            file = tree.open_file(found.place)
            try:
                copy_data(file, staged)
            finally:
                os.close(file)
            identifier = str(uuid.uuid4())
            entry.lease = lease
            entry.copied = {
                "x-ms-copy-id": identifier,
                "x-ms-copy-source": source.url,
                "x-ms-copy-status": "success",
                "x-ms-copy-progress": f"{found.size}/{found.size}",
                "x-ms-copy-completion-time": times.rfc1123(now),
            }
        change = Change(
            Step(
                "place",
                store.root(share),
                place.path,
                staged=staged.name,
                mtime=smb.mtime(entry),
            )
        )
        change.put_entry(share.number, place.folded, entry)
        store.journal.make(change)
    said = {"x-ms-copy-id": identifier, "x-ms-copy-status": "success"}
    return Answer(202, changed_headers(entry.changed) | said)


def abort(call: Call) -> Answer:
    """Abort Copy File: there is never a copy under way."""
    action = call.request.header("x-ms-copy-action")
    if action != "abort":
        raise bad_header("x-ms-copy-action", action or "")
    wanted = call.request.query.get("copyid")
    if wanted is None:
        raise StorageError("MissingRequiredQueryParameter", QueryParameterName="copyid")
    try:
        uuid.UUID(wanted)
    except ValueError:
        raise bad_query("copyid", wanted) from None
    with opening.a_file(call) as found:
        if found.entry.copied.get("x-ms-copy-id", wanted) != wanted:
            raise StorageError("CopyIdMismatch")
        raise StorageError("NoPendingCopyOperation")


def _check_target(call: Call, share: int, place: Place) -> Lease:
    """Return the lease that stays on a file that is replaced."""
    now = call.store.now()
    lease = Lease()
    if place.status is None:
        leases.check(lease, now, call.lease, "File", writes=True)
        return lease
    if not place.is_file:
        raise StorageError("ResourceTypeMismatch")
    if not call.grant.allows("w"):
        raise StorageError("AuthorizationPermissionMismatch")
    entry = call.store.database.entry(share, place.folded)
    if entry is not None:
        lease = entry.lease
        if not call.request.flag("x-ms-file-copy-ignore-readonly"):
            opening.check_writable(entry)
    leases.check(lease, now, call.lease, "File", writes=True)
    return lease


def _copied(call: Call, source: Entry, now: int) -> Entry:
    """Return what the copy is, besides its bytes."""
    request, store, share = call.request, call.store, call.share()
    given = dict(request.headers)
    for name, attribute in _TIMES.items():
        if given.get(name, "").lower() == "source":
            given[name] = times.iso(getattr(source, attribute))
    if given.get("x-ms-file-attributes", "").lower() == "source":
        given["x-ms-file-attributes"] = source.attributes
    mode = given.get("x-ms-file-permission-copy-mode", "").lower()
    from_source = mode == "source" or given.get("x-ms-file-permission-key") == "source"
    if from_source:
        given.pop("x-ms-file-permission-key", None)
    request = smb.with_headers(request, given)
    entry = smb.new_entry(store, share.number, request, directory=False, now=now)
    if from_source:
        entry.permission = source.permission
    if request.flag("x-ms-file-copy-set-archive", default=True):
        entry.attributes = smb.with_archive(entry.attributes)
    entry.metadata = names.check_metadata(request.metadata) or dict(source.metadata)
    entry.headers, entry.md5 = copy.copy(source.headers), source.md5
    return entry

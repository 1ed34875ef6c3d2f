"""Files: created, deleted, their properties, metadata and size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.files import leases, names, smb
from funcyard.emulator.files.call import Answer, changed_headers
from funcyard.emulator.files.content import (
    CONTENT_HEADERS,
    check_md5,
    content_headers,
    read_content_headers,
)
from funcyard.emulator.files.errors import StorageError, bad_header
from funcyard.emulator.files.operations import changing, opening
from funcyard.emulator.files.store import spans, tree
from funcyard.emulator.files.store.journal import Change
from funcyard.emulator.files.store.records import Lease
from funcyard.emulator.files.store.steps import Step

if TYPE_CHECKING:
    from funcyard.emulator.files.call import Call
    from funcyard.emulator.files.operations.opening import Opened

LARGEST_FILE: Final = 4 * 2**40
_ENCRYPTED: Final = {"x-ms-request-server-encrypted": "true"}


def create(call: Call) -> Answer:
    """Create File: of its size, empty or with its first bytes; replaces a file of that name."""
    request, store = call.request, call.store
    call.refuse(*smb.UNIX, "x-ms-structured-body")
    kind = request.header("x-ms-type")
    if kind is None:
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-type")
    if kind.lower() != "file":
        raise bad_header("x-ms-type", kind)
    size = _size(call)
    if size is None:
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-content-length")
    share = call.share()
    now = store.now()
    with tree.find(store.folder(share), call.parts) as place:
        lease = _check_replaced(call, share.number, place)
        entry = smb.new_entry(store, share.number, request, directory=False, now=now)
        entry.metadata = names.check_metadata(request.metadata)
        read_content_headers(request, entry)
        entry.lease = lease
        staged = _stage(call, size)
        if staged_size := call.staged.size if call.staged else 0:
            entry.ranges = spans.marked([], 0, staged_size - 1, size)
        store.make_room(share, size)
        change = Change(
            Step(
                "place",
                store.root(share),
                place.path,
                staged=staged,
                mtime=smb.mtime(entry),
            )
        )
        change.put_entry(share.number, place.folded, entry)
        store.journal.make(change)
    with opening.opened(store, share, call.parts, directory=False, reads=False) as made:
        return Answer(201, _headers(made) | _ENCRYPTED)


def properties(call: Call) -> Answer:
    """Get File Properties, and Get File Metadata."""
    with opening.a_file(call, reads=True) as found:
        return Answer(
            200, file_headers(found, call.store.now()) | {"Content-Length": str(found.size)}
        )


def set_properties(call: Call) -> Answer:
    """Set File Properties: content headers, SMB properties and the size.

    Content headers are replaced as a whole where one is given, and kept where none is.
    """
    request, store = call.request, call.store
    call.refuse(*smb.UNIX)
    with opening.a_file(call) as found:
        entry, place, now = found.entry, found.place, store.now()
        size = _size(call)
        resizes = size is not None and size != found.size
        if resizes:
            opening.check_writable(entry)
        smb.update(entry, store, found.share.number, request, directory=False, now=now)
        if any(request.header(name) is not None for name in CONTENT_HEADERS):
            read_content_headers(request, entry)
        step = Step(
            "resize" if resizes else "touch",
            store.root(found.share),
            place.path,
            inode=found.inode,
            size=size or 0,
            mtime=smb.mtime(entry),
        )
        if resizes and size is not None:
            store.make_room(found.share, size - found.size)
            entry.ranges = spans.truncated(opening.ranges_of(found), size)
        changing.keep(call, found, step)
        return Answer(200, _headers(found) | _ENCRYPTED)


def set_metadata(call: Call) -> Answer:
    """Set File Metadata."""
    with opening.a_file(call) as found:
        return changing.set_metadata(call, found)


def delete(call: Call) -> Answer:
    """Delete File."""
    with opening.a_file(call) as found:
        return changing.remove(call, found)


def file_headers(found: Opened, now: int) -> dict[str, str]:
    """Return everything that a read says about a file, but its length."""
    entry = found.entry
    return (
        changed_headers(entry.changed)
        | {"x-ms-type": "File", "x-ms-server-encrypted": "true"}
        | content_headers(entry)
        | {f"x-ms-meta-{name}": value for name, value in entry.metadata.items()}
        | smb.headers(entry, found.identity, found.place.parent)
        | leases.headers(entry.lease, now)
        | entry.copied
    )


def _check_replaced(call: Call, share: int, place: tree.Place) -> Lease:
    """Return the lease that stays on a file that is replaced."""
    now = call.store.now()
    if place.status is None:
        leases.check(Lease(), now, call.lease, "File", writes=True)
        return Lease()
    if not place.is_file:
        raise StorageError("ResourceTypeMismatch")
    if not call.grant.allows("w"):  # a token that may only create
        raise StorageError("AuthorizationPermissionMismatch")
    entry = call.store.database.entry(share, place.folded)
    if entry is None:
        leases.check(Lease(), now, call.lease, "File", writes=True)
        return Lease()
    leases.check(entry.lease, now, call.lease, "File", writes=True)
    opening.check_writable(entry)
    return entry.lease


def _stage(call: Call, size: int) -> str:
    """Make the file aside, of its size; return its name among what is staged."""
    if call.staged is not None and call.staged.size:
        if call.staged.size > size:
            raise StorageError("InvalidRange")
        check_md5(call.request, call.staged)
        path = call.staged.path
    else:
        path = call.store.staged()
        path.touch()
    with path.open("r+b") as file:
        file.truncate(size)
    return path.name


def _size(call: Call) -> int | None:
    size = call.request.number("x-ms-content-length")
    if size is not None and size > LARGEST_FILE:
        raise bad_header("x-ms-content-length", str(size))
    return size


def _headers(found: Opened) -> dict[str, str]:
    smb_headers = smb.headers(found.entry, found.identity, found.place.parent)
    return changed_headers(found.entry.changed) | smb_headers

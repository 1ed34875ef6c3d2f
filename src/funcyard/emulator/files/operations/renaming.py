"""Rename File and Rename Directory, within one share."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from funcyard.emulator.files import leases, names, smb
from funcyard.emulator.files.call import Answer, changed_headers
from funcyard.emulator.files.errors import StorageError, bad_header
from funcyard.emulator.files.operations import opening
from funcyard.emulator.files.store import tree
from funcyard.emulator.files.store.journal import Change
from funcyard.emulator.files.store.records import Lease
from funcyard.emulator.files.store.steps import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.emulator.files.call import Call
    from funcyard.emulator.files.operations.opening import Opened
    from funcyard.emulator.files.store.tree import Place


def rename_file(call: Call) -> Answer:
    """Rename File."""
    return _rename(call, directory=False)


def rename_directory(call: Call) -> Answer:
    """Rename Directory, with everything in it."""
    return _rename(call, directory=True)


def _rename(call: Call, *, directory: bool) -> Answer:
    request, store, share = call.request, call.store, call.share()
    call.refuse(*smb.UNIX)
    with _places(call, directory=directory) as (source, target):
        _check(call, source, target)
        entry, now = source.entry, store.now()
        if not directory:
            source_lease = request.header("x-ms-source-lease-id")
            leases.check(entry.lease, now, source_lease, "File", writes=True)
        changes = smb.adjust(entry, store, share.number, request, directory=directory, now=now)
        if request.metadata:
            entry.metadata = names.check_metadata(request.metadata)
        if content_type := request.header("x-ms-content-type"):
            entry.headers = {**entry.headers, "Content-Type": content_type}
        entry.lease = Lease() if directory else entry.lease
        wanted = (*target.path[:-1], call.parts[-1])
        folded = tuple(names.fold(part) for part in wanted)
        step = Step(
            "move",
            store.root(share),
            source.place.path,
            target=wanted,
            inode=source.inode,
            mtime=smb.mtime(entry) if changes and not directory else None,
        )
        change = Change(step)
        if folded != source.place.folded:
            change.drop_entry(share.number, folded)
            change.move_entry(share.number, source.place.folded, folded)
        change.put_entry(share.number, folded, entry)
        store.journal.make(change)
    with opening.opened(store, share, call.parts, directory=directory, reads=False) as moved:
        headers = changed_headers(moved.entry.changed) | {"x-ms-request-server-encrypted": "true"}
        return Answer(200, headers | smb.headers(moved.entry, moved.identity, moved.place.parent))


@contextmanager
def _places(call: Call, *, directory: bool) -> Iterator[tuple[Opened, Place]]:
    """Lend what is renamed, and where it goes."""
    url = call.request.header("x-ms-file-rename-source")
    if url is None:
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-file-rename-source")
    store, share = call.store, call.share()
    source = call.sources(call, url, "w")
    if source.share.number != share.number or not source.parts:
        raise bad_header("x-ms-file-rename-source", url.partition("?")[0])
    with (
        opening.opened(store, share, source.parts, directory=directory, reads=True) as found,
        tree.find(store.folder(share), call.parts) as target,
    ):
        yield found, target


def _check(call: Call, source: Opened, target: Place) -> None:
    """Refuse what would replace something that may not be, or end inside itself."""
    request = call.request
    if not call.parts:
        raise StorageError("ResourceAlreadyExists")
    ignore_read_only = request.flag("x-ms-file-rename-ignore-readonly")
    if not ignore_read_only:
        opening.check_writable(source.entry)
    inside = target.folded[: len(source.place.folded)] == source.place.folded
    if inside and len(target.folded) > len(source.place.folded):
        raise bad_header("x-ms-file-rename-source", "a directory cannot go into itself")
    given = request.header("x-ms-destination-lease-id")
    if target.status is None or target.status.st_ino == source.inode:
        leases.check(Lease(), call.store.now(), given, "File", writes=True)
        return
    if not target.is_file or not request.flag("x-ms-file-rename-replace-if-exists"):
        raise StorageError("ResourceAlreadyExists")
    entry = opening.known(call.store, source.share, target)
    leases.check(entry.lease, call.store.now(), given, "File", writes=True)
    if not ignore_read_only:
        opening.check_writable(entry)

"""Snapshot Share: a copy of the whole share, taken between two requests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from funcyard.emulator.files import names, smb, times
from funcyard.emulator.files.call import Answer, changed_headers
from funcyard.emulator.files.store.copies import copy_tree
from funcyard.emulator.files.store.journal import Change
from funcyard.emulator.files.store.records import Lease
from funcyard.emulator.files.store.steps import Step

if TYPE_CHECKING:
    from funcyard.emulator.files.call import Call
    from funcyard.emulator.files.store.records import Share


def create(call: Call) -> Answer:
    """Snapshot Share. Where the file system shares blocks, the copy takes no room."""
    store, share = call.store, call.share()
    now = store.now()
    metadata = names.check_metadata(call.request.metadata) or dict(share.metadata)
    snapshot = replace(
        share, number=0, snapshot=times.iso(now), changed=now, metadata=metadata, lease=Lease()
    )
    staged = store.staged()
    numbers = copy_tree(store.folder(share), staged)
    _identify(call, share, numbers)
    change = Change(Step("place-snapshot", store.root(snapshot), staged=staged.name))
    change.put_snapshot(snapshot, share.number)
    store.journal.make(change)
    return Answer(201, changed_headers(now) | {"x-ms-snapshot": snapshot.snapshot})


def _identify(call: Call, share: Share, numbers: dict[str, int]) -> None:
    """Write down by what number each file is known, which its copy in the snapshot keeps."""
    database = call.store.database
    with database.transaction():
        for path, number in numbers.items():
            if not all(names.is_entry(part) for part in path.split("/")):
                continue  # which no client can name
            folded = tuple(names.fold(part) for part in path.split("/"))
            entry = database.entry(share.number, folded)
            if entry is None:
                status = (call.store.folder(share) / path).stat()
                entry = smb.adopted(status, directory=smb.is_directory(status))
            if entry.identity == 0:
                entry.identity = number
                database.put_entry(share.number, folded, entry)

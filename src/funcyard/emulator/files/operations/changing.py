"""What changes a file or directory that is there: a step on the files, then what is noted of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.files import names
from funcyard.emulator.files.call import Answer, changed_headers
from funcyard.emulator.files.operations import opening
from funcyard.emulator.files.store.journal import Change
from funcyard.emulator.files.store.steps import Step

if TYPE_CHECKING:
    from funcyard.emulator.files.call import Call
    from funcyard.emulator.files.operations.opening import Opened


def keep(call: Call, found: Opened, step: Step | None = None) -> None:
    """Note what is known of it now.

    Args:
        call: What asks for that.
        found: What was changed.
        step: What is done on the files first.
    """
    change = Change(step)
    change.put_entry(found.share.number, found.place.folded, found.entry)
    call.store.journal.make(change)


def set_metadata(call: Call, found: Opened) -> Answer:
    """Replace its metadata by those of the request.

    Raises:
        StorageError: They cannot be metadata.
    """
    found.entry.metadata = names.check_metadata(call.request.metadata)
    found.entry.changed = call.store.now()
    keep(call, found)
    encrypted = {"x-ms-request-server-encrypted": "true"}
    return Answer(200, changed_headers(found.entry.changed) | encrypted)


def remove(call: Call, found: Opened) -> Answer:
    """Delete it.

    Raises:
        StorageError: It is read-only, or a directory that is not empty.
    """
    opening.check_writable(found.entry)
    place = found.place
    step = Step("remove", call.store.root(found.share), place.path, inode=found.inode)
    change = Change(step)
    change.drop_entry(found.share.number, place.folded)
    call.store.journal.make(change)
    return Answer(202)

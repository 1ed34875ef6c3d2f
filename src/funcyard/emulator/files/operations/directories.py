"""Directories: created, deleted, their properties and metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.files import names, smb
from funcyard.emulator.files.call import Answer, changed_headers
from funcyard.emulator.files.errors import StorageError
from funcyard.emulator.files.operations import changing, opening
from funcyard.emulator.files.store import tree
from funcyard.emulator.files.store.journal import Change
from funcyard.emulator.files.store.steps import Step

if TYPE_CHECKING:
    from funcyard.emulator.files.call import Call
    from funcyard.emulator.files.operations.opening import Opened

_ENCRYPTED = {"x-ms-request-server-encrypted": "true"}


def create(call: Call) -> Answer:
    """Create Directory."""
    call.refuse(*smb.UNIX)
    store, share = call.store, call.share()
    with tree.find(store.folder(share), call.parts) as place:
        if place.status is not None:
            code = "ResourceAlreadyExists" if place.is_directory else "ResourceTypeMismatch"
            raise StorageError(code)
        entry = smb.new_entry(store, share.number, call.request, directory=True, now=store.now())
        entry.metadata = names.check_metadata(call.request.metadata)
        change = Change(Step("make-directory", store.root(share), place.path))
        change.drop_entry(share.number, place.folded)
        change.put_entry(share.number, place.folded, entry)
        store.journal.make(change)
    with opening.a_directory(call) as made:
        return Answer(201, _headers(made) | _ENCRYPTED)


def properties(call: Call) -> Answer:
    """Get Directory Properties, and Get Directory Metadata."""
    with opening.a_directory(call, reads=True) as found:
        metadata = {f"x-ms-meta-{name}": value for name, value in found.entry.metadata.items()}
        return Answer(200, _headers(found) | metadata | {"x-ms-server-encrypted": "true"})


def set_properties(call: Call) -> Answer:
    """Set Directory Properties."""
    call.refuse(*smb.UNIX)
    with opening.a_directory(call) as found:
        now = call.store.now()
        number = found.share.number
        smb.update(found.entry, call.store, number, call.request, directory=True, now=now)
        changing.keep(call, found)
        return Answer(200, _headers(found) | _ENCRYPTED)


def set_metadata(call: Call) -> Answer:
    """Set Directory Metadata."""
    with opening.a_directory(call) as found:
        return changing.set_metadata(call, found)


def delete(call: Call) -> Answer:
    """Delete Directory, which must be empty."""
    if not call.parts:
        raise StorageError("UnsupportedHttpVerb")
    with opening.a_directory(call) as found:
        return changing.remove(call, found)


def _headers(found: Opened) -> dict[str, str]:
    smb_headers = smb.headers(found.entry, found.identity, found.place.parent)
    return changed_headers(found.entry.changed) | smb_headers

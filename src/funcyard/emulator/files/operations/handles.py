"""List Handles and Force Close Handles: handles are SMB clients', and there are none here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.files import xml
from funcyard.emulator.files.call import Answer
from funcyard.emulator.files.errors import StorageError
from funcyard.emulator.files.paging import page_size
from funcyard.emulator.files.store import tree

if TYPE_CHECKING:
    from funcyard.emulator.files.call import Call


def list_handles(call: Call) -> Answer:
    """List Handles."""
    _check_present(call)
    page_size(call.request.query)
    content = xml.element("EnumerationResults", "<Entries /><NextMarker />")
    return Answer(200, {"Content-Type": "application/xml"}, xml.document(content))


def close_handles(call: Call) -> Answer:
    """Force Close Handles."""
    if call.request.header("x-ms-handle-id") is None:
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-handle-id")
    _check_present(call)
    closed = {"x-ms-number-of-handles-closed": "0", "x-ms-number-of-handles-failed": "0"}
    return Answer(200, closed)


def _check_present(call: Call) -> None:
    with tree.find(call.store.folder(call.share()), call.parts) as place:
        if place.status is None or place.is_other:
            raise StorageError("ResourceNotFound")

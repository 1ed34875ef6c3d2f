"""Create Permission and Get Permission: security descriptors of a share, in SDDL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from funcyard.emulator.files import descriptors
from funcyard.emulator.files.call import Answer
from funcyard.emulator.files.errors import StorageError, unsupported_header

if TYPE_CHECKING:
    from funcyard.emulator.files.call import Call


def create(call: Call) -> Answer:
    """Create Permission."""
    share = call.share()
    try:
        body = json.loads(call.document)
        descriptor, form = body["permission"], body.get("format") or "sddl"
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StorageError("InvalidInput") from None
    if not isinstance(form, str) or form.lower() != "sddl":
        raise unsupported_header("format")
    if not isinstance(descriptor, str):
        raise StorageError("FileInvalidPermission")
    key = descriptors.keep(call.store, share.number, descriptor)
    return Answer(201, {"x-ms-file-permission-key": key})


def get(call: Call) -> Answer:
    """Get Permission."""
    share = call.share()
    descriptors.check_format(call.request)
    key = call.request.header("x-ms-file-permission-key")
    if key is None:
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-file-permission-key")
    body = json.dumps({"permission": descriptors.find(call.store, share.number, key)})
    return Answer(200, {"Content-Type": "application/json"}, body.encode())

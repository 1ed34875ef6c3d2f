"""Which operation a request means, by what it is for, its method, ``restype`` and ``comp``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.files.errors import StorageError, bad_query
from funcyard.emulator.files.operation import Operation
from funcyard.emulator.files.operations import (
    copying,
    directories,
    files,
    handles,
    lease_calls,
    listing,
    listing_shares,
    permissions,
    ranges,
    renaming,
    service,
    shares,
    snapshots,
)

if TYPE_CHECKING:
    from funcyard.emulator.files.request import Address, Request

_Key = tuple[str, str, str, str]
"""What it is for, method, ``restype``, ``comp``."""


_LIST: Final = Operation(
    "List Directories and Files", listing.list_directory, "container", "l", "l", in_snapshot=True
)
_HANDLES: Final = Operation(
    "List Handles", handles.list_handles, "object", "r", "r", in_snapshot=True
)
_CLOSE: Final = Operation(
    "Force Close Handles", handles.close_handles, "object", "w", "w", in_snapshot=True
)
_SHARE: Final = Operation(
    "Get Share Properties", shares.properties, "container", "r", in_snapshot=True
)
_ACL: Final = Operation("Get Share ACL", shares.policies, "container", "")
_STATS: Final = Operation("Get Share Stats", shares.statistics, "container", "r")
_DIRECTORY: Final = Operation(
    "Get Directory Properties", directories.properties, "object", "r", "r", in_snapshot=True
)
_FILE: Final = Operation(
    "Get File Properties", files.properties, "object", "r", "r", in_snapshot=True
)
_RANGES: Final = Operation("List Ranges", ranges.listed, "object", "r", "r", in_snapshot=True)

OPERATIONS: Final[dict[_Key, Operation]] = {
    ("service", "GET", "", "list"): Operation(
        "List Shares", listing_shares.list_shares, "service", "l"
    ),
    ("service", "GET", "service", "properties"): Operation(
        "Get File Service Properties", service.properties, "service", "r"
    ),
    ("service", "PUT", "service", "properties"): Operation(
        "Set File Service Properties", service.set_properties, "service", "w", body="document"
    ),
    ("share", "PUT", "share", ""): Operation("Create Share", shares.create, "container", "cw"),
    ("share", "GET", "share", ""): _SHARE,
    ("share", "HEAD", "share", ""): _SHARE,
    ("share", "GET", "share", "metadata"): _SHARE,
    ("share", "HEAD", "share", "metadata"): _SHARE,
    ("share", "DELETE", "share", ""): Operation(
        "Delete Share", shares.delete, "container", "d", in_snapshot=True
    ),
    ("share", "PUT", "share", "properties"): Operation(
        "Set Share Properties", shares.set_properties, "container", "w"
    ),
    ("share", "PUT", "share", "metadata"): Operation(
        "Set Share Metadata", shares.set_metadata, "container", "w"
    ),
    ("share", "GET", "share", "acl"): _ACL,
    ("share", "HEAD", "share", "acl"): _ACL,
    ("share", "PUT", "share", "acl"): Operation(
        "Set Share ACL", shares.set_policies, "container", "", body="document"
    ),
    ("share", "GET", "share", "stats"): _STATS,
    ("share", "PUT", "share", "lease"): Operation(
        "Lease Share", lease_calls.lease_share, "container", "wd", in_snapshot=True
    ),
    ("share", "PUT", "share", "snapshot"): Operation(
        "Snapshot Share", snapshots.create, "container", "cw"
    ),
    ("share", "PUT", "share", "filepermission"): Operation(
        "Create Permission", permissions.create, "container", "cw", body="document"
    ),
    ("share", "GET", "share", "filepermission"): Operation(
        "Get Permission", permissions.get, "container", "r"
    ),
    ("path", "PUT", "directory", ""): Operation(
        "Create Directory", directories.create, "object", "cw", "cw"
    ),
    ("path", "GET", "directory", ""): _DIRECTORY,
    ("path", "HEAD", "directory", ""): _DIRECTORY,
    ("path", "GET", "directory", "metadata"): _DIRECTORY,
    ("path", "HEAD", "directory", "metadata"): _DIRECTORY,
    ("path", "GET", "directory", "list"): _LIST,
    ("path", "DELETE", "directory", ""): Operation(
        "Delete Directory", directories.delete, "object", "d", "d"
    ),
    ("path", "PUT", "directory", "properties"): Operation(
        "Set Directory Properties", directories.set_properties, "object", "w", "w"
    ),
    ("path", "PUT", "directory", "metadata"): Operation(
        "Set Directory Metadata", directories.set_metadata, "object", "w", "w"
    ),
    ("path", "PUT", "directory", "rename"): Operation(
        "Rename Directory", renaming.rename_directory, "object", "w", "w"
    ),
    ("path", "GET", "", "listhandles"): _HANDLES,
    ("path", "PUT", "", "forceclosehandles"): _CLOSE,
    ("path", "PUT", "", ""): Operation(
        "Create File", files.create, "object", "cw", "cw", body="data"
    ),
    ("path", "GET", "", ""): Operation(
        "Get File", ranges.read, "object", "r", "r", in_snapshot=True
    ),
    ("path", "HEAD", "", ""): _FILE,
    ("path", "GET", "", "metadata"): _FILE,
    ("path", "HEAD", "", "metadata"): _FILE,
    ("path", "DELETE", "", ""): Operation("Delete File", files.delete, "object", "d", "d"),
    ("path", "PUT", "", "properties"): Operation(
        "Set File Properties", files.set_properties, "object", "w", "w"
    ),
    ("path", "PUT", "", "metadata"): Operation(
        "Set File Metadata", files.set_metadata, "object", "w", "w"
    ),
    ("path", "PUT", "", "lease"): Operation(
        "Lease File", lease_calls.lease_file, "object", "w", "w"
    ),
    ("path", "PUT", "", "range"): Operation(
        "Put Range", ranges.put, "object", "w", "w", body="data"
    ),
    ("path", "GET", "", "rangelist"): _RANGES,
    ("path", "HEAD", "", "rangelist"): _RANGES,
    ("path", "PUT", "", "copy"): Operation("Abort Copy File", copying.abort, "object", "w", "w"),
    ("path", "PUT", "", "rename"): Operation(
        "Rename File", renaming.rename_file, "object", "w", "w"
    ),
}
"""Every operation of the service."""

COPY: Final = Operation("Copy File", copying.copy_file, "object", "cw", "cw")
"""A creation whose content is that of another file."""


def find(request: Request, address: Address) -> Operation:
    """Return what a request means.

    Raises:
        StorageError: Nothing that this service does.
    """
    restype = request.query.get("restype", "").lower()
    comp = request.query.get("comp", "").lower()
    kind = "service" if address.share is None else "path"
    if kind == "path" and not address.path.strip("/"):
        kind = "share" if restype == "share" else "root"
    found = OPERATIONS.get(("path" if kind == "root" else kind, request.method, restype, comp))
    if found is None or (kind == "root" and _needs_file(restype, comp)):
        raise _unknown(kind, restype, comp)
    if found.handler is files.create and request.header("x-ms-copy-source") is not None:
        found = COPY
    if "sharesnapshot" in request.query and not found.in_snapshot:
        raise StorageError("ShareSnapshotOperationNotSupported")
    return found


def _needs_file(restype: str, comp: str) -> bool:
    return restype != "directory" and comp not in {"listhandles", "forceclosehandles"}


def _unknown(kind: str, restype: str, comp: str) -> StorageError:
    """Say what of the request is not known: the method, or before it comp, or restype."""
    known = [key for key in OPERATIONS if key[0] == ("path" if kind == "root" else kind)]
    if restype not in {key[2] for key in known}:
        return bad_query("restype", restype)
    if comp not in {key[3] for key in known if key[2] == restype}:
        return bad_query("comp", comp)
    return StorageError("UnsupportedHttpVerb")

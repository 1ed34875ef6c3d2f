"""The properties of a file as SMB knows them: attributes and four times, from and to headers."""

from __future__ import annotations

import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.files import descriptors, times
from funcyard.emulator.files.errors import bad_header
from funcyard.emulator.files.store.records import Entry

if TYPE_CHECKING:
    import os

    from funcyard.emulator.files.request import Request
    from funcyard.emulator.files.store.store import Store

_ATTRIBUTES: Final = (
    "ReadOnly",
    "Hidden",
    "System",
    "Directory",
    "Archive",
    "Temporary",
    "Offline",
    "NotContentIndexed",
    "NoScrubData",
)
_BY_NAME: Final = {name.lower(): name for name in _ATTRIBUTES}
_EARLIEST: Final = -11_644_473_600 * times.TICKS
"""1601, where the file times of Windows begin."""
_LATEST_ON_DISK: Final = 2**32 * times.TICKS

UNIX: Final = ("x-ms-owner", "x-ms-group", "x-ms-mode", "x-ms-file-file-type")
"""Properties of files of NFS shares, which are not supported."""


def new_entry(store: Store, share: int, request: Request, *, directory: bool, now: int) -> Entry:
    """Return a new file or directory as a request describes it.

    Raises:
        StorageError: A header is not what it should be.
    """
    attributes = _attributes(request, "Directory" if directory else "Archive", directory=directory)
    return Entry(
        changed=now,
        created=_time(request, "x-ms-file-creation-time", now, now),
        written=_time(request, "x-ms-file-last-write-time", now, now),
        smb_changed=_time(request, "x-ms-file-change-time", now, now),
        attributes=attributes,
        permission=descriptors.asked_for(store, share, request, None),
    )


def update(
    entry: Entry, store: Store, share: int, request: Request, *, directory: bool, now: int
) -> None:
    """Give a file or directory the properties that a request has; others stay as they are.

    Raises:
        StorageError: A header is not what it should be.
    """
    attributes = _attributes(request, entry.attributes, directory=directory)
    created = _time(request, "x-ms-file-creation-time", now, entry.created)
    written = _time(request, "x-ms-file-last-write-time", now, entry.written)
    smb_changed = _time(request, "x-ms-file-change-time", now, now)
    entry.permission = descriptors.asked_for(store, share, request, entry.permission)
    entry.attributes, entry.created, entry.written = attributes, created, written
    entry.smb_changed = smb_changed
    entry.changed = now


def adjust(
    entry: Entry, store: Store, share: int, request: Request, *, directory: bool, now: int
) -> bool:
    """Give what is renamed the properties that a request has; return whether a time was among them.

    Raises:
        StorageError: A header is not what it should be.
    """
    written, smb_changed = entry.written, entry.smb_changed
    update(entry, store, share, request, directory=directory, now=now)
    if request.header("x-ms-file-change-time") is None:
        entry.smb_changed = smb_changed
    return entry.written != written


def is_read_only(entry: Entry) -> bool:
    """Whether the attribute is set."""
    return "ReadOnly" in entry.attributes.split("|")


def headers(entry: Entry, identity: int, parent: int) -> dict[str, str]:
    """Return the headers that every answer about a file or directory has."""
    return {
        "x-ms-file-change-time": times.iso(entry.smb_changed),
        "x-ms-file-last-write-time": times.iso(entry.written),
        "x-ms-file-creation-time": times.iso(entry.created),
        "x-ms-file-permission-key": entry.permission,
        "x-ms-file-attributes": entry.attributes.replace("|", " | "),
        "x-ms-file-id": str(identity),
        "x-ms-file-parent-id": str(parent),
    }


def mtime(entry: Entry) -> int:
    """Return the modification time that a file has on disk, in nanoseconds.

    A last write that file systems cannot hold is shown by REST only.
    """
    written = entry.written if 0 <= entry.written < _LATEST_ON_DISK else entry.changed
    return written * 100


def adopted(status: os.stat_result, *, directory: bool) -> Entry:
    """Return what is said of something that was made through the mount."""
    written = times.of_ns(status.st_mtime_ns)
    return Entry(
        changed=written,
        created=min(written, times.of_ns(status.st_ctime_ns)),
        written=written,
        smb_changed=times.of_ns(status.st_ctime_ns),
        attributes="Directory" if directory else "Archive",
        permission=descriptors.key_of(descriptors.INHERITED),
        ranges=None,
        seen=(status.st_mtime_ns, status.st_size),
    )


def refreshed(entry: Entry, status: os.stat_result) -> Entry:
    """Return what is known of a file, corrected where it was written through the mount since."""
    if entry.seen == (status.st_mtime_ns, status.st_size):
        return entry
    entry.written = entry.smb_changed = entry.changed = times.of_ns(status.st_mtime_ns)
    entry.seen = (status.st_mtime_ns, status.st_size)
    entry.md5, entry.ranges = None, None
    return entry


def _attributes(request: Request, current: str, *, directory: bool) -> str:
    value = request.header("x-ms-file-attributes")
    if value is None or value.strip().lower() == "preserve":
        return current
    wanted = {part.strip().lower() for part in value.replace(",", "|").split("|")} - {"", "none"}
    if not wanted <= set(_BY_NAME) or ("directory" in wanted and not directory):
        raise bad_header("x-ms-file-attributes", value)
    if directory:
        wanted.add("directory")
    elif not wanted:
        return "Archive" if current == "Archive" else "None"
    return "|".join(name for name in _ATTRIBUTES if name.lower() in wanted)


def _time(request: Request, name: str, now: int, current: int) -> int:
    value = request.header(name)
    if value is None or value.lower() == "preserve":
        return current
    if value.lower() == "now":
        return now
    ticks = times.parse_iso(value)
    if ticks is None or ticks < _EARLIEST:
        raise bad_header(name, value)
    return ticks


def with_headers(request: Request, headers: dict[str, str]) -> Request:
    """Return a request with other headers."""
    return replace(request, headers=headers)


def with_archive(attributes: str) -> str:
    """Return attributes with ``Archive`` among them."""
    given = set(attributes.split("|")) | {"Archive"}
    return "|".join(name for name in _ATTRIBUTES if name in given)


def is_directory(status: os.stat_result) -> bool:
    """Whether that is a directory."""
    return stat.S_ISDIR(status.st_mode)

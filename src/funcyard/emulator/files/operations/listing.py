"""List Directories and Files: one directory, by name, in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from funcyard.emulator.files import names, smb, times, xml
from funcyard.emulator.files.call import Answer
from funcyard.emulator.files.errors import bad_query
from funcyard.emulator.files.operations import opening
from funcyard.emulator.files.paging import page_of
from funcyard.emulator.files.store import tree

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from funcyard.emulator.files.call import Call
    from funcyard.emulator.files.store.records import Entry

_INCLUDED: Final = frozenset({"timestamps", "etag", "attributes", "permissionkey"})


def list_directory(call: Call) -> Answer:
    """List Directories and Files."""
    query = call.request.query
    include = {one.strip().lower() for one in query.get("include", "").split(",")} - {""}
    if not include <= _INCLUDED:
        raise bad_query("include", query["include"])
    extended = call.request.flag("x-ms-file-extended-info") or bool(include)
    prefix = names.fold(query.get("prefix", ""))
    store = call.store
    with opening.a_directory(call, reads=True) as found:
        items = [
            item for item in tree.children(found.place) if names.fold(item[0]).startswith(prefix)
        ]
        page = page_of(query, items, lambda item: (names.fold(item[0]), item[0]))
        entries = store.database.entries(found.share.number, found.place.folded)
        shown = "".join(
            _item(name, status, entries.get(names.fold(name)), include, extended=extended)
            for name, status in page.items
        )
        snapshot = {"ShareSnapshot": found.share.snapshot} if found.share.snapshot else {}
        body = xml.element(
            "EnumerationResults",
            _encoded("Prefix", query.get("prefix"))
            + xml.text("Marker", query.get("marker"))
            + xml.text("MaxResults", query.get("maxresults"))
            + xml.text("DirectoryId", found.identity if extended else None)
            + xml.element("Entries", shown)
            + xml.text("NextMarker", page.next_marker),
            ServiceEndpoint=call.address.endpoint,
            ShareName=found.share.name,
            **snapshot,
            **_directory_path("/".join(call.parts)),
        )
    return Answer(200, {"Content-Type": "application/xml"}, xml.document(body))


def _item(
    name: str, status: os.stat_result, entry: Entry | None, include: set[str], *, extended: bool
) -> str:
    directory = tree.is_directory(status)
    if entry is None:
        entry = smb.adopted(status, directory=directory)
    elif not directory:
        entry = smb.refreshed(entry, status)
    properties = "" if directory else xml.text("Content-Length", status.st_size)
    if "timestamps" in include:
        properties += _when(times.iso, CreationTime=entry.created, LastAccessTime=entry.written)
        properties += _when(times.iso, LastWriteTime=entry.written, ChangeTime=entry.smb_changed)
        properties += _when(times.rfc1123, **{"Last-Modified": entry.changed})
    if "etag" in include:
        properties += xml.text("Etag", times.etag(entry.changed))
    shown = _encoded("Name", name)
    if extended:
        shown += xml.text("FileId", entry.identity or status.st_ino)
    shown += xml.element("Properties", properties)
    if "attributes" in include:
        shown += xml.text("Attributes", entry.attributes.replace("|", " | "))
    if "permissionkey" in include:
        shown += xml.text("PermissionKey", entry.permission)
    return xml.element("Directory" if directory else "File", shown)


def _when(form: Callable[[int], str], **moments: int) -> str:
    return "".join(xml.text(name, form(moment)) for name, moment in moments.items())


def _encoded(name: str, value: str | None) -> str:
    """Return a text that may hold what XML cannot: percent-encoded then, and marked so."""
    if value is None or xml.holds(value):
        return xml.text(name, value)
    return xml.text(name, quote(value), Encoded="true")


def _directory_path(path: str) -> dict[str, str]:
    if xml.holds(path):
        return {"DirectoryPath": path}
    return {"DirectoryPath": quote(path), "Encoded": "true"}

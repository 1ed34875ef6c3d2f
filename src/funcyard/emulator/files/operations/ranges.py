"""The bytes of files: read, written, cleared, and which of them are valid."""

from __future__ import annotations

import base64
import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from funcyard.emulator.files import smb, xml
from funcyard.emulator.files.call import Answer, Content, Staged, changed_headers
from funcyard.emulator.files.content import check_md5, span_of
from funcyard.emulator.files.errors import StorageError, bad_header
from funcyard.emulator.files.operation import LARGEST_DATA
from funcyard.emulator.files.operations import changing, opening
from funcyard.emulator.files.operations.files import file_headers
from funcyard.emulator.files.paging import page_of
from funcyard.emulator.files.store import spans, tree
from funcyard.emulator.files.store.steps import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.emulator.files.call import Call
    from funcyard.emulator.files.operations.opening import Opened
    from funcyard.emulator.files.store.records import Share

_RANGE_HEADERS: Final = ("x-ms-range", "range")
_ENCRYPTED: Final = {"x-ms-request-server-encrypted": "true"}


def read(call: Call) -> Answer:
    """Get File: the whole, or one range."""
    request = call.request
    call.refuse("x-ms-structured-body")
    with opening.a_file(call, reads=True) as found:
        headers = file_headers(found, call.store.now())
        headers["Accept-Ranges"] = "bytes"
        size = found.size
        span = span_of(request, *_RANGE_HEADERS)
        wants_md5 = request.flag("x-ms-range-get-content-md5")
        if span is None:
            if wants_md5:
                raise bad_header("x-ms-range-get-content-md5", "true")
            first, length, status = 0, size, 200
        else:
            first = span[0]
            if first >= size:
                raise StorageError("InvalidRange")
            last = size - 1 if span[1] is None else min(span[1], size - 1)
            length, status = last - first + 1, 206
            headers["Content-Range"] = f"bytes {first}-{last}/{size}"
            if whole := headers.pop("Content-MD5", None):
                headers["x-ms-content-md5"] = whole
        file = tree.open_file(found.place)
    if wants_md5:
        if length > LARGEST_DATA:
            os.close(file)
            raise StorageError("OutOfRangeInput")
        headers["Content-MD5"] = _md5(os.pread(file, length, first))
    headers["Content-Length"] = str(length)
    headers.update(call.grant.overrides)
    return Answer(status, headers, Content(file, first, length))


def put(call: Call) -> Answer:
    """Put Range: write a range or clear one; Put Range from URL, where a source is named."""
    request = call.request
    call.refuse("x-ms-structured-body")
    span = span_of(request, *_RANGE_HEADERS)
    if span is None:
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-range")
    first, last = span
    if last is None:
        raise bad_header("x-ms-range", f"bytes={first}-")
    way = request.header("x-ms-write")
    if way is None:
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-write")
    if way.lower() == "clear":
        return _clear(call, first, last)
    if way.lower() != "update":
        raise bad_header("x-ms-write", way)
    if last - first + 1 > LARGEST_DATA:
        raise StorageError("RequestBodyTooLarge", MaxLimit=str(LARGEST_DATA))
    if request.header("x-ms-copy-source") is not None:
        staged = _staged_from_source(call, last - first + 1)
    elif call.staged is None:
        raise StorageError("MissingContentLengthHeader")
    else:
        staged = call.staged
        check_md5(request, staged)
    if staged.size != last - first + 1:
        raise bad_header("content-length", str(staged.size))
    return _write(call, first, last, staged)


def listed(call: Call) -> Answer:
    """List Ranges; with ``prevsharesnapshot`` what changed since that snapshot."""
    with opening.a_file(call, reads=True) as found:
        size = found.size
        valid = opening.ranges_of(found)
        cleared: list[spans.Span] = []
        if previous := call.request.query.get("prevsharesnapshot"):
            valid, cleared = _since(call, found, previous, valid)
        if span := span_of(call.request, *_RANGE_HEADERS):
            last = size if span[1] is None else span[1]
            valid, cleared = (spans.within(one, span[0], last) for one in (valid, cleared))
        items = [(span, "Range") for span in valid] + [(span, "ClearRange") for span in cleared]
        paged = bool({"marker", "maxresults"} & set(call.request.query))
        page = page_of(
            call.request.query, sorted(items), lambda item: (f"{item[0][0]:020}",), whole=not paged
        )
        content = "".join(
            xml.element(name, xml.text("Start", first) + xml.text("End", end))
            for (first, end), name in page.items
        )
        if paged:
            content += xml.text("NextMarker", page.next_marker)
        headers = {
            "Content-Type": "application/xml",
            **changed_headers(found.entry.changed),
            "x-ms-content-length": str(size),
        }
    return Answer(200, headers, xml.document(xml.element("Ranges", content)))


def _write(call: Call, first: int, last: int, staged: Staged) -> Answer:
    with opening.a_file(call) as found:
        _check_within(found, last)
        _touch(call, found)
        entry = found.entry
        entry.ranges = spans.marked(opening.ranges_of(found), first, last, found.size)
        _note(call, found, first, last)
        _reserve(found, first, last)
        step = Step(
            "write",
            call.store.root(found.share),
            found.place.path,
            staged=staged.path.name,
            inode=found.inode,
            offset=first,
            mtime=smb.mtime(entry),
        )
        changing.keep(call, found, step)
        return Answer(201, _answer(found) | {"Content-MD5": staged.md5})


def _clear(call: Call, first: int, last: int) -> Answer:
    if call.staged is not None and call.staged.size:
        raise bad_header("content-length", str(call.staged.size))
    with opening.a_file(call) as found:
        _check_within(found, last)
        _touch(call, found)
        entry = found.entry
        entry.ranges = spans.cleared(opening.ranges_of(found), first, last, found.size)
        _note(call, found, first, last)
        step = Step(
            "zero",
            call.store.root(found.share),
            found.place.path,
            inode=found.inode,
            spans=((first, last),),
            mtime=smb.mtime(entry),
        )
        changing.keep(call, found, step)
        return Answer(201, _answer(found))


def _check_within(found: Opened, last: int) -> None:
    if last >= found.size:
        raise StorageError("InvalidRange")
    opening.check_writable(found.entry)


def _touch(call: Call, found: Opened) -> None:
    """Set the times that a write sets; ``preserve`` keeps the last write as it was."""
    way = (call.request.header("x-ms-file-last-write-time") or "now").lower()
    if way not in {"now", "preserve"}:
        raise bad_header("x-ms-file-last-write-time", way)
    entry = found.entry
    entry.changed = entry.smb_changed = call.store.now()
    if way == "now":
        entry.written = entry.changed


def _note(call: Call, found: Opened, first: int, last: int) -> None:
    """Remember that a range is touched after the share's latest snapshot, if it has one."""
    share = found.share
    if stamp := call.store.database.latest_snapshot(share.account, share.name):
        known = found.entry.touched.get(stamp, [])
        found.entry.touched[stamp] = spans.marked(known, first, last, found.size)


def _reserve(found: Opened, first: int, last: int) -> None:
    """Have the disk's room for a range before anything is written down, where that can be had."""
    if not hasattr(os, "posix_fallocate"):  # macOS
        return
    # The C library reads, too, where the file system cannot do it by itself.
    file = tree.open_file(found.place, os.O_RDWR)
    try:
        before = os.fstat(file)
        os.posix_fallocate(file, first, last - first + 1)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # it was no write yet
    finally:
        os.close(file)


def _answer(found: Opened) -> dict[str, str]:
    written = smb.headers(found.entry, 0, 0)["x-ms-file-last-write-time"]
    return (
        changed_headers(found.entry.changed) | {"x-ms-file-last-write-time": written} | _ENCRYPTED
    )


def _staged_from_source(call: Call, length: int) -> Staged:
    """Gather a range of another file of this server."""
    request = call.request
    call.refuse(
        "x-ms-copy-source-authorization",
        "x-ms-source-content-crc64",
        "x-ms-source-if-match-crc64",
        "x-ms-source-if-none-match-crc64",
    )
    if call.staged is not None and call.staged.size:
        raise bad_header("content-length", str(call.staged.size))
    span = span_of(request, "x-ms-source-range")
    if span is None:
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-source-range")
    source = call.sources(call, request.headers["x-ms-copy-source"], "r")
    with opening.opened(
        call.store, source.share, source.parts, directory=False, reads=True
    ) as found:
        file = tree.open_file(found.place)
        try:
            end = length if span[1] is None else span[1] - span[0] + 1
            data = os.pread(file, min(end, length), span[0])
        finally:
            os.close(file)
    if len(data) != length:
        raise StorageError("InvalidRange")
    path = call.store.staged()
    path.write_bytes(data)
    return Staged(path, len(data), _md5(data))


def _since(
    call: Call, found: Opened, previous: str, valid: list[spans.Span]
) -> tuple[list[spans.Span], list[spans.Span]]:
    """Return what was written and what was cleared since a snapshot."""
    store, share = call.store, found.share
    before = store.share(share.account, share.name, previous)
    if before is None:
        raise StorageError("PreviousSnapshotNotFound")
    touched = [
        span
        for stamp, spans_then in found.entry.touched.items()
        if stamp >= previous
        for span in spans_then
    ]
    now = tree.open_file(found.place)
    try:
        with _copy_in(call, before, found) as copy:
            touched += spans.differing(copy, now)
    finally:
        os.close(now)
    return spans.split(spans.truncated(touched, found.size), valid)


@contextmanager
def _copy_in(call: Call, snapshot: Share, found: Opened) -> Iterator[int | None]:
    """Lend a file's copy in a snapshot; None where the file was made since.

    Raises:
        StorageError: It was renamed since, and the request does not follow renames.
    """
    store = call.store
    path = store.path_of(snapshot, found.identity)
    renamed = path is not None and path != found.place.folded
    if renamed and not call.request.flag("x-ms-file-support-rename"):
        raise StorageError("PreviousSnapshotNotFound")
    if path is None:
        yield None
        return
    with opening.opened(store, snapshot, path, directory=False, reads=True) as old:
        copy = tree.open_file(old.place)
    try:
        yield copy
    finally:
        os.close(copy)


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()

"""Bodies pass through in pieces: large ones need no memory, torn ones change nothing."""

from __future__ import annotations

import hashlib
import socket
import urllib.request
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import psutil
import pytest
from azure.storage.fileshare import ShareSasPermissions, generate_share_sas
from tests.integration.emulator.conftest import ACCOUNT, Files

_LARGE = 256 * 2**20
_MOST_MORE = 32 * 2**20


def _token(files: Files, share: str) -> str:
    rights = ShareSasPermissions(read=True, write=True, create=True)
    later = datetime.now(UTC) + timedelta(hours=1)
    return generate_share_sas(ACCOUNT, share, files.key, rights, later)


def test_a_large_file_is_sent_without_being_held(files: Files) -> None:
    share = files.share("large")
    share.get_file_client("f").create_file(_LARGE)
    share.get_file_client("f").upload_range(b"end", offset=_LARGE - 3, length=3)
    process = psutil.Process(files.process.pid)
    before, most, size, last = process.memory_info().rss, 0, 0, b""
    with urllib.request.urlopen(f"{files.url}/large/f?{_token(files, 'large')}") as answer:
        while block := answer.read(2**20):
            size, last = size + len(block), block
            if size % (32 * 2**20) == 0:
                most = max(most, process.memory_info().rss)

    assert (size, last[-3:]) == (_LARGE, b"end")
    assert most - before < _MOST_MORE


def test_a_body_that_breaks_off_changes_nothing(files: Files) -> None:
    share = files.share("torn")
    file = share.get_file_client("f")
    file.upload_file(b"1" * 100_000)
    etag = file.get_file_properties().etag
    where = urlsplit(files.url)
    head = (
        f"PUT {where.path}/torn/f?comp=range&{_token(files, 'torn')} HTTP/1.1\r\n"
        f"Host: {where.netloc}\r\nx-ms-version: 2025-01-05\r\nx-ms-write: update\r\n"
        "x-ms-range: bytes=0-99999\r\nContent-Length: 100000\r\n\r\n"
    )
    with socket.create_connection((where.hostname or "", where.port or 0)) as connection:
        connection.sendall(head.encode() + b"2" * 50_000)

    found = file.download_file()
    assert (set(found.readall()), found.properties.etag) == (set(b"1"), etag)


@pytest.mark.parametrize(
    ("headers", "size", "code"),
    [
        ("x-ms-range: bytes=0-9\r\n", 5, "InvalidHeaderValue"),
        (f"x-ms-range: bytes=0-{2**22}\r\n", 2**22 + 1, "RequestBodyTooLarge"),
        ("x-ms-range: bytes=0-4\r\nContent-MD5: AAAAAAAAAAAAAAAAAAAAAA==\r\n", 5, "Md5Mismatch"),
        ("x-ms-range: bytes=0-4\r\nContent-MD5: AAAA\r\n", 5, "InvalidMd5"),
        ("x-ms-range: bytes=4-0\r\n", 5, "InvalidHeaderValue"),
        ("", 5, "MissingRequiredHeader"),
    ],
)
def test_a_body_that_is_not_what_it_says_changes_nothing(
    files: Files, headers: str, size: int, code: str
) -> None:
    name = f"bodies-{hashlib.sha256(headers.encode()).hexdigest()[:8]}"
    file = files.share(name).get_file_client("f")
    file.create_file(2**23)
    where = urlsplit(files.url)
    head = (
        f"PUT {where.path}/{name}/f?comp=range&{_token(files, name)} HTTP/1.1\r\n"
        f"Host: {where.netloc}\r\nx-ms-version: 2025-01-05\r\nx-ms-write: update\r\n"
        f"{headers}Content-Length: {size}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((where.hostname or "", where.port or 0)) as connection:
        connection.sendall(head.encode() + b"2" * min(size, 1000))
        answer = connection.recv(65536).decode()

    assert f"x-ms-error-code: {code}\r\n" in answer
    assert list(file.list_ranges()) == []

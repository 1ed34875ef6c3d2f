"""An archive is whole, or it is not taken."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from tests.answering import Answering

from funcyard.workspace.api import archives
from funcyard.workspace.api.client import ApiClient
from funcyard.workspace.api.errors import ApiUnreachableError


def _archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "a" * 100)
    return content.getvalue()


def _bring(answer: bytes, file: Path, head: bytes = b"") -> list[int]:
    came: list[int] = []
    with (
        Answering(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + answer) as server,
        ApiClient(server.url).opened("GET", archives.PLACE) as found,
        file.open("w+b") as taken,
    ):
        archives.bring(found, taken, came.append)
    return came


def test_what_came_is_told_and_is_there(tmp_path: Path) -> None:
    content = _archive()
    assert _bring(content, tmp_path / "a.zip")[-1] == len(content)
    assert (tmp_path / "a.zip").read_bytes() == content


def test_one_without_its_directory_is_torn(tmp_path: Path) -> None:
    with pytest.raises(archives.TornArchiveError):
        _bring(_archive()[:-30], tmp_path / "a.zip")


def test_one_that_breaks_off_is_told(tmp_path: Path) -> None:
    content = _archive()
    announced = b"Content-Length: %d\r\n" % (len(content) + 1)
    with pytest.raises(ApiUnreachableError, match="broke off"):
        _bring(content, tmp_path / "a.zip", announced)


@pytest.mark.parametrize(
    ("tag", "version"),
    [('"00000001-a"', "00000001-a"), ('W/"00000001-a"', "00000001-a"),
     ('"00000001-a-stored"', "00000001-a"), ("", None)],
)  # fmt: skip
def test_it_says_which_version_it_holds(tag: str, version: str | None) -> None:
    head = f"ETag: {tag}\r\n" if tag else ""
    with (
        Answering(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode()) as server,
        ApiClient(server.url).opened("GET", archives.PLACE) as answer,
    ):
        assert archives.version_of(answer) == version

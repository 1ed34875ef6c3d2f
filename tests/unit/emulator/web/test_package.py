"""Packages are unpacked where nothing of them leaves their folder."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from funcyard.emulator.web.package import PackageError, unpack


def _zip(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content)
    return path


def test_files_and_folders_are_unpacked(tmp_path: Path) -> None:
    package = _zip(tmp_path / "p.zip", ("a.txt", b"a"), ("b/", b""), ("c/d/e.txt", b"e"))
    unpack(package, tmp_path / "to")
    found = {str(one.relative_to(tmp_path / "to")) for one in (tmp_path / "to").rglob("*")}
    assert found == {"a.txt", "b", "c", "c/d", "c/d/e.txt"}
    assert (tmp_path / "to/c/d/e.txt").read_bytes() == b"e"


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/x", "..\\x", "C:/x", "a/.."])
def test_a_name_that_leads_out_is_refused_before_anything_is_written(
    tmp_path: Path, name: str
) -> None:
    package = _zip(tmp_path / "p.zip", ("good.txt", b""), (name, b"x"))
    with pytest.raises(PackageError, match="leads out"):
        unpack(package, tmp_path / "to")
    assert [one.name for one in tmp_path.iterdir()] == ["p.zip"]


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(PackageError, match="link"):
        unpack(_zip(tmp_path / "p.zip", (link, b"/etc/passwd")), tmp_path / "to")


def test_what_holds_too_much_is_refused(tmp_path: Path) -> None:
    package = _zip(tmp_path / "p.zip", ("a", b"0" * 600), ("b", b"0" * 600))
    with pytest.raises(PackageError, match="more than 1000 bytes"):
        unpack(package, tmp_path / "to", largest=1000)


def test_a_size_that_is_told_too_small_does_not_help(tmp_path: Path) -> None:
    package = _zip(tmp_path / "p.zip", ("a", b"0" * 100_000))
    content = bytearray(package.read_bytes())
    for at in (content.find(b"PK\x03\x04") + 22, content.find(b"PK\x01\x02") + 24):
        content[at : at + 4] = (10).to_bytes(4, "little")
    package.write_bytes(content)
    with pytest.raises(PackageError):
        unpack(package, tmp_path / "to", largest=1000)
    written = tmp_path / "to" / "a"
    assert not written.exists() or written.stat().st_size <= 1000


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 and nothing"])
def test_what_is_no_zip_file_is_refused(tmp_path: Path, content: bytes) -> None:
    package = tmp_path / "p.zip"
    package.write_bytes(content)
    with pytest.raises(PackageError, match="no usable ZIP"):
        unpack(package, tmp_path / "to")


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    package = _zip(tmp_path / "p.zip", ("a", b""), ("a/b", b""))
    with pytest.raises(PackageError, match="of one name"):
        unpack(package, tmp_path / "to")


def test_a_name_that_no_folder_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="too long"):
        unpack(_zip(tmp_path / "p.zip", ("a" * 300, b"")), tmp_path / "to")


def test_content_that_is_broken_is_refused(tmp_path: Path) -> None:
    package = _zip(tmp_path / "p.zip", ("a", bytes(range(256)) * 50))
    content = bytearray(package.read_bytes())
    content[40:60] = b"\xff" * 20
    package.write_bytes(content)
    with pytest.raises(PackageError, match="no usable ZIP"):
        unpack(package, tmp_path / "to")

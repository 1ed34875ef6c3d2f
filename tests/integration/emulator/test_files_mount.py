"""The folder is a mount, too: what one side does, the other sees, and no link leads out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.fileshare import ContentSettings
from tests.integration.emulator.conftest import ACCOUNT, Files
from tests.smb_like import mounted


def test_what_is_written_in_the_folder_is_served_with_sane_properties(files: Files) -> None:
    share = files.share("mounted")
    folder = files.folder("mounted") / "made" / "here"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"hello")

    properties = share.get_file_client("made/here/A.TXT").get_file_properties()
    assert properties.size == 5
    assert properties.file_attributes == "Archive"
    assert properties.content_settings.content_type == "application/octet-stream"
    assert [one.name for one in share.list_directories_and_files("made")] == ["here"]
    assert share.get_file_client("made/here/a.txt").download_file().readall() == b"hello"
    share.get_file_client("made/here/a.txt").set_file_metadata({"kept": "yes"})
    assert (folder / "a.txt").read_bytes() == b"hello"


def test_a_change_in_the_folder_changes_the_etag_and_keeps_the_metadata(files: Files) -> None:
    file = files.share("edited").get_file_client("f")
    file.upload_file(b"old", metadata={"kept": "yes"})
    before = file.get_file_properties()
    path = files.folder("edited") / "f"
    path.write_bytes(b"newer")
    os.utime(path, ns=(1_700_000_000_000_000_000,) * 2)

    after = file.get_file_properties()
    assert after.etag != before.etag
    assert (after.size, after.metadata) == (5, {"kept": "yes"})
    assert str(after.last_write_time).startswith("2023-11-14")
    assert [(one.start, one.end) for one in file.list_ranges()] == [(0, 4)]


def test_a_folder_beside_the_shares_is_a_share(files: Files) -> None:
    (files.location / ACCOUNT / "dropped-in").mkdir(parents=True)
    (files.location / ACCOUNT / "dropped-in" / "f").write_bytes(b"1")

    assert "dropped-in" in [one.name for one in files.client().list_shares()]
    share = files.client().get_share_client("dropped-in")
    assert share.get_file_client("f").download_file().readall() == b"1"
    with pytest.raises(ResourceExistsError):
        share.create_share()
    share.delete_share()
    assert not (files.location / ACCOUNT / "dropped-in").exists()


def test_a_share_s_folder_may_be_a_mount_of_its_own(
    tmp_path: Path, starting: Callable[[], Files]
) -> None:
    folder = tmp_path / "files" / ACCOUNT / "mounted"
    folder.mkdir(parents=True)
    with mounted(folder) as mount:
        if mount.fault:
            pytest.skip(f"no file system of our own: {mount.fault}")
        share = starting().client().get_share_client("mounted")
        share.create_directory("made")
        file = share.get_file_client("made/f")
        for content in (b"first", b"and then a longer one"):
            file.upload_file(content)
            assert (folder / "made" / "f").read_bytes() == content
            assert file.download_file().readall() == content
        assert [path.name for path in (folder / "made").iterdir()] == ["f"]
        file.rename_file("made/g")
        assert (folder / "made" / "g").read_bytes() == content
        share.create_snapshot()
        with pytest.raises(HttpResponseError):
            share.delete_share(delete_snapshots="include")
        assert (folder / "made" / "g").read_bytes() == content


def test_a_write_time_that_a_client_gives_is_that_of_the_file(files: Files) -> None:
    file = files.share("times").get_file_client("f")
    file.upload_file(b"1")
    file.set_http_headers(ContentSettings(), file_last_write_time="2001-02-03T04:05:06.7000000Z")

    seconds = (files.folder("times") / "f").stat().st_mtime
    assert seconds == 981173106.7


def test_no_link_is_followed(files: Files, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    share = files.share("links")
    folder = files.folder("links")
    (folder / "to-file").symlink_to(outside / "secret")
    (folder / "to-folder").symlink_to(outside)
    os.mkfifo(folder / "pipe")

    assert list(share.list_directories_and_files()) == []
    for path in ("to-file", "to-folder/secret", "pipe"):
        with pytest.raises(ResourceNotFoundError):
            share.get_file_client(path).download_file()
    for path in ("to-file", "to-folder/new", "pipe"):
        with pytest.raises(HttpResponseError):
            share.get_file_client(path).create_file(1)
    with pytest.raises(HttpResponseError):
        share.get_directory_client("to-folder").delete_directory()
    share.create_snapshot()
    assert [path.name for path in outside.iterdir()] == ["secret"]
    assert (outside / "secret").read_text() == "secret"


def test_names_that_azure_has_not_are_not_served(files: Files) -> None:
    share = files.share("strange")
    for name in ("a:b", "back\\slash", "CON", os.fsdecode(b"\xff\xfe"), "fine"):
        (files.folder("strange") / name).write_bytes(b"")

    assert [one.name for one in share.list_directories_and_files()] == ["fine"]
    share.create_snapshot()
    assert share.get_share_stats() == 0

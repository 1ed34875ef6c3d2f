"""Reading what may be no file."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from funcyard.plain_files import is_file, is_folder, open_bytes, read_bytes, read_text

if TYPE_CHECKING:
    from collections.abc import Callable

READERS = (read_text, read_bytes, open_bytes)


def test_a_file_is_read_through_a_link_too(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("\ufeffé\n", encoding="utf-8")
    (tmp_path / "link").symlink_to("file")

    assert read_text(tmp_path / "link", "utf-8-sig") == "é\n"
    assert read_bytes(tmp_path / "link") == "\ufeffé\n".encode()
    with open_bytes(tmp_path / "link") as file:
        assert file.read(3) == b"\xef\xbb\xbf"


@pytest.mark.parametrize("read", READERS)
def test_pipes_sockets_devices_and_folders_are_not_opened(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for path in (tmp_path / "pipe", tmp_path / "link", tmp_path / "socket", Path("/dev/zero")):
            with pytest.raises(OSError, match="is no regular file"):
                read(path)
    with pytest.raises(IsADirectoryError):
        read(tmp_path)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none")


def test_whatever_a_path_is_it_can_be_asked_what_lies_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")

    assert is_file(tmp_path / "file")
    assert is_folder(tmp_path)
    for name in ("pipe", "none", "a" * 300, "a\0b", "file/below"):
        assert not is_file(tmp_path / name)
        assert not is_folder(tmp_path / name)

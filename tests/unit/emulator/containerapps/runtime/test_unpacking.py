"""Layers unpacked over each other."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from funcyard.emulator.containerapps.runtime.unpacking import BadLayerError, unpack

Change = Callable[[tarfile.TarFile], None]


def _entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", mode: int = 0o644) -> Change:
    def add(tar: tarfile.TarFile) -> None:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname, entry.mode = kind, link, mode
        content = name.encode() if kind == tarfile.REGTYPE else b""
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))

    return add


def _layer(folder: Path, *changes: Change, mode: Literal["w", "w:gz"] = "w:gz") -> Path:
    path = folder / "layer"
    with tarfile.open(path, mode) as tar:
        for change in changes:
            change(tar)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "root"
    made.mkdir()
    return made


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_files_folders_and_links_are_where_they_are_in_the_image(
    tmp_path: Path, root: Path, mode: Literal["w", "w:gz"]
) -> None:
    layer = _layer(
        tmp_path,
        _entry("./usr", tarfile.DIRTYPE),
        _entry("usr/bin/tool", mode=0o755),
        _entry("/etc/name"),
        _entry("bin", tarfile.SYMTYPE, "/usr/bin"),
        _entry("bin/other"),
        _entry("copy", tarfile.LNKTYPE, "usr/bin/tool"),
        mode=mode,
    )
    unpack(layer, root)
    assert (root / "usr/bin/tool").read_text() == "usr/bin/tool"
    assert os.access(root / "usr/bin/tool", os.X_OK)
    assert not os.access(root / "etc/name", os.X_OK)
    assert (root / "usr/bin/other").read_text() == "bin/other"
    assert (root / "bin").resolve() == (root / "usr/bin").resolve()
    assert (root / "copy").read_text() == "usr/bin/tool"


def test_a_later_layer_replaces_and_takes_away(tmp_path: Path, root: Path) -> None:
    unpack(
        _layer(
            tmp_path,
            *(_entry(name) for name in ("kept", "gone", "full/a", "full/b", "tree/leaf")),
            _entry("was-link", tarfile.SYMTYPE, "kept"),
        ),
        root,
    )
    unpack(
        _layer(
            tmp_path,
            *(_entry(name) for name in (".wh.gone", "full/.wh..wh..opq", "full/c", "was-link")),
            _entry("tree"),
            _entry("kept", tarfile.DIRTYPE),
        ),
        root,
    )
    found = sorted(str(path.relative_to(root)) for path in root.rglob("*"))
    assert found == ["full", "full/c", "kept", "tree", "was-link"]
    assert (root / "kept").is_dir()
    assert (root / "was-link").read_text() == "was-link"


@pytest.mark.parametrize(
    "changes",
    [
        (_entry("../out"),),
        (_entry("a/../../out"),),
        (_entry("link", tarfile.SYMTYPE, "../out"),),
        (_entry("a/link", tarfile.SYMTYPE, "../../out"),),
        (_entry("a", tarfile.SYMTYPE, "b"), _entry("b", tarfile.SYMTYPE, "a"), _entry("a/file")),
        (_entry("link", tarfile.LNKTYPE, "../out"),),
        (_entry("link", tarfile.LNKTYPE, "absent"),),
        (_entry("device", tarfile.CHRTYPE),),
        (_entry("pipe", tarfile.FIFOTYPE),),
        (_entry("file"), _entry("file/below")),
    ],
)
def test_what_leads_out_or_is_no_file_is_refused(
    tmp_path: Path, root: Path, changes: tuple[Change, ...]
) -> None:
    (tmp_path / "out").write_text("untouched")
    with pytest.raises(BadLayerError):
        unpack(_layer(tmp_path, *changes), root)
    assert (tmp_path / "out").read_text() == "untouched"


def test_a_link_through_a_link_stays_in_the_image(tmp_path: Path, root: Path) -> None:
    """A link into a folder that later becomes a link elsewhere leads nobody out."""
    (tmp_path / "out").write_text("untouched")
    layer = _layer(
        tmp_path,
        _entry("deep/er", tarfile.DIRTYPE),
        _entry("deep/er/up", tarfile.SYMTYPE, "../.."),
        _entry("short", tarfile.SYMTYPE, "deep/er/up"),
        _entry("short/file"),
        _entry("beyond", tarfile.SYMTYPE, "short/../out"),
    )
    unpack(layer, root)
    assert (root / "file").read_text() == "short/file"
    with pytest.raises(BadLayerError):
        unpack(_layer(tmp_path, _entry("beyond/file")), root)
    assert (tmp_path / "out").read_text() == "untouched"


def test_what_is_no_archive_or_too_much_is_refused(tmp_path: Path, root: Path) -> None:
    (tmp_path / "layer").write_bytes(b"no archive")
    with pytest.raises(BadLayerError, match="no usable archive"):
        unpack(tmp_path / "layer", root)
    with pytest.raises(BadLayerError, match="more than 3 bytes"):
        unpack(_layer(tmp_path, _entry("file")), root, largest=3)
    cut = _layer(tmp_path, _entry("file" * 20)).read_bytes()[:40]
    (tmp_path / "layer").write_bytes(cut)
    with pytest.raises(BadLayerError):
        unpack(tmp_path / "layer", root)

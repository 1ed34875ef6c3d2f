from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.preflight.image.archives import ROOT, Layer, docker, link, oci, tar

from funcyard.preflight.image import layers as reading
from funcyard.preflight.image.archive import ImageArchiveError, read_archive


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


APP: Layer = {
    "home/": b"",
    f"{ROOT}/": b"",
    f"{ROOT}/function_app.py": b"one",
    f"./{ROOT}/lib/a.py": b"two",
    "etc/passwd": b"root",
}
FILES = {"function_app.py": _sha(b"one"), "lib/a.py": _sha(b"two")}


@pytest.mark.parametrize(
    "make",
    [
        docker,
        oci,
        lambda path, layers: oci(path, layers, compressed=False),
        lambda path, layers: oci(path, layers, nested=True),
        lambda path, layers: oci(path, layers, architectures=("arm64", "amd64")),
    ],
)
def test_both_formats_tell_the_files_of_the_app(
    tmp_path: Path, make: Callable[[Path, list[Layer]], Path]
) -> None:
    content = read_archive(make(tmp_path / "image.tar", [APP]))
    assert content.root == "/home/site/wwwroot"
    assert dict(content.files) == FILES


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_archive_is_read(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    path = docker(tmp_path / "image.tar", [APP, {f"{ROOT}/b.py": b"b"}])
    path.write_bytes(compress(path.read_bytes()))
    assert set(read_archive(path).files) == {*FILES, "b.py"}


def test_the_folder_is_the_one_that_the_image_names(tmp_path: Path) -> None:
    layers: list[Layer] = [{"app/x.py": b"x", f"{ROOT}/y.py": b"y"}]
    named = docker(tmp_path / "a", layers, environment=["AzureWebJobsScriptRoot=/app/"])
    assert list(read_archive(named).files) == ["x.py"]
    unnamed = docker(tmp_path / "b", layers, environment=[])
    assert list(read_archive(unnamed).files) == ["y.py"]


@pytest.mark.parametrize(
    ("upper", "left"),
    [
        ({f"{ROOT}/function_app.py": b"new"}, {"function_app.py": b"new", "lib/a.py": b"two"}),
        ({f"{ROOT}/.wh.function_app.py": b""}, {"lib/a.py": b"two"}),
        ({f"{ROOT}/.wh.lib": b""}, {"function_app.py": b"one"}),
        ({f"{ROOT}/lib/.wh..wh..opq": b""}, {"function_app.py": b"one"}),
        (
            {f"{ROOT}/.wh..wh..opq": b"", f"{ROOT}/b.py": b"b"},
            {"b.py": b"b"},
        ),
        ({f"{ROOT}/b.py": b"b", f"{ROOT}/.wh..wh..opq": b""}, {"b.py": b"b"}),
        ({"home/.wh.site": b""}, {}),
        ({f"{ROOT}/lib": b"a file"}, {"function_app.py": b"one", "lib": b"a file"}),
        ({f"{ROOT}/lib/": b""}, {"function_app.py": b"one", "lib/a.py": b"two"}),
        (
            {f"{ROOT}/function_app.py/": b"", f"{ROOT}/function_app.py/x": b"x"},
            {"function_app.py/x": b"x", "lib/a.py": b"two"},
        ),
    ],
)
def test_a_layer_lies_over_those_before_it(
    tmp_path: Path, upper: Layer, left: dict[str, bytes]
) -> None:
    content = read_archive(docker(tmp_path / "image.tar", [APP, upper]))
    assert dict(content.files) == {name: _sha(text) for name, text in left.items()}


def test_links_are_there_without_a_content_of_their_own(tmp_path: Path) -> None:
    links: Layer = {
        "1": link(f"{ROOT}/soft.py", "function_app.py"),
        "2": link(f"{ROOT}/hard.py", f"{ROOT}/function_app.py", tarfile.LNKTYPE),
    }
    files = read_archive(docker(tmp_path / "image.tar", [{**APP, **links}])).files
    assert files["soft.py"] == ""
    assert files["hard.py"] == _sha(b"one")


def test_names_that_lead_out_of_the_image_are_passed_over(tmp_path: Path) -> None:
    layer: Layer = {f"{ROOT}/../../../etc/x.py": b"x", f"/{ROOT}/y.py": b"y", f"{ROOT}/..": b"z"}
    assert list(read_archive(docker(tmp_path / "image.tar", [layer])).files) == ["y.py"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["image.tar"]


def test_a_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    layer: Layer = {"1": link("home/site/wwwroot", "/srv/app"), "srv/app/x.py": b"x"}
    with pytest.raises(ImageArchiveError, match="links are not followed"):
        read_archive(docker(tmp_path / "image.tar", [layer]))


def _archive(**entries: bytes) -> bytes:
    return tar({name.replace("__", "."): content for name, content in entries.items()})


def _manifest(**changed: object) -> bytes:
    return json.dumps([{"Config": "c", "Layers": ["l"], **changed}]).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no archive of an image"),
        (b"plain text", "no archive of an image"),
        (gzip.compress(b"plain text", mtime=0), "no archive of an image"),
        (tar(APP)[:700], "neither manifest.json nor index.json"),
        (tar({}), "neither manifest.json nor index.json"),
        (_archive(manifest__json=b"[]"), "it holds 0 images"),
        (_archive(manifest__json=b"{}"), "it holds 0 images"),
        (_archive(manifest__json=b"[1, 2"), "is no JSON"),
        (_archive(manifest__json=b"[" * 100_000), "is no JSON"),
        (_archive(manifest__json=_manifest(Layers=3)), "names no layers"),
        (_archive(manifest__json=_manifest()), "it lacks c"),
        (_archive(manifest__json=_manifest(), c=b"{}"), "it lacks l"),
        (_archive(manifest__json=_manifest(), c=b"{}", l=b"no tar at all"), "no archive"),
        (
            _archive(manifest__json=_manifest(), c=b"{}", l=gzip.compress(b"x" * 600)[:20]),
            "no arch",
        ),
        (_archive(manifest__json=_manifest(), c=b"{}", l=b"\x28\xb5\x2f\xfd...."), "zstd"),
        (_archive(index__json=b"{}"), "it holds 0 images for linux/amd64"),
        (_archive(index__json=b'{"manifests": [{"digest": 3}]}'), "has no digest"),
        (_archive(index__json=b'{"manifests": [{"digest": "sha256:00"}]}'), "it lacks"),
    ],
)
def test_what_is_no_image_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(content)
    with pytest.raises(ImageArchiveError, match=said):
        read_archive(path)


def test_two_images_are_one_too_many(tmp_path: Path) -> None:
    one = json.loads(_manifest())
    path = tmp_path / "image.tar"
    path.write_bytes(_archive(manifest__json=json.dumps(one * 2).encode()))
    with pytest.raises(ImageArchiveError, match="it holds 2 images"):
        read_archive(path)


def test_a_part_that_is_not_what_its_digest_says_is_refused(tmp_path: Path) -> None:
    path = oci(tmp_path / "image.tar", [APP])
    path.write_bytes(path.read_bytes().replace(b'"for": "amd64"', b'"for": "arm64"'))
    with pytest.raises(ImageArchiveError, match="not what its digest says"):
        read_archive(path)


def test_an_archive_that_unpacks_to_more_than_any_image_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 1024 * 1024)
    bomb: Layer = {"tmp/zeros": bytes(8 * 1024 * 1024)}
    path = oci(tmp_path / "image.tar", [bomb])
    assert path.stat().st_size < 64 * 1024
    with pytest.raises(ImageArchiveError, match="holds too much"):
        read_archive(path)


def test_a_part_longer_than_any_image_is_refused_before_it_is_read(tmp_path: Path) -> None:
    member = tarfile.TarInfo("layer.tar")
    member.size = 1024**5
    path = tmp_path / "image.tar"
    path.write_bytes(gzip.compress(member.tobuf()))
    with pytest.raises(ImageArchiveError, match="holds too much"):
        read_archive(path)


def test_a_sparse_file_counts_with_its_whole_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 1024 * 1024)
    member = tarfile.TarInfo(f"{ROOT}/sparse.py")
    member.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": f"{ROOT}/sparse.py",
        "GNU.sparse.realsize": str(1024**4),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        body = b"1\n1099511627775\n1\n".ljust(512, b"\0") + b"x"
        member.size = len(body)
        archive.addfile(member, io.BytesIO(body))
    path = tmp_path / "image.tar"
    path.write_bytes(
        _archive(manifest__json=_manifest(), c=b"{}", l=buffer.getvalue()),
    )
    with pytest.raises(ImageArchiveError, match="holds too much"):
        read_archive(path)


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MOST_MEMBERS", 3)
    with pytest.raises(ImageArchiveError, match="more than 3 files"):
        read_archive(docker(tmp_path / "image.tar", [APP]))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageArchiveError, match="cannot be read: Is a directory"):
        read_archive(tmp_path)

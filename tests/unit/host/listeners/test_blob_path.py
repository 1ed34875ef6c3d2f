from __future__ import annotations

import pytest

from funcyard.host.bindings.expressions import ExpressionError
from funcyard.host.listeners.blob_path import BlobPath, BlobPathError


@pytest.mark.parametrize(
    ("path", "blob", "captured"),
    [
        ("files/{name}", "a.csv", {"name": "a.csv"}),
        ("files/{name}", "dir/a.csv", {"name": "dir/a.csv"}),
        ("files/{name}.csv", "a.csv", {"name": "a"}),
        ("files/{name}.csv", "a.txt", None),
        ("files/{name}.csv", "a.CSV", None),
        ("files/{name}.{ext}", "a.tar.gz", {"name": "a.tar", "ext": "gz"}),
        ("files/{dir}/{name}", "x/y/z", {"dir": "x/y", "name": "z"}),
        ("files/{dir}/{name}", "top", None),
        ("files/fixed.txt", "fixed.txt", {}),
        ("files/fixed.txt", "fixedxtxt", None),
        ("files", "any/thing", {}),
        ("files/{{x}}-{name}", "{x}-1", {"name": "1"}),
        ("%Box%/{name}", "a", {"name": "a"}),
    ],
)
def test_a_path_means_names_and_captures_from_them(
    path: str, blob: str, captured: dict[str, str] | None
) -> None:
    parsed = BlobPath.parse(path, {"Box": "files"})

    assert parsed.container == "files"
    assert parsed.match(blob) == captured


def test_the_fixed_beginning_narrows_the_listing() -> None:
    assert BlobPath.parse("files/a/b-{name}.csv", {}).prefix == "a/b-"
    assert BlobPath.parse("files/{name}", {}).prefix == ""


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "{box}/x", "Bad_Box/x", "x/a", "files/{a}-{a}"),
        *("/files/{name}", "files/", "//files/{name}", "%Slash%files/{name}", "https://a/files/b"),
    ],
)
def test_a_path_that_cannot_be_watched_is_refused(path: str) -> None:
    with pytest.raises(BlobPathError):
        BlobPath.parse(path, {"Slash": "/"})


def test_an_open_brace_is_refused() -> None:
    with pytest.raises(ExpressionError):
        BlobPath.parse("files/{name", {})

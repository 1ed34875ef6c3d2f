"""What lies at a place of an image, told by the copies that put it there."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import write

from funcyard.preflight.image.build import Build
from funcyard.preflight.image.origins import file_at, folder_at, is_open

FILES = {
    "libs/shared/__init__.py": "",
    "libs/shared/text.py": "",
    "libs/one.py": "",
    "api/function_app.py": "",
}


def build(root: Path, text: str, **files: str) -> Build:
    """A build of these files with the repository as its context."""
    write(root, {**FILES, **files, "Dockerfile": f"FROM x AS base\n{text}"})
    return Build(root / "Dockerfile", root)


@pytest.mark.parametrize(
    ("text", "place", "file"),
    [
        ("COPY libs/shared /app/shared", "/app/shared/text.py", "libs/shared/text.py"),
        ("COPY ../libs/shared /app/shared", "/app/shared/text.py", "libs/shared/text.py"),
        ("WORKDIR /app\nCOPY . .", "/app/libs/one.py", "libs/one.py"),
        ("COPY libs/one.py /app/", "/app/one.py", "libs/one.py"),
        ("COPY libs/one.py /app/two.py", "/app/two.py", "libs/one.py"),
        ("COPY libs/*.py /app/", "/app/one.py", "libs/one.py"),
        ("COPY lib* /app/", "/app/shared/text.py", "libs/shared/text.py"),
        (
            "COPY libs /src/libs\nFROM y\nCOPY --from=base /src/libs/shared /app/shared",
            "/app/shared/text.py",
            "libs/shared/text.py",
        ),
        ("WORKDIR /a\nCOPY . .\nFROM y\nCOPY --from=0 . /b", "/b/a/libs/one.py", "libs/one.py"),
        ("COPY libs /app\nFROM base", "/app/one.py", "libs/one.py"),
    ],
)
def test_a_file_is_followed_back_into_the_context(
    tmp_path: Path, text: str, place: str, file: str
) -> None:
    assert file_at(build(tmp_path, text), place) == tmp_path / file


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("COPY libs/shared /app/", "/app/shared/text.py"),
        ("COPY libs/shared /app/shared\nFROM y", "/app/shared/text.py"),
        ("COPY --from=z libs/shared /app/shared", "/app/shared/text.py"),
        ("COPY libs /app", "/app/none.py"),
        ("COPY libs/{ /app", "/app/none.py"),
    ],
    ids=["content alone", "another stage", "another image", "no such file", "no such folder"],
)
def test_what_no_copy_puts_there_is_not_there(tmp_path: Path, text: str, place: str) -> None:
    assert file_at(build(tmp_path, text), place) is None


def test_what_the_ignore_file_leaves_out_is_not_there(tmp_path: Path) -> None:
    found = build(tmp_path, "COPY libs /app", **{".dockerignore": "libs/one.py\n"})

    assert file_at(found, "/app/one.py") is None
    assert file_at(found, "/app/shared/text.py") is not None


def test_a_folder_is_found_in_any_stage(tmp_path: Path) -> None:
    found = build(tmp_path, "COPY libs /src/libs\nFROM y\n")

    assert folder_at(found, "/src/libs/shared") is None
    assert folder_at(found, "/src/libs/shared", found.file.stages[0]) == tmp_path / "libs/shared"


def test_a_place_that_another_image_fills_is_open(tmp_path: Path) -> None:
    found = build(tmp_path, "COPY --from=shared / /app/shared\nCOPY --from=uv /uv /bin/\n")

    assert is_open(found, "/app/shared/text")
    assert not is_open(found, "/app/sharedness")


def test_a_place_that_is_filled_with_what_is_made_before_the_build_is_open(tmp_path: Path) -> None:
    found = build(tmp_path, "COPY shared/ libs/one.py* /app/shared/\nCOPY made* /app/made/\n")

    assert is_open(found, "/app/made/text")
    assert not is_open(found, "/app/shared/text")
    assert is_open(build(tmp_path / "b", "COPY ../shared /app/shared"), "/app/shared")


def test_stages_that_copy_in_a_circle_end(tmp_path: Path) -> None:
    found = build(tmp_path, "COPY --from=base /app /app\nCOPY --from=0 /app /app\n")

    assert file_at(found, "/app/one.py") is None

"""Another dependency manager in the spec: no package that a person added is lost without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from funcyard.project.spec import SPEC_FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Document = Callable[..., dict[str, Any]]

APP = "functions/api"
ADDED = "requests==2.32.3"


def migrate(project: Path, document: Document, before: str, after: str) -> list[str]:
    """Change the manager, update, and return what is said of packages."""
    spec = (project / SPEC_FILE).read_text()
    assert f"dependency_manager: {before}" in spec
    (project / SPEC_FILE).write_text(spec.replace(f"manager: {before}", f"manager: {after}"))
    said = packages(document("update", project))
    assert said == packages(document("status", project))
    return said


def packages(told: dict[str, Any]) -> list[str]:
    return [notice for notice in told["notices"] if " asks for " in notice]


def add(project: Path, file: str) -> None:
    path = project / APP / file
    if file == "pyproject.toml":
        text = path.read_text()
        assert "dependencies = [\n" in text
        path.write_text(text.replace("dependencies = [\n", f'dependencies = [\n    "{ADDED}",\n'))
    else:
        path.write_text(path.read_text() + f"{ADDED}\n")


@pytest.mark.parametrize(
    ("before", "after", "file", "mend"),
    [
        ("pip", "poetry", "requirements.txt", "`poetry add --lock PACKAGE`"),
        ("pip", "uv", "requirements.txt", "add it to pyproject.toml"),
        ("poetry", "pip", "pyproject.toml", "add it to requirements.txt"),
        ("poetry", "uv", "pyproject.toml", "export the lock"),
        ("uv", "pip", "pyproject.toml", "add it to requirements.txt"),
    ],
)
def test_a_package_that_the_new_manager_does_not_install_is_named(
    project: Path, document: Document, before: str, after: str, file: str, mend: str
) -> None:
    if before != "pip":
        assert migrate(project, document, "pip", before) == []
    add(project, file)

    [notice] = migrate(project, document, before, after)

    assert notice.startswith(f"{APP}/{file} asks for {ADDED}, which {after} does not install: ")
    assert mend in notice


@pytest.mark.parametrize("after", ["poetry", "uv"])
def test_nothing_is_said_where_nothing_was_added(
    project: Path, document: Document, after: str
) -> None:
    assert migrate(project, document, "pip", after) == []
    assert migrate(project, document, after, "pip") == []


def test_a_package_that_was_added_anew_is_not_named_any_more(
    project: Path, document: Document
) -> None:
    add(project, "requirements.txt")
    assert migrate(project, document, "pip", "uv")

    add(project, "pyproject.toml")

    assert packages(document("status", project)) == []

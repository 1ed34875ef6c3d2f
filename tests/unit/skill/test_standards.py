"""The shared standards say what the templates do: each fact is held against rendered projects."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from ruamel.yaml import YAML

from funcyard.project.catalog import blueprint
from funcyard.project.names import env_prefix
from funcyard.project.renderer import Inputs, render
from funcyard.project.rules.storage import complete
from funcyard.project.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Iterator

_STANDARDS = Path(__file__).parents[3] / "context" / "azure"
_KEY = base64.b64encode(bytes(range(64))).decode()
_FACT = re.compile(
    r"(?P<path>\S+)(?: with (?P<condition>[a-z-]+))? "
    r"(?:(?P<verb>has|lacks): (?P<text>.+)|(?P<state>exists|is absent))"
)
_PAGES = sorted(path.name for path in _STANDARDS.glob("*.md") if path.name != "index.md")
_PROJECTS = (
    ("data-pipeline", "poetry"),
    ("data-pipeline", "pip"),
    ("data-pipeline", "uv"),
    ("simple-api", "pip"),
)


@dataclass(frozen=True)
class _Project:
    spec: Spec
    files: dict[str, str]

    @property
    def conditions(self) -> set[str]:
        found = {self.spec.dependency_manager}
        return (
            found
            | ({"packages"} if self.spec.local_packages else set())
            | ({"azure-cli"} if self.spec.azure_cli else set())
        )


@cache
def _rendered(name: str, manager: Literal["pip", "poetry", "uv"]) -> _Project:
    chosen = blueprint(name)
    spec = Spec.model_validate(
        {**YAML(typ="safe").load(chosen.spec_text), "dependency_manager": manager}
    )
    inputs = Inputs(key=_KEY, now=datetime(2026, 11, 21, tzinfo=UTC), blueprint=chosen)
    return _Project(
        spec,
        {
            file.path: file.content.decode(errors="replace")
            for file in render(complete(spec), inputs)
        },
    )


def _facts(page: str) -> list[str]:
    text = (_STANDARDS / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```facts\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()]


def _for_each_app(fact: re.Match[str], spec: Spec) -> Iterator[tuple[str, str]]:
    for app in spec.function_apps:
        names = {"<app>": app.name, "<APP>": env_prefix(app.name), "<project>": spec.project_name}
        path, text = fact["path"], fact["text"] or ""
        for placeholder, name in names.items():
            path, text = path.replace(placeholder, name), text.replace(placeholder, name)
        yield path, text


def _holds(fact: re.Match[str], project: _Project) -> bool:
    for path, text in _for_each_app(fact, project.spec):
        content = project.files.get(path)
        if fact["state"] == "is absent":
            if content is not None:
                return False
        elif content is None or (text in content) != (fact["verb"] != "lacks"):
            return False
    return True


@pytest.mark.parametrize("page", _PAGES)
def test_every_fact_of_a_standard_is_true_of_what_is_generated(page: str) -> None:
    facts = _facts(page)
    assert facts
    for line in facts:
        fact = _FACT.fullmatch(line)
        assert fact, f"{page}: not a fact: {line}"
        projects = [_rendered(*which) for which in _PROJECTS]
        concerned = [
            each
            for each in projects
            if not fact["condition"] or fact["condition"] in each.conditions
        ]
        assert concerned, f"{page}: no project has what this is about: {line}"
        for project in concerned:
            assert _holds(fact, project), f"{page}, {project.conditions}: {line}"


def test_a_wrong_fact_would_be_found() -> None:
    for line in ("Tiltfile has: nonsense", "Tiltfile lacks: docker_compose", "Tiltfile is absent"):
        fact = _FACT.fullmatch(line)
        assert fact
        assert not _holds(fact, _rendered("simple-api", "pip"))


def test_the_index_lists_every_standard() -> None:
    listed = re.findall(r"\]\(([a-z-]+\.md)\)", (_STANDARDS / "index.md").read_text())
    assert sorted(listed) == _PAGES

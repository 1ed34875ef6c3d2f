from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found

from funcyard.preflight.facts import Facts
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.ignore_drops_code import RULE

APP = {
    "host.json": "{}",
    "requirements.txt": "azure-functions\n",
    "function_app.py": "import helpers\nfrom lib import rows\n",
    "helpers.py": "",
    "lib/__init__.py": "",
    "lib/rows.py": "",
    "tests/test_a.py": "import helpers\n",
}
DOCKERFILE = "FROM base AS runtime\nCOPY requirements.txt /tmp/\nFROM runtime\nCOPY . /wwwroot\n"


def image(root: Path, files: dict[str, str], *, dockerfile: str = DOCKERFILE) -> Facts:
    target = {"dockerfile": root / "Dockerfile"}
    return facts(root, {**APP, "Dockerfile": dockerfile, **files}, target=target)


def test_funcignore_may_not_name_what_the_app_needs(tmp_path: Path) -> None:
    text = "tests/\n*.json\n!host.json\nlib\nrequirements*\n"

    first, second = found(RULE, facts(tmp_path, {**APP, ".funcignore": text}))

    assert (first.file, first.line, first.severity) == (".funcignore", 4, Severity.ERROR)
    assert first.message == (
        "api needs lib/__init__.py, lib/rows.py in what is published, but .funcignore leaves it out"
    )
    assert first.evidence == "lib"
    assert (second.line, second.next) == (
        5,
        "take the line out, or add below it: !requirements.txt",
    )


@pytest.mark.parametrize("text", ["tests/\n*.md\n", "*.py\n!*.py\n", ""])
def test_an_ignore_file_that_leaves_the_app_whole_is_fine(tmp_path: Path, text: str) -> None:
    assert found(RULE, facts(tmp_path, {**APP, ".funcignore": text})) == []


def test_dockerignore_is_read_by_its_own_rules(tmp_path: Path) -> None:
    assert found(RULE, image(tmp_path, {".dockerignore": "rows.py\nsrc/*.json\n"})) == []

    (finding,) = found(RULE, image(tmp_path, {".dockerignore": "**/rows.py\n"}))

    assert (finding.file, finding.line, finding.severity) == (".dockerignore", 1, Severity.ERROR)
    assert finding.message == (
        "api needs lib/rows.py in the image, but .dockerignore leaves it out"
    )
    assert finding.next == "take the line out, or add below it: !lib/rows.py"


def test_what_a_copy_names_has_to_be_in_the_context(tmp_path: Path) -> None:
    (finding,) = found(RULE, image(tmp_path, {".dockerignore": "*.txt\n"}))

    assert finding.message == (
        "the image of api cannot be built: COPY requirements.txt in line 2 of its Dockerfile"
        " finds nothing, for .dockerignore leaves it out"
    )


def test_a_dockerfile_that_copies_too_little_is_named(tmp_path: Path) -> None:
    text = "FROM base\nCOPY function_app.py host.json /wwwroot/\n"

    (finding,) = found(RULE, image(tmp_path, {}, dockerfile=text))

    assert (finding.file, finding.line) == ("Dockerfile", 1)
    assert "helpers.py, lib/__init__.py, lib/rows.py in the image, but no COPY" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "FROM base AS build\nCOPY . /src\nFROM base\nCOPY --from=build /src /wwwroot\n",
        "FROM base\nRUN --mount=type=bind,target=/src cp -r /src /wwwroot\n",
        "ARG BASE\nFROM ${BASE}\nCOPY host.json /wwwroot/\n",
        "FROM base\nCOPY *.py host.json lib* /wwwroot/\n",
    ],
    ids=["another stage", "mounted", "unknown base", "globs"],
)
def test_what_may_be_in_the_image_in_another_way_is_not_missed(tmp_path: Path, text: str) -> None:
    assert found(RULE, image(tmp_path, {}, dockerfile=text)) == []


def test_the_context_of_a_projects_dockerfile_is_the_project(tmp_path: Path) -> None:
    files = {f"functions/api/{name}": text for name, text in APP.items()}
    files |= {
        ".docker/api/Dockerfile": "FROM base\nCOPY functions/api/ /wwwroot/\n",
        ".dockerignore": "*\n!functions\n**/tests\n",
    }
    target = {"dockerfile": tmp_path / ".docker/api/Dockerfile"}

    assert found(RULE, facts(tmp_path, files, app="functions/api", target=target)) == []

    files[".dockerignore"] = "*\n!functions\nfunctions/*/lib\n"
    (finding,) = found(RULE, facts(tmp_path, files, app="functions/api", target=target))
    assert (finding.file, finding.line) == (".dockerignore", 3)


def test_a_dockerfile_may_have_an_ignore_file_of_its_own(tmp_path: Path) -> None:
    files = {".dockerignore": "lib\n", "Dockerfile.dockerignore": "docs\n"}

    assert found(RULE, image(tmp_path, files)) == []

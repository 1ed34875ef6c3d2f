"""The rule on modules that only a changed search path finds."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.preflight.failing import function, holding
from tests.unit.preflight.given import INTERPRETER, facts, found

from funcyard.functions.survey import Survey
from funcyard.preflight.finding import Finding
from funcyard.preflight.rules.module_outside_app import RULE

APPEND = "import sys\nsys.path.append('../../shared')\nimport acme\n"
REACHED = holding(function("tick"), imported="function_app.py ../../shared/acme.py")
SMALL = "FROM mcr.microsoft.com/azure-functions/python:4-python3.11\nCOPY . /home/site/wwwroot\n"
LARGE = SMALL.replace("COPY .", "COPY apps/api /home/site/wwwroot\nCOPY shared")


def _found(
    folder: Path, script: str, survey: Survey = REACHED, packages: str = "", **files: str
) -> list[Finding]:
    wanted = {name.replace("__", "/"): text for name, text in files.items()}
    given = facts(
        folder,
        {"apps/api/function_app.py": script, "shared/acme.py": "", **wanted},
        app="apps/api",
        survey=survey,
        target={"packages": (folder / packages,)} if packages else None,
    )
    return found(RULE, given)


@pytest.mark.parametrize(
    "adding",
    [
        "import sys\nsys.path.append('../../shared')\n",
        "from sys import path\npath.insert(0, '../../shared')\n",
        "import sys\nsys.path += ['../../shared']\n",
        "import sys\nsys.path[0:0] = ['../../shared']\n",
        "import site\nsite.addsitedir('../../shared')\n",
    ],
)
def test_what_lies_beside_the_app_is_told_at_the_line_that_finds_it(
    tmp_path: Path, adding: str
) -> None:
    (finding,) = _found(tmp_path, f"{adding}import acme\n")

    assert (finding.file, finding.line) == ("apps/api/function_app.py", 2)
    assert finding.message == (
        "api imports shared/acme.py, not in what is published: it lies outside of the app's folder"
    )
    assert finding.evidence == adding.splitlines()[1]


def test_an_image_of_the_apps_folder_lacks_it_and_one_that_copies_it_does_not(
    tmp_path: Path,
) -> None:
    (finding,) = _found(tmp_path / "small", APPEND, apps__api__Dockerfile=SMALL)
    compose = "services:\n  api:\n    build: {context: ., dockerfile: apps/api/Dockerfile}\n"
    copied = {"apps__api__Dockerfile": LARGE, "compose.yaml": compose}

    large = _found(tmp_path / "large", APPEND, REACHED, "", **copied)

    assert finding.message.endswith("not in the image: it lies outside of the build context")
    assert large == []


def test_what_is_installed_or_shipped_or_inside_is_left_alone(tmp_path: Path) -> None:
    inside = holding(function("tick"), imported="function_app.py lib/acme.py")
    modules = {**INTERPRETER.modules, "acme": ("acme",)}
    editable = replace(REACHED, interpreter=replace(INTERPRETER, modules=modules))

    assert _found(tmp_path / "inside", APPEND, inside) == []
    assert _found(tmp_path / "editable", APPEND, editable) == []
    assert _found(tmp_path / "package", APPEND, packages="shared") == []
    assert _found(tmp_path / "unchanged", "import sys\nprint(sys.path)\nimport acme\n") == []
    assert _found(tmp_path / "elsewhere", f"path = []\npath.append({sys.path[:0]})\n") == []

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.preflight.given import EMPTY, INTERPRETER, facts, found

from funcyard.functions.model import Index, LoadFailure
from funcyard.functions.survey import Survey
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules import module_not_found, requirement_missing
from funcyard.preflight.rules.not_installed_here import RULE

LISTED = {"requirements.txt": "azure-functions\nrequests\nhttpx\n"}


def failed(module: str, line: int, *, here: bool = True) -> Survey:
    message = f"No module named '{module}'. Cannot find module. Please check the requirements.txt"
    failure = LoadFailure("ModuleNotFoundError", message, "function_app.py", line)
    interpreter = INTERPRETER if here else replace(INTERPRETER, modules={}, distributions={})
    return replace(EMPTY, interpreter=interpreter, index=Index(failure=failure), faults=(failure,))


def test_an_app_that_fails_for_it_alone_may_be_fine(tmp_path: Path) -> None:
    files = {"function_app.py": "import azure.functions\nimport requests\n", **LISTED}
    given = facts(tmp_path, files, survey=failed("requests", 2))

    (finding,) = found(RULE, given)

    assert (finding.file, finding.line) == ("function_app.py", 2)
    assert finding.severity is Severity.ERROR
    assert finding.message == (
        "api cannot be judged on this Python, which lacks requests, httpx: the app itself may be"
        " fine"
    )
    assert finding.evidence == "No module named 'requests'"
    assert finding.next.endswith(" -m pip install -r requirements.txt")
    assert found(requirement_missing.RULE, given) == []


def test_where_the_import_went_well_it_is_a_note(tmp_path: Path) -> None:
    (finding,) = found(RULE, facts(tmp_path, LISTED))

    assert (finding.file, finding.line, finding.severity) == ("requirements.txt", 2, Severity.NOTE)
    assert finding.message == "the Python that api was checked on lacks requests, httpx"


@pytest.mark.parametrize("listed", [LISTED, {}])
def test_a_python_without_azure_functions_cannot_judge_any_app(
    tmp_path: Path, listed: dict[str, str]
) -> None:
    files = {"function_app.py": "import azure.functions as func\n", **listed}

    (finding,) = found(RULE, facts(tmp_path, files, survey=failed("azure", 0, here=False)))

    assert finding.severity is Severity.ERROR
    assert "lacks azure-functions" in finding.message


def test_in_a_project_up_installs_the_packages(tmp_path: Path) -> None:
    files = {f"functions/api/{name}": text for name, text in LISTED.items()}

    given = facts(tmp_path, {"funcyard.yaml": "", **files}, app="functions/api")

    assert found(RULE, given)[0].next.startswith("funcyard up")


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "Azure_Functions\n"},
        {"requirements.txt": "tomli; python_version < '3.11'\n"},
        {
            "requirements.txt": "ujson\n",
            ".python_packages/lib/site-packages/ujson-5.10.dist-info/METADATA": "",
        },
        {"function_app.py": "import requests\n"},
    ],
    ids=["installed", "for others", "vendored", "not asked for"],
)
def test_what_is_not_lacking_is_not_told(tmp_path: Path, files: dict[str, str]) -> None:
    assert found(RULE, facts(tmp_path, files)) == []


@pytest.mark.parametrize(
    ("copied", "told"),
    [
        ("COPY libs/shared ROOT/shared", "put libs on PYTHONPATH, and check again"),
        ("COPY libs/one.py ROOT/shared.py", "make libs/one importable as shared"),
        ("COPY libs/package /x\nRUN pip install /x", " -m pip install libs/package"),
        ("COPY ../made ROOT/shared", "make shared importable here, as where the app runs"),
    ],
    ids=["folder", "another name", "package", "made before the build"],
)
def test_shared_code_that_the_image_takes_from_beside_the_app_is_only_not_here(
    tmp_path: Path, copied: str, told: str
) -> None:
    root = "/home/site/wwwroot"
    dockerfile = f"FROM x\nCOPY api/ {root}/\n{copied.replace('ROOT', root)}\n"
    files = {
        "api/host.json": "{}",
        "api/function_app.py": "from shared import shout\n",
        "api/text/shared.py": "",
        "api/requirements.txt": "azure-functions\n",
        "api/Dockerfile": dockerfile,
        "libs/shared/__init__.py": "",
        "libs/one.py": "",
        "libs/package/pyproject.toml": "[project]\nname = 'things'\n",
        "libs/package/shared.py": "",
    }

    given = facts(tmp_path, files, app="api", survey=failed("shared", 1))

    (finding,) = found(RULE, given)
    assert (finding.file, finding.line, finding.severity) == (
        "api/function_app.py",
        1,
        Severity.ERROR,
    )
    assert "which lacks shared" in finding.message
    assert told in finding.next
    assert found(requirement_missing.RULE, given) == found(module_not_found.RULE, given) == []


def test_what_is_asked_for_is_to_be_installed_however_open_the_image_is(tmp_path: Path) -> None:
    site = "/home/site/wwwroot"
    files = {
        "host.json": "{}",
        "function_app.py": "import requests\n",
        "Dockerfile": f"FROM x\nCOPY . {site}/\nCOPY --from=team/base {site} {site}\n",
        **LISTED,
    }

    (finding,) = found(RULE, facts(tmp_path, files, survey=failed("requests", 1)))

    assert finding.next.endswith(" -m pip install -r requirements.txt")


def test_a_local_package_lies_in_the_project(tmp_path: Path) -> None:
    files = {"data-utils/pyproject.toml": "[project]\nname = 'data-utils'\n"}
    target = {"packages": (tmp_path / "data-utils",)}

    assert found(RULE, facts(tmp_path, files, target=target)) == []

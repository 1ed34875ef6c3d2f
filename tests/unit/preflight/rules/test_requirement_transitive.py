from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.unit.preflight.given import EMPTY, INTERPRETER, facts, found

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules import requirement_missing
from funcyard.preflight.rules.requirement_transitive import RULE

SURVEY = replace(
    EMPTY,
    interpreter=replace(
        INTERPRETER,
        modules={
            "azure": ("azure-core", "azure-functions", "azure-storage-blob"),
            "azure.core": ("azure-core",),
            "azure.storage.blob": ("azure-storage-blob",),
            "idna": ("idna",),
            "requests": ("requests",),
            "socks": ("PySocks",),
        },
        distributions=dict.fromkeys(
            ("azure-core", "azure-functions", "azure-storage-blob", "idna", "pysocks", "requests"),
            "1.0",
        ),
        requires={
            "azure-storage-blob": ("azure-core>=1",),
            "azure-core": ("requests>=2",),
            "requests": ("idna<4", "PySocks; extra == 'socks'"),
        },
    ),
)


def test_what_only_others_require_is_a_note_and_not_missing(tmp_path: Path) -> None:
    given = facts(
        tmp_path,
        {
            "function_app.py": "from azure.storage.blob import x\nimport idna\n",
            "requirements.txt": "azure-functions\nazure-storage-blob\n",
        },
        survey=SURVEY,
    )

    (finding,) = found(RULE, given)

    assert (finding.line, finding.severity) == (2, Severity.NOTE)
    assert finding.next == "add idna to requirements.txt"
    assert found(requirement_missing.RULE, given) == []


def test_what_an_extra_requires_comes_along_with_the_extra_alone(tmp_path: Path) -> None:
    script = {"function_app.py": "import socks\n"}
    without = facts(tmp_path, {**script, "requirements.txt": "requests\n"}, survey=SURVEY)

    assert found(RULE, without) == []
    assert len(found(requirement_missing.RULE, without)) == 1

    with_it = facts(tmp_path, {**script, "requirements.txt": "requests[socks]\n"}, survey=SURVEY)
    assert len(found(RULE, with_it)) == 1


def test_what_is_locked_comes_along(tmp_path: Path) -> None:
    files = {
        "function_app.py": "import markdown2\n",
        "pyproject.toml": "[tool.poetry.dependencies]\nazure-functions = '^1'\n",
        "poetry.lock": "[[package]]\nname = 'markdown2'\n",
    }

    assert len(found(RULE, facts(tmp_path, files))) == 1


def test_the_exceptions_of_azures_clients_are_part_of_them(tmp_path: Path) -> None:
    files = {
        "function_app.py": "from azure.core.exceptions import AzureError\n",
        "requirements.txt": "azure-storage-blob\n",
    }
    given = facts(tmp_path, files, survey=SURVEY)

    assert found(RULE, given) == []
    assert found(requirement_missing.RULE, given) == []

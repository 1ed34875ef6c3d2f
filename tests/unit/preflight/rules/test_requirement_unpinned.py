from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.requirement_unpinned import RULE


def test_what_has_no_upper_bound_is_one_note_with_what_to_write(tmp_path: Path) -> None:
    text = "# comment\nrequests==2.32\nazure-functions\na>=1\nb\nc\n"

    (finding,) = found(RULE, facts(tmp_path, {"requirements.txt": text}))

    assert (finding.file, finding.line, finding.severity) == ("requirements.txt", 3, Severity.NOTE)
    assert finding.message.endswith(": azure-functions, a, b and 1 more")
    assert finding.next == "write azure-functions==1.24.0, or keep a lock"


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "azure-functions==1.24.0\nrequests>=2,<3\nhttpx~=0.27\n"},
        {"requirements.txt": "azure-functions==1.24.0 \\\n  --hash=sha256:aa\n"},
        {
            "pyproject.toml": "[project]\ndependencies = ['requests']\n",
            "poetry.lock": "[[package]]\nname = 'requests'\n",
        },
        {
            "requirements.txt": "requests==2.32.3\n",
            "pyproject.toml": "[project]\ndependencies = ['requests']\n",
        },
        {"requirements.txt": "requests==2.32.3\n", "requirements.in": "requests\n"},
        {"function_app.py": "import requests\n"},
    ],
    ids=["bounds", "hashes", "lock", "export of pyproject", "compiled", "no file"],
)
def test_bounds_and_locks_are_fine(tmp_path: Path, files: dict[str, str]) -> None:
    assert found(RULE, facts(tmp_path, files)) == []

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.ignore_keeps_secret import RULE

SECRETS = {"local.settings.json": "{}", ".env": "KEY=1\n", "certs/site.pfx": ""}


def test_what_is_published_holds_secrets_unless_funcignore_names_them(tmp_path: Path) -> None:
    given = facts(tmp_path, {**SECRETS, ".funcignore": "tests/\n"})

    assert [(f.file, f.severity, f.next) for f in found(RULE, given)] == [
        (".env", Severity.WARNING, "add .env to .funcignore"),
        ("certs/site.pfx", Severity.WARNING, "add certs/site.pfx to .funcignore"),
    ]

    (tmp_path / ".funcignore").write_text(".env*\n*.pfx\n")
    assert found(RULE, facts(tmp_path, {})) == []


def test_an_image_holds_the_local_settings_too(tmp_path: Path) -> None:
    target = {"dockerfile": tmp_path / "Dockerfile"}
    files = {**SECRETS, "Dockerfile": "FROM base\nCOPY . /wwwroot\n"}

    told = [finding.file for finding in found(RULE, facts(tmp_path, files, target=target))]
    assert told == [".env", "certs/site.pfx", "local.settings.json"]

    files[".dockerignore"] = "**/.env\n**/*.pfx\nlocal.settings.json\n"
    assert found(RULE, facts(tmp_path, files, target=target)) == []


@pytest.mark.parametrize(
    "files",
    [
        {"Dockerfile": "FROM base\nCOPY *.py /wwwroot/\n", ".env": ""},
        {
            "Dockerfile": "FROM base AS build\nCOPY . /src\nFROM base\nCOPY host.json /wwwroot/\n",
            ".env": "",
        },
        {"Dockerfile": "FROM base\nCOPY . /wwwroot\n", ".venv/lib/key.pem": "PRIVATE KEY-----"},
    ],
    ids=["not copied", "another stage", "an environment"],
)
def test_what_is_not_shipped_is_not_told(tmp_path: Path, files: dict[str, str]) -> None:
    target = {"dockerfile": tmp_path / "Dockerfile"}

    assert found(RULE, facts(tmp_path, files, target=target)) == []

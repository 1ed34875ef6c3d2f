from __future__ import annotations

import json
from pathlib import Path

import pytest

from funcyard.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["azurite", *arguments])
    output = capsys.readouterr()
    return int(ended.value.code or 0), output.out, output.err


def test_where_tells_which_azurite_would_be_started(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "azurite" / "dist" / "src" / "azurite.js"
    script.parent.mkdir(parents=True)
    script.touch()
    (tmp_path / "azurite" / "package.json").write_text('{"version": "3.35.0"}')
    monkeypatch.setenv("FUNCYARD_AZURITE", str(tmp_path / "azurite"))
    code, output, _ = run(capsys, "where", "--json")
    plain = run(capsys, "where")

    found = json.loads(output)
    assert code == 0
    assert (found["main"], found["version"], found["source"]) == (str(script), "3.35.0", "given")
    assert plain[1].startswith(f"Azurite 3.35.0 (given): {script}\nNode.js: ")


def test_where_fails_with_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNCYARD_AZURITE", str(tmp_path))
    code, output, error = run(capsys, "where", "--json")

    assert code == 1
    assert json.loads(output)["error"]["code"] == "azurite-missing"
    assert "FUNCYARD_AZURITE" in error


def test_install_does_nothing_where_azurite_is_up_to_date(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, output, error = run(capsys, "install", "--json")
    again = run(capsys, "install")

    assert code == 0
    assert json.loads(output)["installed"] is False
    assert error == ""
    assert again[1].startswith("azurite: up to date in ")

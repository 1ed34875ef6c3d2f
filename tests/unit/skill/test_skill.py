"""The skill is true today: its commands exist, and its steps run one after the other."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import pytest

from funcyard.cli.main import main, root

_ROOT = Path(__file__).parents[3]
_SKILL = _ROOT / "skills" / "generate-azure-functions" / "SKILL.md"
_TEXT = _SKILL.read_text(encoding="utf-8")


def _fenced(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", _TEXT, re.DOTALL | re.MULTILINE)


def _lines(*kinds: str) -> list[str]:
    return [line for kind in kinds for block in _fenced(kind) for line in block.splitlines()]


def _check(line: str) -> None:
    """Fail unless the command, its options and its arguments exist."""
    program, *rest = shlex.split(line)
    assert program == "funcyard"
    command: click.Command = root
    context = click.Context(root, info_name="funcyard")
    while isinstance(command, click.Group):
        _, found, rest = command.resolve_command(context, rest)
        assert found
        command, context = found, click.Context(found, parent=context, info_name=found.name)
    command.make_context(command.name, rest, parent=context.parent)


@pytest.mark.parametrize("line", _lines("sh", "console"))
def test_every_command_of_the_skill_exists_with_its_options(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my-pipeline").mkdir()
    monkeypatch.chdir(tmp_path)
    _check(line)


@pytest.mark.parametrize(
    "line", ["funcyard new x --nope", "funcyard nope", "funcyard down a b", "funcyard memory note"]
)
def test_a_command_that_does_not_exist_would_be_found(line: str) -> None:
    with pytest.raises(click.UsageError):
        _check(line)


def test_the_skill_has_nine_steps_and_says_what_it_is() -> None:
    assert re.findall(r"^## (\d)\.", _TEXT, re.MULTILINE) == list("123456789")
    assert re.match(r"---\nname: generate-azure-functions\ndescription: .+\n---\n", _TEXT)


def test_every_command_reports_in_json() -> None:
    assert all(line.endswith(" --json") for line in _lines("sh", "console"))


def test_the_pages_that_it_names_are_there() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", _TEXT):
        assert (_SKILL.parent / link).is_file()


def test_the_steps_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (spec,) = _fenced("yaml")
    (tmp_path / "spec.yaml").write_text(spec, encoding="utf-8")
    first_time = "funcyard memory show my-pipeline --json"
    for line in _lines("sh"):
        with pytest.raises(SystemExit) as exited:
            main(shlex.split(line)[1:])
        printed = capsys.readouterr()
        json.loads(printed.out)
        expected = 2 if line == first_time else 0
        assert exited.value.code == expected, f"{line}: {printed.err}"
    memory = tmp_path / ".funcyard" / "memory" / "generate-azure-functions" / "my-pipeline"
    notes = (memory / "setup_notes.md").read_text()
    assert "The queue is filled by the nightly export" in notes
    assert "Everyone here knows pip" in (memory / "customizations.md").read_text()
    assert "removed app reports" in (memory / "project_config.md").read_text()

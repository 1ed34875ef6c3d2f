from __future__ import annotations

import errno
import io
import json
import os
import sys

import click
import pytest

from funcyard.cli import main as cli
from funcyard.errors import UserError


class _WrongError(UserError):
    code = "wrong"


def _run(
    monkeypatch: pytest.MonkeyPatch, fault: BaseException, *arguments: str
) -> int | str | None:
    @click.command()
    @click.option("--json", "as_json", is_flag=True)
    def command(as_json: bool) -> None:  # noqa: FBT001 - click hands it over
        del as_json
        raise fault

    monkeypatch.setattr(cli, "root", command)
    with pytest.raises(SystemExit) as end:
        cli.main(list(arguments))
    return end.value.code


def test_a_fault_that_a_person_can_mend_is_told_with_code_and_hint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = _run(monkeypatch, _WrongError("it is wrong", hint="mend it"), "--json")
    out, err = capsys.readouterr()

    assert code == 1
    assert err == "error[wrong]: it is wrong\nhint: mend it\n"
    assert json.loads(out) == {
        "error": {"code": "wrong", "message": "it is wrong", "hint": "mend it"}
    }


def test_an_unforeseen_fault_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FUNCYARD_TRACEBACK", raising=False)
    code = _run(monkeypatch, ZeroDivisionError("by zero"))
    err = capsys.readouterr().err

    assert code == 1
    assert err.startswith("error[internal]: ZeroDivisionError: by zero\n")
    assert "Traceback" not in err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing_is_no_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    code = _run(monkeypatch, OSError(number, os.strerror(number), "up.lock"))
    err = capsys.readouterr().err

    assert code == 1
    assert err.startswith(f"error[cannot-write]: [Errno {number}] {os.strerror(number)}: 'up.lock'")
    assert "hint: " in err


def test_a_developer_can_ask_for_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def command() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "root", command)
    monkeypatch.setenv("FUNCYARD_TRACEBACK", "1")

    with pytest.raises(ZeroDivisionError):
        cli.main([])


def test_a_character_that_the_output_has_not_is_escaped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @click.command()
    def command() -> None:
        click.echo("→ \ud800")

    written = io.BytesIO()
    monkeypatch.setattr(cli, "root", command)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1"))
    with pytest.raises(SystemExit) as end:
        cli.main([])

    assert (end.value.code, written.getvalue()) == (0, b"\\u2192 \\ud800\n")


def test_an_interruption_exits_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run(monkeypatch, click.exceptions.Abort()) == 130


def test_bad_usage_exits_with_2_and_is_json_for_tools(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["ports", "--json"])

    assert end.value.code == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "bad-usage"


def test_the_root_lists_every_command_without_importing_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr().out

    assert all(f"  {name} " in shown for name in cli.COMMANDS)

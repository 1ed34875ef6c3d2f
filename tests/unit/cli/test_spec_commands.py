from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import click
import pytest
from click.testing import CliRunner

from funcyard.cli._ask import TerminalAsker
from funcyard.cli.main import main

_FUNCYARD = Path(sys.executable).with_name("funcyard")
_DAY = "1795132800"  # 2026-11-20
_LATER = "1830000000"  # 2027-12-28


class Run(Protocol):
    def __call__(self, *arguments: object) -> tuple[int, str, str]: ...


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", _DAY)

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exited:
            main([str(argument) for argument in arguments])
        assert isinstance(exited.value.code, int)
        return exited.value.code, *capsys.readouterr()

    return run


def _project(folder: Path, port: int, more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    text = f"project_name: small\nfunction_apps:\n  - name: api\n    port: {port}\n{more}"
    (folder / "funcyard.yaml").write_text(text)
    return folder


def test_a_sound_spec_is_said_to_be_sound(run: Run, tmp_path: Path, free_port: int) -> None:
    file = _project(tmp_path, free_port) / "funcyard.yaml"

    said = f"{file}: small is sound: 1 app, 1 function\n"
    assert run("validate", file) == (0, said, "")
    assert run("validate", tmp_path) == (0, said, "")


def test_validate_finds_the_project_around_it(
    run: Run, tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = _project(tmp_path, free_port) / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)

    code, out, _ = run("validate")

    assert (code, out.endswith("small is sound: 1 app, 1 function\n")) == (0, True)


def test_validate_outside_a_project_says_so(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    code, out, err = run("validate")

    assert (code, out) == (2, "")
    assert err.startswith("error[no-project]: there is no funcyard.yaml in")


def test_faults_are_listed_and_exit_2(run: Run, tmp_path: Path, free_port: int) -> None:
    folder = _project(tmp_path, free_port, "colour: red\nruntime: {version: 3.10}\n")

    code, out, err = run("validate", folder)

    assert (code, out) == (2, "")
    assert err == (
        "error[bad-spec]: 2 faults in funcyard.yaml:\n"
        "  funcyard.yaml:5:1: colour: unknown field (known here: project_name, blueprint, runtime, "
        "programming_model, dependency_manager, function_apps, storage, local_packages, "
        "environment, system_packages, azure_cli, volumes, check, reasons)\n"
        "  funcyard.yaml:6:20: runtime.version: Python 3.10 ended on 2026-10-31 "
        "(choose Python 3.11, 3.12, 3.13 or 3.14 (preview))\n"
    )


def test_faults_as_json_are_one_document(run: Run, tmp_path: Path, free_port: int) -> None:
    folder = _project(tmp_path, free_port, "azure_cli: perhaps\n")

    code, out, _ = run("validate", folder, "--json")

    assert code == 2
    assert json.loads(out)["error"]["findings"] == [
        {
            "severity": "error",
            "path": "azure_cli",
            "message": "expected true or false, found 'perhaps'",
            "line": 5,
            "column": 12,
            "hint": None,
        }
    ]


def test_warnings_are_shown_and_exit_0(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", _LATER)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        file = _project(tmp_path, port, "runtime: {version: '3.11'}\n") / "funcyard.yaml"
        code, out, _ = run("validate", file)
        as_json = json.loads(run("validate", file, "--json")[1])

    assert code == 0
    assert out == (
        f"warning: funcyard.yaml:4:11: function_apps[0].port: port {port} is busy now "
        "(funcyard up takes a free one)\n"
        "warning: funcyard.yaml:5:20: runtime.version: Python 3.11 ended on 2027-10-31: "
        "it gets no more security fixes\n"
        f"{file}: small is sound: 1 app, 1 function\n"
    )
    assert as_json["valid"] is True
    assert [item["line"] for item in as_json["findings"]] == [4, 5]


def test_a_projects_local_packages_have_to_be_there(
    run: Run, tmp_path: Path, free_port: int
) -> None:
    folder = _project(tmp_path, free_port, "local_packages: [{name: shared, path: ./shared}]\n")

    assert run("validate", folder)[0] == 2
    other = (folder / "funcyard.yaml").rename(folder / "other.yaml")
    assert run("validate", other)[0] == 0


def test_a_hostile_spec_is_refused_by_the_real_command(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_bytes(b"a: &a [" + b"[" * 50_000)

    done = subprocess.run(
        [_FUNCYARD, "validate", file], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error[bad-spec]: spec.yaml:1:")
    assert "Traceback" not in done.stderr


def test_images_of_one_runtime_are_listed(run: Run) -> None:
    code, out, err = run("images", "python")

    assert (code, err) == (0, "")
    image = "mcr.microsoft.com/azure-functions/python:4-python3."
    assert out == (
        "runtime      status     until       generated  base image\n"
        f"Python 3.8   ended      2024-10-14  no         {image}8\n"
        f"Python 3.9   ended      2025-10-31  no         {image}9\n"
        f"Python 3.10  ended      2026-10-31  no         {image}10\n"
        f"Python 3.11  supported  2027-10-31  yes        {image}11\n"
        f"Python 3.12  supported  2028-10-31  yes        {image}12\n"
        f"Python 3.13  supported  2029-10-31  yes        {image}13\n"
        f"Python 3.14  preview    2030-10-31  yes        {image}14\n"
    )


def test_images_as_json_name_every_runtime(run: Run) -> None:
    document = json.loads(run("images", "--json")[1])

    assert document["today"] == "2026-11-20"
    assert {item["runtime"] for item in document["images"]} == {"python", "node", "dotnet"}
    assert [item["version"] for item in document["images"] if item["generated"]] == [
        "3.11", "3.12", "3.13", "3.14",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["node", "Node.js", "NodeJS", " NODE "])
def test_a_runtime_is_known_by_its_other_names(run: Run, name: str) -> None:
    code, out, err = run("images", name)

    assert (code, err) == (0, "")
    image = "mcr.microsoft.com/azure-functions/node:4-node"
    assert out == (
        "runtime  status     until       generated  base image\n"
        f"Node 16  ended      2024-06-30  no         {image}16\n"
        f"Node 18  ended      2025-04-30  no         {image}18\n"
        f"Node 20  ended      2026-04-30  no         {image}20\n"
        f"Node 22  ending     2027-04-30  not yet    {image}22\n"
        f"Node 24  supported  2028-04-30  not yet    {image}24\n"
    )


def test_an_unknown_runtime_is_bad_usage(run: Run) -> None:
    code, out, err = run("images", "rust")

    assert (code, out) == (2, "")
    assert err == (
        "error[unknown-runtime]: no runtime 'rust' is known\n"
        "hint: known: python, node, dotnet, .net, dotnet-isolated, nodejs, node.js\n"
    )


def test_a_clock_that_is_none_is_bad_usage(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for stated in ("yesterday", "9" * 40):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", stated)
        code, _, err = run("images")
        assert (code, err.splitlines()[0]) == (
            2,
            f"error[bad-clock]: SOURCE_DATE_EPOCH is '{stated}': not seconds since 1970",
        )


def test_ports_are_free_and_pass_over_reserved_ones(run: Run) -> None:
    code, out, _ = run("ports", 3, "--start", 9999)
    ports = [int(line) for line in out.splitlines()]

    assert code == 0
    assert len(ports) == 3
    assert not {10000, 10001, 10002} & set(ports)
    assert json.loads(run("ports", 3, "--start", 9999, "--json")[1]) == {"ports": ports}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["abc"], "Invalid value for 'N': 'abc' is not a valid integer"),
        (["0"], "error[bad-ports]: 0 ports: ask for 1 to 1000"),
        (["3", "--start", "80"], "error[bad-ports]: port 80: begin between 1024 and 65535"),
    ],
)
def test_ports_that_cannot_be_had_are_bad_usage(run: Run, arguments: list[str], code: str) -> None:
    exit_code, out, err = run("ports", *arguments)

    assert (exit_code, out) == (2, "")
    assert code in err


def test_a_generated_key_is_64_random_bytes(run: Run) -> None:
    code, out, err = run("key", "generate")
    again = json.loads(run("key", "generate", "--json")[1])["key"]

    assert (code, err, len(out.strip())) == (0, "", 88)
    assert len(base64.b64decode(out.strip(), validate=True)) == 64
    assert again != out.strip()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(run: Run, shell: str) -> None:
    code, out, _ = run("completion", shell)

    assert code == 0
    assert f"_FUNCYARD_COMPLETE={shell}_complete" in out


def test_completion_in_bash_offers_commands_and_shells(run: Run) -> None:
    script = run("completion", "bash")[1]
    for words, offered in (("funcyard va", "validate"), ("funcyard completion z", "zsh")):
        line = f"COMP_WORDS=({words}); COMP_CWORD={len(words.split()) - 1}"
        shown = 'printf "%s\\n" "${COMPREPLY[@]}"'
        call = f'{script}\n{line}\n_funcyard_completion "{_FUNCYARD}"\n{shown}'
        done = subprocess.run(["bash", "-c", call], capture_output=True, text=True, check=True)
        assert done.stdout.split() == [offered]


def test_an_unknown_shell_is_bad_usage(run: Run) -> None:
    code, _, err = run("completion", "powershell")

    assert code == 2
    assert "'powershell' is not one of 'bash', 'zsh', 'fish'" in err


def test_questions_are_put_on_a_terminal() -> None:
    answers: list[object] = []

    @click.command()
    def command() -> None:
        asker = TerminalAsker()
        asker.say("Hello")
        answers.append(asker.prompt("Name", default="api"))
        answers.append(asker.prompt("Purpose", default=""))
        answers.append(asker.choose("Manager", ("pip", "uv"), default="pip"))
        answers.append(asker.confirm("Sure", default=False))

    result = CliRunner().invoke(command, input="\n\nconda\nuv\ny\n")

    assert answers == ["api", "", "uv", True]
    assert result.stdout == ""
    assert result.stderr == (
        "Hello\nName [api]: \nPurpose: \nManager (pip, uv) [pip]: conda\n"
        "Error: 'conda' is not one of 'pip', 'uv'.\nManager (pip, uv) [pip]: uv\nSure? [y/N]: y\n"
    )

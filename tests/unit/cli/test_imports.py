"""What each command imports before it does anything, and what those that only ask import at all."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_CLIENTS = (
    "aiohttp", "anyio", "azure", "cryptography", "funcyard.azure", "funcyard.emulator", "requests",
    "rich", "uvicorn", "watchfiles",
)  # fmt: skip
_GENERATING = {"add", "diff", "new", "remove", "status", "update"}
"""The commands whose help waits for templates: what they do with a project needs them at once."""
_READING = ("jinja2", "pydantic", "ruamel")

_ROOMS = ("deploy", "emulator", "orch", "twin", "workspace")

_EACH = """
import json, os, sys
import click
from funcyard.cli.main import LazyGroup, root

def tell(group, path):
    context = click.Context(group)
    for name in group.list_commands(context):
        sys.stdout.flush()
        if os.fork() == 0:
            command = group.get_command(context, name)
            print(json.dumps([[*path, name], sorted(sys.modules)]))
            if isinstance(command, LazyGroup):
                tell(command, [*path, name])
            sys.stdout.flush()
            os._exit(0)
        assert os.wait()[1] == 0

tell(root, [])
"""
_RUN = """
import sys
from funcyard.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """Every command, and every module that is there once it is."""
    done = subprocess.run([sys.executable, "-c", _EACH], capture_output=True, text=True, check=True)
    told = (json.loads(line) for line in done.stdout.splitlines())
    return {" ".join(path): set(modules) for path, modules in told}


def test_no_command_imports_clients_or_servers_to_be_called(loaded: dict[str, set[str]]) -> None:
    assert {"up", "workspace run", "orch status", "twin deploy", "emulator start"} <= set(loaded)
    found = {name: [one for one in _CLIENTS if one in modules] for name, modules in loaded.items()}
    assert {name: clients for name, clients in found.items() if clients} == {}


def test_only_commands_that_generate_import_templates(loaded: dict[str, set[str]]) -> None:
    assert {name for name, modules in loaded.items() if "jinja2" in modules} == _GENERATING


@pytest.mark.parametrize("room", _ROOMS)
def test_no_command_imports_another_s_room(loaded: dict[str, set[str]], room: str) -> None:
    others = {f"funcyard.cli.{one}" for one in _ROOMS} - {f"funcyard.cli.{room}"}
    if room == "twin":
        others -= {"funcyard.cli.deploy"}  # whose engine it uses
    mine = {name: modules for name, modules in loaded.items() if name.split()[0] == room}
    assert {name: others & modules for name, modules in mine.items() if others & modules} == {}


@pytest.mark.parametrize(
    "arguments", [("down",), ("logs",), ("invoke", "hello"), ("key", "generate")]
)
def test_who_only_asks_a_running_project_reads_no_spec(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "funcyard.yaml").write_text("project_name: shop\n")
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *arguments],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    modules = done.stderr.splitlines()[-1].split()
    assert [one for one in (*_READING, *_CLIENTS) if one in modules] == []
    assert "funcyard.cli.main" in modules

"""Bicep files as ours reads them, against pycep, a parser that others wrote and maintain.

pycep knows declarations and values, not what expressions come to; so files are made of random
values, written in the ways that Bicep allows, and both have to read back what was written.
"""

from __future__ import annotations

import fcntl
import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from funcyard.preflight.infrastructure.bicep import read_bicep
from funcyard.preflight.infrastructure.scope import Scope
from funcyard.preflight.infrastructure.value import Value

ROOT = Path(__file__).parents[2]
FILES = 60
PARSE = """
import json, sys, pycep
parser = pycep.BicepParser()
print(json.dumps([parser.parse(text=text) for text in json.load(sys.stdin)]))
"""
WORDS = ("E16", "cae-dev", "a b", "registry.azurecr.io/x:1", "128Gi", "x_1", "/sub/id", "")
Written = dict[str, Any]


def _value(chance: random.Random, depth: int = 0) -> Any:  # noqa: ANN401 - any value
    kind = chance.choice("sbi" if depth > 2 else "sbilloo")
    if kind == "s":
        return chance.choice(WORDS)
    if kind == "b":
        return chance.random() < 0.5
    if kind == "i":
        return chance.randint(0, 5000)
    count = chance.randint(0, 3)
    if kind == "l":
        return [_value(chance, depth + 1) for _ in range(count)]
    return {f"k{n}": _value(chance, depth + 1) for n in range(count)}


def _written(value: Any, chance: random.Random, indent: str = "") -> str:  # noqa: ANN401 - any value
    deeper = f"{indent}  "
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return f"'{value}'"
    comment = chance.choice(["", "", " // a comment", " /* another */"])
    if isinstance(value, list):
        items = "".join(f"{deeper}{_written(item, chance, deeper)}\n" for item in value)
        return f"[\n{items}{indent}]" if value else "[]"
    entries = "".join(
        f"{deeper}{chance.choice([name, repr(name)])}: {_written(item, chance, deeper)}\n"
        for name, item in value.items()
    )
    return f"{{{comment}\n{entries}{indent}}}" if value else "{}"


def _file(chance: random.Random) -> tuple[str, Written]:
    """A file, and what it says."""
    said: Written = {"parameters": {}, "variables": {}, "resources": {}, "outputs": {}}
    lines = [chance.choice(["", "// first\n", "targetScope = 'resourceGroup'\n"])]
    for number in range(chance.randint(0, 3)):
        said["parameters"][f"p{number}"] = value = _value(chance)
        kind = {str: "string", bool: "bool", int: "int", list: "array"}.get(type(value), "object")
        lines.append(chance.choice(["", "@description('which')\n"]))
        lines.append(f"param p{number} {kind} = {_written(value, chance)}\n")
    for number in range(chance.randint(0, 3)):
        said["variables"][f"v{number}"] = value = _value(chance)
        lines.append(f"var v{number} = {_written(value, chance)}\n")
    for number in range(chance.randint(1, 3)):
        body = {"name": f"n{number}", "properties": _value(chance)}
        said["resources"][f"r{number}"] = body
        kind = "Microsoft.App/containerApps@2024-03-01"
        lines.append(f"\nresource r{number} '{kind}' = {_written(body, chance)}\n")
    for number in range(chance.randint(0, 2)):
        said["outputs"][f"o{number}"] = value = chance.choice(WORDS)
        lines.append(f"output o{number} string = '{value}'\n")
    return "".join(lines), said


def _plain(value: Value | None) -> Any:  # noqa: ANN401 - any value
    assert value is not None
    assert value.known
    if isinstance(value.data, tuple):
        return [_plain(item) for item in value.data]
    if isinstance(value.data, dict):
        return {name: _plain(item) for name, item in value.data.items()}
    return value.data


def _ours(text: str) -> Written:
    template = read_bicep(text, "main.bicep")
    assert template.faults == []
    scope = Scope(template, {}, lambda _above, _source: None)
    parameters = {name: item.default for name, item in template.parameters.items()}
    return {
        "parameters": {name: _plain(scope.evaluate(e)) for name, e in parameters.items() if e},
        "variables": {name: _plain(scope.evaluate(e)) for name, e in template.variables.items()},
        "resources": {item.symbol: _plain(item.body) for item in scope.resources()},
        "outputs": {name: _plain(scope.output(name)) for name in template.outputs},
    }


def _unquoted(read: Any) -> Any:  # noqa: ANN401 - any value
    """What pycep read; it leaves the quotes of a property's name where they are."""
    if isinstance(read, list):
        return [_unquoted(item) for item in read]
    if isinstance(read, dict):
        return {name.strip("'"): _unquoted(item) for name, item in read.items()}
    return read


def _theirs(read: dict[str, Any]) -> Written:
    def of(part: str, key: str) -> Written:
        return {name: _unquoted(item[key]) for name, item in read.get(part, {}).items()}

    return {
        "parameters": of("parameters", "default"),
        "variables": of("variables", "value"),
        "resources": of("resources", "config"),
        "outputs": of("outputs", "value"),
    }


@pytest.fixture(scope="module")
def pycep() -> Path:
    """The interpreter of pycep's environment."""
    (ROOT / ".venvs").mkdir(exist_ok=True)
    with (ROOT / ".venvs" / "bicep.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run([ROOT / "scripts" / "judges.sh", "bicep"], check=True, capture_output=True)
    return ROOT / ".venvs" / "judges" / "bicep" / "bin" / "python"


def test_both_read_what_is_written(pycep: Path) -> None:
    chance = random.Random(4)  # noqa: S311 - no secret
    files = [_file(chance) for _ in range(FILES)]
    texts = json.dumps([text for text, _ in files])
    done = subprocess.run(
        [pycep, "-c", PARSE], input=texts, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for (text, said), read in zip(files, json.loads(done.stdout), strict=True):
        assert _theirs(read) == said, text
        assert _ours(text) == said, text

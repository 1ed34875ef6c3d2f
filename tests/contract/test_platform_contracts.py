"""The Function App and its contracts are the same: every route, every way in, every role."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.platform_contracts import CONTRACTS, Operation, operations, read

APP = Path(__file__).parents[2] / "workflows"
_ROLES = {"run": "user", "administer": "admin", None: "anyone"}
_LIST = """
import json, function_app
found = []
for function in function_app.app.get_functions():
    for binding in function.get_bindings():
        told = binding.get_dict_repr()
        if told["type"] == "httpTrigger":
            permission = getattr(function.get_user_function(), "permission", None)
            found.append([function.get_function_name(), told, permission])
print(json.dumps(found, default=str))
"""


def _served() -> dict[tuple[str, str], tuple[str, str]]:
    """Return what the app serves: method and path, with the function's name and its role."""
    ran = subprocess.run(
        [sys.executable, "-c", _LIST], cwd=APP, capture_output=True, text=True, check=True
    )
    found = {}
    for name, trigger, permission in json.loads(ran.stdout):
        path = "/" + re.sub(r"\{\*?(\w+)\}", r"{\1}", trigger["route"])
        for method in trigger["methods"]:
            found[method, path] = (name, _ROLES[permission])
    return found


def test_contracts_say_what_the_app_serves_and_nothing_else() -> None:
    told = {
        (one.method, one.path): (re.sub("^(call_endpoint)_.*", r"\1", one.id), one.role)
        for one in operations()
    }
    assert _served() == told


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_refers_to_what_it_holds_and_holds_nothing_else(name: str) -> None:
    document = read(name)
    components = {
        f"#/components/{kind}/{one}"
        for kind, members in document["components"].items()
        if kind != "securitySchemes"
        for one in members
    }
    assert set(re.findall(r"#/components/\w+/\w+", json.dumps(document))) == components


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_a_path_s_parameters_are_described(operation: Operation) -> None:
    assert set(re.findall(r"\{(\w+)\}", operation.path)) == {
        one["name"] for one in operation.document.get("parameters", ()) if one.get("in") == "path"
    }


def test_the_data_model_tells_every_table_queue_and_container() -> None:
    package = APP.parent / "src" / "funcyard"
    named = {
        name
        for room in ("access", "workspace", "workflows")
        for path in (package / room).rglob("*.py")
        for name in re.findall(
            r'^(?:TABLE|QUEUE|CONTAINER): Final = "([\w-]+)"', path.read_text("utf-8"), re.MULTILINE
        )
    }
    told = (APP.parent / "specs" / "data-model.md").read_text("utf-8")
    assert len(named) == 12
    assert {name for name in named if name not in told} == set()

"""The Function App and its contracts are the same: every route, every way in, every role."""

from __future__ import annotations

import json
import re

import pytest
from tests.conftest import ROOT
from tests.platform_contracts import CONTRACTS, operations, read
from tests.platform_routes import served


def test_contracts_say_what_the_app_serves_and_nothing_else() -> None:
    told = {
        (one.method, one.path): (re.sub("^(call_endpoint)_.*|_head$", r"\1", one.id), one.role)
        for one in operations()
    }
    assert {(one.method, one.path): (one.function, one.role) for one in served()} == told


def test_contracts_say_which_parameters_a_query_may_have() -> None:
    told: dict[str, set[str] | None] = {}
    for one in operations():
        shared = read(one.contract)["components"].get("parameters", {})
        named = one.document.get("parameters", ())
        found = [
            shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in named
        ]
        given = [each for each in found if each["in"] == "query"]
        any_name = any("additionalProperties" in each["schema"] for each in given)
        told[str(one)] = None if any_name else {each["name"] for each in given}
    taken = {str(one): one.query if one.query is None else set(one.query) for one in served()}
    assert taken == told


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


def test_a_path_s_parameters_are_described() -> None:
    for operation in operations():
        given = operation.document.get("parameters", ())
        described = {one["name"] for one in given if one.get("in") == "path"}
        assert set(re.findall(r"\{(\w+)\}", operation.path)) == described, operation


def test_the_data_model_tells_every_table_queue_and_container() -> None:
    package = ROOT / "src" / "funcyard"
    named = {
        name
        for room in ("access", "workspace", "workflows")
        for path in (package / room).rglob("*.py")
        for name in re.findall(
            r'^(?:TABLE|QUEUE|CONTAINER): Final = "([\w-]+)"', path.read_text("utf-8"), re.MULTILINE
        )
    }
    told = (ROOT / "specs" / "data-model.md").read_text("utf-8")
    assert len(named) == 12
    assert {name for name in named if name not in told} == set()

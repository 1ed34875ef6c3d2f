from __future__ import annotations

import sys

from funcyard.functions.installed import interpreter
from funcyard.functions.survey import Interpreter


def test_distributions_that_share_a_namespace_are_told_apart_by_their_packages() -> None:
    modules = interpreter().modules

    assert {"azure-core", "azure-storage-blob"} <= set(modules["azure"])
    assert modules["azure.core"] == ("azure-core",)
    assert modules["azure.storage.blob"] == ("azure-storage-blob",)
    assert "azure.storage.blob.aio" not in modules, "a part of what stands already"


def test_what_has_its_top_level_module_alone_is_told_by_it() -> None:
    modules = interpreter().modules

    assert modules["click"] == ("click",)
    assert not [name for name in modules if name.startswith("click.")]


def test_it_is_told_what_a_distribution_requires() -> None:
    required = interpreter().requires["azure-storage-blob"]

    assert any(text.startswith("azure-core") for text in required)


def test_it_travels_as_json() -> None:
    told = interpreter()

    assert Interpreter.from_dict(told.as_dict()) == told
    assert told.version == ".".join(map(str, sys.version_info[:3]))
    assert "json" in told.standard_library

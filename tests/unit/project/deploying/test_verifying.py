"""Packages are loaded as they are shipped before anything is uploaded."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from funcyard.deploy.package import Package
from funcyard.project.deploying.verifying import (
    NoFunctionsError,
    functions_in,
    loading_environment,
)

_APP = """import os

import azure.functions as func

app = func.FunctionApp()


@app.route("b")
def second(req: func.HttpRequest) -> str:
    return os.environ["SHOP_LEVEL"]


@app.route("a")
def first(req: func.HttpRequest) -> str:
    return ""
"""
_ENVIRONMENT = loading_environment(os.environ, {"SHOP_LEVEL": "3"})


async def _found(text: str) -> tuple[str, ...]:
    files = {"host.json": b'{"version": "2.0"}', "function_app.py": text.encode()}
    return await functions_in(Package(files), "api", Path(sys.executable), _ENVIRONMENT)


async def test_the_functions_of_a_package_are_found() -> None:
    assert await _found(_APP) == ("first", "second")


async def test_a_module_that_is_not_shipped_is_missed_here() -> None:
    with pytest.raises(
        NoFunctionsError, match=r"api cannot be loaded .* function_app\.py:1: ModuleNotFoundError"
    ) as refused:
        await _found(f"import utils_of_ours\n{_APP}")
    assert "sys.path" not in refused.value.message


async def test_an_app_without_functions_is_refused() -> None:
    with pytest.raises(NoFunctionsError, match="api has no functions"):
        await _found("import azure.functions as func\n\napp = func.FunctionApp()\n")


def test_nothing_of_this_machine_reaches_the_app_but_what_a_process_needs() -> None:
    found = loading_environment({"PATH": "/bin", "TOKEN": "hunter2"}, {"A": "1"})

    assert found == {"PATH": "/bin", "A": "1"}

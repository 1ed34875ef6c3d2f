from __future__ import annotations

import ast

import pytest

from funcyard.preflight.code.names import dotted, origins, spelled

IMPORTS = """\
import azure.functions as func
import azure.durable_functions
from azure import functions
from azure.functions import HttpRequest as Request, TimerRequest
from .here import thing
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from azure.functions import QueueMessage
"""


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("func.FunctionApp", "azure.functions.FunctionApp"),
        ("azure.durable_functions.DFApp", "azure.durable_functions.DFApp"),
        ("functions.Blueprint", "azure.functions.Blueprint"),
        ("Request", "azure.functions.HttpRequest"),
        ("own.Class", "own.Class"),
        ("thing.other", "thing.other"),
        ("QueueMessage", "QueueMessage"),
        ("make().attribute", ""),
    ],
)
def test_a_name_stands_for_what_it_was_imported_as(written: str, origin: str) -> None:
    node = ast.parse(written, mode="eval").body

    assert dotted(node, origins(ast.parse(IMPORTS))) == origin


@pytest.mark.parametrize(
    ("imports", "written"),
    [
        ("import azure.functions as func", "func.HttpRequest"),
        ("import azure.functions", "azure.functions.HttpRequest"),
        ("from azure import functions as f", "f.HttpRequest"),
        ("from azure.functions import HttpRequest", "HttpRequest"),
        ("import azure.functions as func\nfrom azure.functions import HttpRequest as R", "R"),
        ("import azure_functions_extra as func", ""),
        ("if TYPE_CHECKING:\n    import azure.functions as func", ""),
    ],
)
def test_a_class_is_written_as_the_module_can_write_it(imports: str, written: str) -> None:
    assert spelled("azure.functions.HttpRequest", origins(ast.parse(imports))) == written

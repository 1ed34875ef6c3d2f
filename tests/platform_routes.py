"""What the platform's Function App serves over HTTP, as the app itself tells it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

APP: Final = Path(__file__).parents[1] / "workflows"
_ROLES: Final = {"run": "user", "administer": "admin", "anyone": "anyone"}
_LIST: Final = """
import json, function_app
found = []
for function in function_app.app.get_functions():
    for binding in function.get_bindings():
        told = binding.get_dict_repr()
        if told["type"] == "httpTrigger":
            ours = function.get_user_function()
            found.append([function.get_function_name(), told, ours.permission, ours.query])
print(json.dumps(found, default=str))
"""


@dataclass(frozen=True)
class Route:
    """A way in.

    Attributes:
        method: In upper case.
        path: Below ``/api``, with its parameters in braces.
        function: Which answers.
        role: Who may: ``anyone``, ``user`` or ``admin``.
        query: The names of its parameters there; None for any.
    """

    method: str
    path: str
    function: str
    role: str
    query: tuple[str, ...] | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@cache
def served() -> tuple[Route, ...]:
    """Return every way in; a function that does not say who may call it is a fault."""
    ran = subprocess.run(
        [sys.executable, "-c", _LIST], cwd=APP, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return tuple(
        Route(method, f"/{path}", name, _ROLES[permission], query and tuple(query))
        for name, trigger, permission, query in json.loads(ran.stdout)
        for path in [re.sub(r"\{\*?(\w+)\}", r"{\1}", trigger["route"])]
        for method in trigger["methods"]
    )

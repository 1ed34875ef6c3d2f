"""Functions that are decorated by a call: ``app.route("x")(json.dumps)``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.preflight.facts import AppFacts


def decorated_by_hand(app: AppFacts, function: str) -> tuple[str, int]:
    """Return file and line where the script so decorates what is no function of the app's own.

    Args:
        app: The app.
        function: The function's name; where no call names it, the first such call is returned.
    """
    script = app.modules.script
    if script is None:
        return "", 0
    calls = [
        node
        for node in (ast.walk(script.tree) if script.tree else ())
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Call) and node.args
    ]
    for call in calls:
        if ast.unparse(call.args[0]).rpartition(".")[2] == function:
            return script.name, call.lineno
    return script.name, calls[0].lineno if calls else 1

from __future__ import annotations

import ast

from funcyard.preflight.code.statements import Place, statements

SOURCE = """\
import a
if TYPE_CHECKING:
    import never
else:
    import b
if a:
    import c
elif b:
    import d
try:
    import e
    try:
        import f
    except* ValueError:
        import g
except (ImportError, OSError):
    import h
else:
    import i
finally:
    import j
with a:
    import k
for x in a:
    import m
while a:
    import n
match a:
    case 1:
        import o
def later():
    import never
class Later:
    import never
"""


def test_what_importing_a_module_may_run_is_told_with_the_branches_it_stands_in() -> None:
    told = {
        place.node.names[0].name: place
        for place in statements(ast.parse(SOURCE))
        if isinstance(place.node, ast.Import)
    }

    assert "".join(told) == "abcdefghijkmno"
    assert "".join(name for name, place in told.items() if place.conditional) == "cdghmno"
    assert _depths(told) == {"e": 1, "f": 2, "g": 1}
    handlers = {name: place.handler.lineno for name, place in told.items() if place.handler}
    assert handlers == {"g": 14, "h": 16}


def _depths(told: dict[str, Place]) -> dict[str, int]:
    return {name: len(place.tries) for name, place in told.items() if place.tries}

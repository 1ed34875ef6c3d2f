from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.preflight.failing import (
    NO_APP,
    failing,
    function,
    holding,
    raising,
    refusing,
    swallowing,
)
from tests.unit.preflight.given import facts, found

from funcyard.functions.survey import Stray, Survey, Swallowed
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules import blueprint_not_registered, module_never_imported
from funcyard.preflight.rules.import_guard_hides_app import RULE

HEAD = "import azure.functions as func\n"
PARTS = f"""{HEAD}
bp = func.Blueprint()

@bp.route()
def more(req): ...
"""
OPTIONAL = "try:\n    from web import app\nexcept ImportError:\n    app = None\n"


def _with(survey: Survey, *swallowed: Swallowed) -> Survey:
    return replace(survey, swallowed=swallowed)


def _missing(line: int, file: str) -> Swallowed:
    one = swallowing(line, file, kind="ModuleNotFoundError", message="No module named 'gone'")
    return replace(one, kinds=("ModuleNotFoundError", "ImportError", *one.kinds[1:]))


@pytest.mark.parametrize(
    "handler",
    [
        "except Exception:\n    app = None\n",
        "except ImportError:\n    pass\n",
        "except (ValueError, ModuleNotFoundError) as fault:\n    print(fault)\n",
        "except:\n    import logging\n    logging.exception('no app')\n",
    ],
)
def test_what_was_swallowed_with_the_app_is_an_error_at_the_import(
    tmp_path: Path, handler: str
) -> None:
    script = f"try:\n    from core import app\n{handler}"
    survey = _with(failing(*NO_APP), _missing(2, "core.py"))

    given = facts(tmp_path, {"function_app.py": script, "core.py": "import gone\n"}, survey=survey)

    (finding,) = found(RULE, given)
    assert (finding.file, finding.line, finding.severity) == ("function_app.py", 2, Severity.ERROR)
    assert finding.message == (
        "api: ModuleNotFoundError: No module named 'gone' (core.py:1) is swallowed by the except in"
        " line 3: the app does not load"
    )
    assert finding.evidence.startswith(
        "from core import app\ncore.py:1: ModuleNotFoundError: No module named 'gone'\nexcept"
    )
    assert finding.next.startswith("mend core.py:1, and take the line out of the try")


def test_the_import_that_failed_is_told_and_not_the_one_before_it(tmp_path: Path) -> None:
    script = (
        f"{HEAD}app = func.FunctionApp()\ntry:\n    from parts import bp\n"
        "    from more import bp as other\n    app.register_functions(bp)\n"
        "    app.register_functions(other)\nexcept Exception:\n    pass\n"
    )
    files = {
        "function_app.py": script,
        "parts.py": PARTS,
        "more.py": PARTS.replace("more", "other"),
    }
    stray = Stray("blueprint", "bp", "parts.py", (("more", "parts.py", 4),))
    loaded = holding(function("tick"), imported="function_app.py parts.py", strays=(stray,))
    survey = _with(loaded, _missing(5, "more.py"))

    (finding,) = found(RULE, given := facts(tmp_path, files, survey=survey))

    assert (finding.line, finding.severity) == (5, Severity.ERROR)
    assert finding.message.endswith("line 8: not found are more, other")
    assert found(blueprint_not_registered.RULE, given) == []
    assert found(module_never_imported.RULE, given) == []


@pytest.mark.parametrize(
    "guard",
    [
        (
            "for name in ('parts',):\n  try:\n    app.register_functions(load(name).bp)\n"
            "  except Exception:\n    pass\n"
        ),
        (
            "with contextlib.suppress(Exception):\n\n    from parts import bp\n"
            "    app.register_functions(bp)\n"
        ),
        (
            "def more():\n  try:\n    from parts import bp\n    app.register_functions(bp)\n"
            "  except (KeyError, RuntimeError):\n    pass\nmore()\n"
        ),
        (
            "try:\n  if func:\n    import parts\n    app.register_functions(parts.bp)\n"
            "except Exception:\n  pass\n"
        ),
    ],
    ids=["loop", "suppress", "function", "branch"],
)
def test_every_kind_of_guard_is_told_with_the_functions_that_it_costs(
    tmp_path: Path, guard: str
) -> None:
    files = {"function_app.py": f"{HEAD}app = func.FunctionApp()\n{guard}", "parts.py": PARTS}
    survey = _with(holding(function("tick")), swallowing(5, "parts.py"))

    (finding, *rest) = found(RULE, given := facts(tmp_path, files, survey=survey))

    assert (finding.line, finding.severity, rest) == (5, Severity.ERROR, [])
    assert "parts.py:1: RuntimeError: no" in finding.evidence
    assert finding.message.endswith("not found are more")
    assert found(blueprint_not_registered.RULE, given) == []


def test_a_name_that_a_guard_left_undefined_is_its_fault(tmp_path: Path) -> None:
    script = "try:\n    from parts import bp\nexcept Exception:\n    pass\nregister(bp)\n"
    survey = _with(
        raising("NameError", "name 'bp' is not defined", line=5), swallowing(2, "parts.py")
    )

    (finding,) = found(RULE, facts(tmp_path, {"function_app.py": script}, survey=survey))

    assert (finding.line, finding.severity) == (2, Severity.ERROR)


def test_where_something_else_keeps_the_app_from_loading_it_is_a_warning(tmp_path: Path) -> None:
    script = f"try:\n    from parts import bp\nexcept Exception:\n    pass\n{HEAD}"
    files = {"function_app.py": script, "parts.py": PARTS}
    survey = _with(refusing("something", 9), swallowing(2, "parts.py"))

    (finding,) = found(RULE, facts(tmp_path, files, survey=survey))

    assert (finding.line, finding.severity) == (2, Severity.WARNING)


def test_a_guard_whose_import_worked_is_a_warning_at_the_handler(tmp_path: Path) -> None:
    script = (
        f"{HEAD}app = func.FunctionApp()\ntry:\n    from parts import bp\n"
        "    app.register_functions(bp)\nexcept Exception:\n    pass\n"
    )
    files = {"function_app.py": script, "parts.py": PARTS}
    worked = holding(function("more"), imported="function_app.py parts.py")

    (finding,) = found(RULE, facts(tmp_path, files, survey=worked))

    assert (finding.line, finding.severity) == (6, Severity.WARNING)


@pytest.mark.parametrize(
    "script",
    [
        "try:\n    import ujson as json\nexcept ImportError:\n    import json\n",
        "try:\n    from parts import bp\nexcept ImportError:\n    from other import bp\n",
        "try:\n    import settings\nexcept ImportError:\n    settings = None\n",
    ],
    ids=["another library", "another module", "nothing of Azure"],
)
def test_what_was_swallowed_and_loses_nothing_is_silent(tmp_path: Path, script: str) -> None:
    files = {"function_app.py": script, "parts.py": PARTS, "settings.py": "import gone\n"}
    survey = _with(holding(function("tick")), _missing(2, "settings.py"))

    assert found(RULE, facts(tmp_path, files, survey=survey)) == []


@pytest.mark.parametrize(
    "script",
    [
        "try:\n    from core import app\nexcept ImportError:\n    raise\n",
        "try:\n    from core import app\nexcept ImportError:\n    from other import app\n",
        "try:\n    from core import app\nexcept ValueError:\n    app = None\n",
        "try:\n    from core import app\nexcept Exception:\n    import sys\n    sys.exit(1)\n",
        "try:\n    import ujson as json\nexcept ImportError:\n    json = None\n",
        f"{HEAD}main = func.FunctionApp()\n{OPTIONAL}",
    ],
    ids=["raises", "falls back", "narrow", "ends", "no app", "another app"],
)
def test_a_guard_that_hides_nothing_is_silent(tmp_path: Path, script: str) -> None:
    assert found(RULE, facts(tmp_path, {"function_app.py": script}, survey=holding())) == []

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.failing import NO_APP, failing, function, holding
from tests.unit.preflight.given import facts, found

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.import_guard_hides_app import RULE

HEAD = "import azure.functions as func\n"
PARTS = f"""{HEAD}
bp = func.Blueprint()

@bp.route()
def more(req): ...
"""
OPTIONAL = "try:\n    from web import app\nexcept ImportError:\n    app = None\n"


@pytest.mark.parametrize(
    "handler",
    [
        "except Exception:\n    app = None\n",
        "except ImportError:\n    pass\n",
        "except (ValueError, ModuleNotFoundError) as fault:\n    print(fault)\n",
        "except:\n    import logging\n    logging.exception('no app')\n",
    ],
)
def test_a_guard_without_the_app_is_an_error_at_the_handler(tmp_path: Path, handler: str) -> None:
    script = f"try:\n    from core import app\n{handler}"

    given = facts(tmp_path, {"function_app.py": script}, survey=failing(*NO_APP))

    (finding,) = found(RULE, given)
    assert (finding.file, finding.line, finding.severity) == ("function_app.py", 3, Severity.ERROR)
    assert finding.evidence.startswith("from core import app\nexcept")


def test_a_blueprint_that_failed_behind_a_guard_is_an_error_and_one_that_worked_a_warning(
    tmp_path: Path,
) -> None:
    script = (
        f"{HEAD}app = func.FunctionApp()\ntry:\n    from parts import bp\n"
        "    app.register_functions(bp)\nexcept Exception:\n    pass\n"
    )
    files = {"function_app.py": script, "parts.py": PARTS}
    failed = holding(function("tick"))
    worked = holding(function("more"), imported="function_app.py parts.py")

    severities = [
        [finding.severity for finding in found(RULE, facts(tmp_path, files, survey=survey))]
        for survey in (failed, worked)
    ]

    assert severities == [[Severity.ERROR], [Severity.WARNING]]


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

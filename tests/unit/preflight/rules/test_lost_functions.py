"""The rules on functions that are decorated and never found, and on apps that hold none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.preflight.failing import NO_APP, failing, function, holding, refusing
from tests.unit.preflight.given import facts, found

from funcyard.functions.survey import Stray
from funcyard.preflight.facts import AppFacts, Facts
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules import (
    app_does_not_load,
    blueprint_not_registered,
    function_name_twice,
    module_never_imported,
    no_functions,
    second_app_not_served,
)

HEAD = "import azure.functions as func\n"
APP = f"{HEAD}app = func.FunctionApp()\n"
BLUEPRINT = f'{HEAD}bp = func.Blueprint()\n\n@bp.route("more")\ndef more(req): ...\n'
STRAY = Stray("blueprint", "bp", "parts/more.py", (("more", "parts/more.py", 4),))


def test_a_blueprint_that_was_imported_and_not_registered_is_told_where_it_is_made(
    tmp_path: Path,
) -> None:
    files = {"function_app.py": f"{APP}from parts.more import bp\n", "parts/more.py": BLUEPRINT}
    survey = holding(function("tick"), imported="function_app.py parts/more.py", strays=(STRAY,))

    (finding,) = found(blueprint_not_registered.RULE, facts(tmp_path, files, survey=survey))

    assert (finding.file, finding.line, finding.severity) == ("parts/more.py", 2, Severity.ERROR)
    assert finding.message == "api: the blueprint bp is never registered; not found are more"
    assert finding.next == (
        "write into function_app.py: from parts.more import bp\n"
        "and below app: app.register_functions(bp)"
    )


def test_a_blueprint_in_a_file_that_nothing_imports_is_told_but_not_one_of_tests(
    tmp_path: Path,
) -> None:
    files = {
        "function_app.py": APP,
        "parts/more.py": BLUEPRINT,
        "parts/empty.py": f"{HEAD}bp = func.Blueprint()\n",
        "parts/web.py": BLUEPRINT.replace("azure.functions as func", "sanic as func"),
        "tests/parts.py": BLUEPRINT,
        "test_parts.py": BLUEPRINT,
    }

    told = found(blueprint_not_registered.RULE, facts(tmp_path, files, survey=holding()))

    assert [(finding.file, finding.line) for finding in told] == [("parts/more.py", 2)]


@pytest.mark.parametrize(
    "importing",
    ["def later():\n    from parts import more\n", "if func:\n    import parts.more\n"],
)
def test_a_blueprint_that_something_imports_at_times_is_left_alone(
    tmp_path: Path, importing: str
) -> None:
    files = {"function_app.py": APP + importing, "parts/more.py": BLUEPRINT}

    given = facts(tmp_path, files, survey=holding(function("tick")))

    assert found(blueprint_not_registered.RULE, given) == []


def test_a_blueprint_of_a_shared_package_is_a_warning_unless_another_app_registers_it(
    tmp_path: Path,
) -> None:
    shared = tmp_path / "shared"
    place = "../shared/src/parts.py"
    stray = Stray("blueprint", "bp", place, (("more", place, 4),))
    files = {"app/function_app.py": APP, "shared/src/parts.py": BLUEPRINT}
    target = {"packages": (shared,)}
    survey = holding(function("tick"), strays=(stray,))
    alone = facts(tmp_path, files, app="app", survey=survey, target=target)
    registered = replace(function("more"), file=place)
    other = AppFacts(tmp_path, alone.apps[0].target, holding(registered))

    (finding,) = found(blueprint_not_registered.RULE, alone)
    with_other = found(blueprint_not_registered.RULE, Facts(alone.request, (*alone.apps, other)))

    assert (finding.file, finding.severity) == ("shared/src/parts.py", Severity.WARNING)
    assert with_other == []


def test_functions_of_one_name_in_two_forgotten_blueprints_are_told_with_both_places(
    tmp_path: Path,
) -> None:
    files = {"function_app.py": APP, "one.py": BLUEPRINT, "two.py": BLUEPRINT}
    given = facts(tmp_path, files, survey=holding(function("tick")))

    (finding,) = found(function_name_twice.RULE, given)

    assert (finding.file, finding.line, finding.severity) == ("two.py", 4, Severity.ERROR)
    assert finding.message == (
        "more: another function has this name, at one.py:4; the app would have no function if it"
        " registered the blueprint bp"
    )
    assert finding.evidence == '@bp.route("more")'
    assert finding.next == 'name it: @bp.function_name("more_2"), or rename the def'
    assert len(found(blueprint_not_registered.RULE, given)) == 2


def test_a_function_of_a_forgotten_blueprint_that_the_app_has_is_told(tmp_path: Path) -> None:
    files = {"function_app.py": f"{APP}from parts.more import bp\n", "parts/more.py": BLUEPRINT}
    survey = holding(
        function("more", line=3), imported="function_app.py parts/more.py", strays=(STRAY,)
    )

    (finding,) = found(function_name_twice.RULE, facts(tmp_path, files, survey=survey))

    assert (finding.file, finding.line) == ("parts/more.py", 4)
    assert "has this name, at function_app.py:3; the app would" in finding.message


def test_a_function_of_a_shared_blueprint_that_is_not_the_apps_may_have_its_name(
    tmp_path: Path,
) -> None:
    place = "../shared/src/parts.py"
    stray = Stray("blueprint", "bp", place, (("more", place, 4),))
    files = {"app/function_app.py": APP, "shared/src/parts.py": BLUEPRINT}
    survey = holding(function("more"), strays=(stray,))
    target = {"packages": (tmp_path / "shared",)}

    given = facts(tmp_path, files, app="app", survey=survey, target=target)

    assert found(function_name_twice.RULE, given) == []


def test_where_there_is_no_app_nothing_is_said_of_what_is_not_its(tmp_path: Path) -> None:
    second = Stray("app", "second", "parts/more.py", (("more", "parts/more.py", 4),))
    survey = replace(failing(*NO_APP), strays=(STRAY, second))
    files = {"function_app.py": "", "parts/more.py": BLUEPRINT}

    for rule in (blueprint_not_registered.RULE, second_app_not_served.RULE):
        assert found(rule, facts(tmp_path, files, survey=survey)) == []


def test_functions_of_another_app_are_lost_unless_the_script_has_them_too(tmp_path: Path) -> None:
    files = {"function_app.py": APP, "other.py": APP.replace("app =", "second =")}
    stray = Stray("app", "second", "other.py", (("tick", "other.py", 5), ("tock", "other.py", 8)))
    lost = holding(function("tick"), strays=(stray,))
    kept = holding(function("tick"), function("tock"), strays=(stray,))

    (error,) = found(second_app_not_served.RULE, facts(tmp_path, files, survey=lost))
    (warning,) = found(second_app_not_served.RULE, facts(tmp_path, files, survey=kept))

    assert (error.file, error.line, error.severity) == ("other.py", 2, Severity.ERROR)
    assert error.message.endswith("not found are tock")
    assert (warning.severity, "repeats tick, tock" in warning.message) == (Severity.WARNING, True)


def test_a_module_that_decorates_the_app_and_is_never_imported_is_told(tmp_path: Path) -> None:
    tick = 'from core import app\n\n@app.route("a")\ndef tick(req): ...\n'
    files = {
        "function_app.py": "from core import app\n",
        "core.py": APP,
        "one.py": tick,
        "dead.py": "import two\n",
        "two.py": tick.replace("tick", "tock"),
        "served.py": tick.replace("tick", "known"),
        "other.py": f'{APP}@app.route("b")\ndef elsewhere(req): ...\n',
    }

    given = facts(tmp_path, files, survey=holding(function("known")))

    assert [(f.file, f.line, f.next) for f in found(module_never_imported.RULE, given)] == [
        ("one.py", 3, "write import one into function_app.py, or where app is made, below it"),
        ("two.py", 3, "write import two into function_app.py, or where app is made, below it"),
    ]


def test_functions_of_an_imported_blueprint_in_a_module_that_nothing_imports_are_told(
    tmp_path: Path,
) -> None:
    uses = 'from pkg import shared\n\n@shared.orchestration_trigger(context_name="context")\n'
    files = {
        "function_app.py": f"{APP}from pkg import shared\napp.register_functions(shared)\n",
        "pkg/__init__.py": f"{HEAD}shared = func.Blueprint()\n",
        "pkg/uc/orchestrators.py": f"{uses}def work(context): ...\n",
        "pkg/uc/served.py": f"{uses}def known(context): ...\n",
    }
    survey = holding(function("known"), imported="function_app.py pkg/__init__.py")

    (finding,) = found(module_never_imported.RULE, facts(tmp_path, files, survey=survey))

    assert (finding.file, finding.line) == ("pkg/uc/orchestrators.py", 3)
    assert finding.message.endswith("not found are work")
    assert finding.next.startswith("write import pkg.uc.orchestrators into function_app.py")


def test_functions_of_an_app_that_nothing_imports_are_a_warning_unless_there_are_no_others(
    tmp_path: Path,
) -> None:
    files = {"function_app.py": APP, "api2.py": f'{APP}@app.route("b")\ndef elsewhere(req): ...\n'}
    some, none = holding(function("tick")), holding()

    (warning,) = found(second_app_not_served.RULE, facts(tmp_path, files, survey=some))
    (error,) = found(second_app_not_served.RULE, facts(tmp_path, files, survey=none))

    assert (warning.file, warning.line, warning.severity) == ("api2.py", 2, Severity.WARNING)
    assert warning.message.endswith("nothing imports; not found are elsewhere")
    assert error.severity is Severity.ERROR
    assert found(no_functions.RULE, facts(tmp_path, files, survey=none)) == []


@pytest.mark.parametrize(
    "place",
    [
        "tests/api.py",
        "scripts/api.py",
        "src/samples/deep/api.py",
        "docs/api.py",
        "other/api.py",
        "nested/function_app.py",
        "test_api.py",
    ],
)
def test_apps_of_tests_scripts_samples_and_other_apps_folders_are_left_alone(
    tmp_path: Path, place: str
) -> None:
    own = f'{APP}@app.route("b")\ndef elsewhere(req): ...\n'
    shared = 'from core import app\n@app.route("b")\ndef elsewhere(req): ...\n'
    files = {"function_app.py": "from core import app\n", "core.py": APP, "other/host.json": "{}"}
    survey = holding(function("tick"), imported="function_app.py core.py")

    for text in (own, shared, BLUEPRINT):
        given = facts(tmp_path, {**files, place: text}, survey=survey)
        for module in (second_app_not_served, module_never_imported, blueprint_not_registered):
            assert found(module.RULE, given) == []


def test_an_app_that_holds_nothing_is_told_unless_it_is_told_why(tmp_path: Path) -> None:
    files = {"function_app.py": "from core import app\n", "core.py": APP}
    in_vain = {**files, "one.py": 'from core import app\n@app.route("a")\ndef tick(req): ...\n'}
    dead = {**files, "old.py": BLUEPRINT, "older.py": "from old import bp\n"}

    (finding,) = found(no_functions.RULE, facts(tmp_path / "a", files, survey=holding()))

    assert (finding.file, finding.line) == ("function_app.py", 1)
    assert found(no_functions.RULE, facts(tmp_path / "b", in_vain, survey=holding())) == []
    assert len(found(no_functions.RULE, facts(tmp_path / "c", dead, survey=holding()))) == 1
    assert found(no_functions.RULE, facts(tmp_path / "a", files, survey=failing(*NO_APP))) == []


def test_what_no_rule_knows_is_told_in_the_workers_words_at_the_function(tmp_path: Path) -> None:
    script = f'{APP}import json\napp.route("y")(len)\napp.route("x")(json.dumps)\n'
    known = failing("TypeError", "Object of type object is not JSON serializable", line=1)
    nowhere = replace(refusing("something new", 0, "dumps"))
    nowhere = replace(nowhere, faults=(replace(nowhere.faults[0], file=""),))
    rule = app_does_not_load.RULE

    (first,) = found(rule, facts(tmp_path, {"function_app.py": script}, survey=known))
    (second,) = found(rule, facts(tmp_path, {"function_app.py": script}, survey=nowhere))

    assert first.message == "api: the worker finds no function: TypeError"
    assert (second.file, second.line) == ("function_app.py", 5)
    assert second.evidence.endswith("cannot load the dumps function: something new")

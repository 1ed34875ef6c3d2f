from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts

from funcyard.preflight.code.bound import Kind
from funcyard.preflight.code.modules import Modules

FILES = {
    "app/function_app.py": "from parts import app as one\nimport parts.deep.inner\ntwo = one\n",
    "app/parts/__init__.py": "from .core import app\n",
    "app/parts/core.py": (
        "import azure.functions as func\napp = func.FunctionApp()\n"
        "def later():\n    from parts import lazy\n"
    ),
    "app/parts/lazy.py": "from parts.gone import nothing as nowhere\n",
    "app/parts/deep/__init__.py": "from .. import core\n",
    "app/parts/deep/inner.py": "from ....... import too_far\nloop = loop\n",
    "shared/src/tools/__init__.py": "",
}


@pytest.fixture
def modules(tmp_path: Path) -> Modules:
    given = facts(tmp_path, FILES, app="app", target={"packages": (tmp_path / "shared",)})
    return given.apps[0].modules


@pytest.mark.parametrize(
    ("importer", "module", "level", "file"),
    [
        ("function_app.py", "parts", 0, "app/parts/__init__.py"),
        ("function_app.py", "parts.core", 0, "app/parts/core.py"),
        ("function_app.py", "tools", 0, "shared/src/tools/__init__.py"),
        ("parts/deep/inner.py", "core", 2, "app/parts/core.py"),
        ("parts/deep/inner.py", "", 1, "app/parts/deep/__init__.py"),
        ("function_app.py", "parts.missing", 0, None),
        ("function_app.py", "azure.functions", 0, None),
        ("function_app.py", "x", 99, None),
    ],
)
def test_an_import_means_a_file(
    modules: Modules, tmp_path: Path, importer: str, module: str, level: int, file: str | None
) -> None:
    given = facts(tmp_path, FILES, app="app").apps[0].source_by_name[f"app/{importer}"]

    found = modules.find(given, module, level)

    assert (found.name if found else None) == file


def test_a_name_is_followed_to_where_its_value_is_made(modules: Modules) -> None:
    script = modules.script
    assert script is not None
    one, _, two = modules.bound(script)

    for bound in (one, two):
        source, made = modules.origin(script, bound)
        assert (source.name, made.line, made.kind) == ("app/parts/core.py", 2, Kind.APP)


def test_a_name_that_leads_nowhere_or_in_a_circle_ends(modules: Modules, tmp_path: Path) -> None:
    sources = facts(tmp_path, FILES, app="app").apps[0].source_by_name
    lazy, inner = sources["app/parts/lazy.py"], sources["app/parts/deep/inner.py"]

    assert modules.origin(lazy, modules.bound(lazy)[-1])[1].name == "nowhere"
    assert modules.origin(inner, modules.bound(inner)[-1])[1].kind is Kind.ALIAS


def test_what_importing_the_script_reads_is_reached_but_nothing_that_functions_import(
    modules: Modules, tmp_path: Path
) -> None:
    reached = {path.relative_to(tmp_path).as_posix() for path in modules.reached()}

    assert reached == set(FILES) - {"app/parts/lazy.py", "shared/src/tools/__init__.py"}
    core = facts(tmp_path, FILES, app="app").apps[0].source_by_name["app/parts/core.py"]
    assert "app/parts/lazy.py" in {source.name for source in modules.imports(core)}


def test_the_apps_own_modules_are_known_by_their_first_part(modules: Modules) -> None:
    assert [modules.is_own(name) for name in ("parts.x", "tools", "azure.functions", "core")] == [
        True,
        True,
        False,
        False,
    ]
    elsewhere = modules.elsewhere("core")
    assert elsewhere is not None
    assert modules.name_of(elsewhere) == "parts.core"
    assert modules.elsewhere("tools") is None

from __future__ import annotations

from pathlib import Path

from tests.unit.preflight.given import facts


def reached(root: Path, files: dict[str, str]) -> dict[str, bool]:
    (app,) = facts(root, files).apps
    return {one.source.name: one.at_load for one in app.reached.values()}


def test_sources_are_followed_from_the_script_by_every_way_of_importing(tmp_path: Path) -> None:
    files = {
        "function_app.py": "import a\nfrom b import c\nfrom b.d import e\n",
        "a.py": "",
        "b/__init__.py": "from . import f\nfrom .g import h\n",
        "b/c.py": "from ..a import x\n",
        "b/d.py": "",
        "b/f.py": "",
        "b/g/__init__.py": "",
        "unused.py": "import requests\n",
        "tests/test_a.py": "import pytest\n",
    }

    assert reached(tmp_path, files) == dict.fromkeys(
        [
            "function_app.py",
            "a.py",
            "b/__init__.py",
            "b/c.py",
            "b/d.py",
            "b/f.py",
            "b/g/__init__.py",
        ],
        True,
    )


def test_what_only_functions_import_is_reached_later(tmp_path: Path) -> None:
    files = {
        "function_app.py": "def hello():\n    import late\n",
        "late.py": "import later\n",
        "later.py": "",
    }

    assert reached(tmp_path, files) == {
        "function_app.py": True,
        "late.py": False,
        "later.py": False,
    }


def test_a_source_that_is_imported_later_and_at_load_counts_as_the_latter(tmp_path: Path) -> None:
    files = {
        "function_app.py": "def hello():\n    import a\nimport b\n",
        "a.py": "import c\n",
        "b.py": "import a\n",
        "c.py": "import b\n",
    }

    assert all(reached(tmp_path, files).values())


def test_a_v1_app_begins_with_its_functions(tmp_path: Path) -> None:
    files = {
        "hello/function.json": "{}",
        "hello/__init__.py": "from shared import a\n",
        "shared/a.py": "",
    }

    assert reached(tmp_path, files) == {"hello/__init__.py": True, "shared/a.py": True}


def test_local_packages_are_followed_below_src(tmp_path: Path) -> None:
    files = {
        "app/function_app.py": "from data_utils import rows\n",
        "data-utils/src/data_utils/__init__.py": "",
        "data-utils/src/data_utils/rows.py": "",
    }
    target = {"packages": (tmp_path / "data-utils",)}
    (app,) = facts(tmp_path, files, app="app", target=target).apps

    assert [one.source.name for one in app.reached.values() if not one.imports] == [
        "app/function_app.py",
        "data-utils/src/data_utils/rows.py",
        "data-utils/src/data_utils/__init__.py",
    ]

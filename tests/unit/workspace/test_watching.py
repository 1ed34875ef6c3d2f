"""Which scopes a change in the workspace's folder is about, and which of their paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.workspace.watching import touched_in

_FOLDER = Path("/somewhere/workspace")


@pytest.mark.parametrize(
    ("paths", "touched"),
    [
        (["global/a.py", "global/b/c.py"], {"GLOBAL": {"a.py", "b/c.py"}}),
        (["global"], {"GLOBAL": None}),
        (["global/a.py", "global", "global/b.py"], {"GLOBAL": None}),
        (["orgs/acme/a.py", "orgs/other"], {"acme": {"a.py"}, "other": None}),
        (["orgs", "a.py", "", "orgs/Not One/a", "orgs/global/a"], {}),
        (["global/.funcyard~123", "orgs/acme/x/.funcyard~9"], {}),
        (["../elsewhere/global/a.py"], {}),
    ],
)
def test_a_change_is_about_the_scope_in_whose_root_it_is(
    paths: list[str], touched: dict[str, set[str] | None]
) -> None:
    places = [str((_FOLDER / path).absolute()) for path in paths]
    assert {one.name: told for one, told in touched_in(_FOLDER, places).items()} == touched

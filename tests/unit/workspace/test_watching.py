"""Which scopes a change in the workspace's folder is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.workspace.watching import scopes_of

_FOLDER = Path("/somewhere/workspace")


@pytest.mark.parametrize(
    ("paths", "scopes"),
    [
        (["global/a.py", "global/b/c.py"], ["GLOBAL"]),
        (["global"], ["GLOBAL"]),
        (["orgs/acme/a.py", "orgs/other"], ["acme", "other"]),
        (["orgs", "a.py", "", "orgs/Not One/a", "orgs/global/a"], []),
        (["global/.funcyard~123", "orgs/acme/x/.funcyard~9"], []),
        (["../elsewhere/global/a.py"], []),
    ],
)
def test_a_change_is_about_the_scope_in_whose_root_it_is(
    paths: list[str], scopes: list[str]
) -> None:
    places = [str((_FOLDER / path).absolute()) for path in paths]
    assert [one.name for one in scopes_of(_FOLDER, places)] == scopes

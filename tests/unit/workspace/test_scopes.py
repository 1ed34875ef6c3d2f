from __future__ import annotations

import pytest

from funcyard.workspace.scopes import GLOBAL, InvalidScopeError, Scope


def test_every_scope_has_a_root_of_its_own() -> None:
    assert GLOBAL.root == "global"
    assert Scope("contoso").root == "orgs/contoso"
    assert Scope("contoso").place("a/b.py") == "orgs/contoso/a/b.py"
    assert Scope("contoso").place("") == "orgs/contoso"


def test_a_scope_says_whose_it_is() -> None:
    assert Scope("GLOBAL") == GLOBAL
    assert str(GLOBAL) == "GLOBAL"
    assert GLOBAL.organisation is None
    assert Scope("a-1").organisation == str(Scope("a-1")) == "a-1"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "global",
            "Global",
            "Contoso",
            "-a",
            "a-",
            "a" * 64,
            "a/b",
            "..",
            "a\n",
            "a.b",
            "nul",
        ),
        *("com1", "\u00fc", "\u0131", "a%2fb", "a\0"),
    ],
    ids=ascii,
)
def test_what_could_lead_to_another_s_root_is_no_scope(text: str) -> None:
    with pytest.raises(InvalidScopeError) as refused:
        Scope(text)

    assert refused.value.exit_code == 2
    assert refused.value.message.isprintable()

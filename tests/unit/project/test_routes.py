"""Routes taken apart."""

from __future__ import annotations

import pytest

from funcyard.project.routes import parameters_of, parts_of


@pytest.mark.parametrize(
    ("route", "names"),
    [
        ("orchestrate", ()),
        ("status/{filename}", ("filename",)),
        ("items/{id:int}/{part?}", ("id", "part")),
        ("files/{*path}", ("path",)),
        ("codes/{code:regex(^\\d{{2}}$)}", ("code",)),
        ("odd/{", ()),
    ],
)
def test_parameters_are_found_with_and_without_constraints(
    route: str, names: tuple[str, ...]
) -> None:
    assert parameters_of(route) == names
    assert "".join(part.text for part in parts_of(route)) == route

"""The built-in roles."""

from __future__ import annotations

import uuid

from funcyard.emulator.authorization.models import is_within
from funcyard.emulator.authorization.roles import ROLES, role


def test_each_role_has_an_id_and_a_name_of_its_own() -> None:
    assert len({uuid.UUID(one.id) for one in ROLES}) == len(ROLES)
    assert len({one.name for one in ROLES}) == len(ROLES)


def test_a_role_is_found_by_its_definition_at_any_scope() -> None:
    reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    at_scope = f"/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{reader}"
    found = role(at_scope.upper())
    assert found is not None
    assert (found, found.name) == (role(reader), "Reader")
    assert role("reader") is None


def test_a_scope_is_within_what_it_begins_with_by_whole_names() -> None:
    group = "/subscriptions/s/resourceGroups/g"
    assert is_within(f"{group}/providers/N/t/x", group.upper())
    assert is_within(group, group)
    assert not is_within(f"{group}2", group)

"""For whom a call is: every role with every header and every organisation."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.access.errors import AccessError, ForbiddenError, NoSuchOrganisationError
from funcyard.access.granting import GLOBAL, Permission, require, resolve
from funcyard.access.organisation import Organisation, is_id
from funcyard.access.principal import ADMIN, Principal
from funcyard.workspace.scopes import InvalidScopeError, Scope

ADMIN_ = Principal("a", "t", "Ann", frozenset({ADMIN}))
USER = Principal("u", "t", "Uwe", frozenset({"Reader"}))


def organisation(identity: str, *, active: bool = True) -> Organisation:
    return Organisation(identity, identity.title(), active, datetime(2026, 1, 1, tzinfo=UTC), "t:a")


ACME, OLD = organisation("acme"), organisation("old", active=False)
KNOWN = {"acme": ACME, "old": OLD, "other": organisation("other")}
HEADERS = [
    None,
    "GLOBAL",
    "acme",
    "old",
    "other",
    "unknown",
    "",
    " ",
    "ACME",
    "acme ",
    "acme,other",
]


def outcome(principal: Principal, header: str | None, own: Organisation | None) -> str | int:
    """Return the scope of a call, or the status of its refusal."""
    named = KNOWN.get(header or "")
    try:
        return resolve(principal, header, own=own, named=named).scope
    except AccessError as refused:
        return refused.status


@pytest.mark.parametrize(("header", "own"), list(product(HEADERS, [None, ACME, OLD])))
def test_an_admin_acts_for_all_or_for_an_active_organisation(
    header: str | None, own: Organisation | None
) -> None:
    expected = {None: GLOBAL, "GLOBAL": GLOBAL, "acme": "acme", "other": "other"}
    assert outcome(ADMIN_, header, own) == expected.get(header, 404)


@pytest.mark.parametrize("header", HEADERS)
def test_a_user_acts_for_their_own_organisation_alone(header: str | None) -> None:
    assert outcome(USER, header, ACME) == ("acme" if header in (None, "acme") else 403)


@pytest.mark.parametrize(("header", "own"), list(product(HEADERS, [None, OLD])))
def test_who_is_of_no_active_organisation_acts_for_none(
    header: str | None, own: Organisation | None
) -> None:
    assert outcome(USER, header, own) == 403


@given(st.text(max_size=80))
def test_no_header_takes_a_user_elsewhere(header: str) -> None:
    named = organisation("acme") if header == "acme" else None
    try:
        grant = resolve(USER, header, own=ACME, named=named)
    except ForbiddenError:
        assert header != "acme"
    else:
        assert (header, grant.scope) == ("acme", "acme")


def test_an_organisation_other_than_the_one_named_is_never_taken() -> None:
    with pytest.raises(NoSuchOrganisationError):
        resolve(ADMIN_, "unknown", own=None, named=ACME)


@pytest.mark.parametrize("permission", Permission)
def test_users_may_run_and_admins_may_all(permission: Permission) -> None:
    require(resolve(ADMIN_, None, own=None, named=None), permission)
    grant = resolve(USER, None, own=ACME, named=None)
    if permission is Permission.RUN:
        require(grant, permission)
    else:
        with pytest.raises(ForbiddenError):
            require(grant, permission)


@given(st.from_regex(r"[a-z0-9]{1,5}[a-z0-9-]{0,5}", fullmatch=True) | st.text(max_size=70))
def test_an_organisation_has_a_workspace_of_its_own(identity: str) -> None:
    try:
        scope = Scope(identity)
    except InvalidScopeError:
        assert not is_id(identity)
    else:
        assert is_id(identity) == (scope.organisation == identity)


@pytest.mark.parametrize("device", ["con", "nul", "com1", "lpt9", "com0", "aux", "prn", "global"])
def test_no_organisation_is_called_like_a_device(device: str) -> None:
    assert not is_id(device)
    with pytest.raises(InvalidScopeError):
        Scope(device)

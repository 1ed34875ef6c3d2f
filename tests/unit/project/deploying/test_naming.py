"""Names of a project in Azure: within the rules, the same every time, hardly anybody else's."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.project import names
from funcyard.project.deploying.naming import (
    DeploymentTargetError,
    Target,
    account_name,
    plan_name,
    site_name,
    usual_group,
)

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
TARGET = Target(SUBSCRIPTION, "rg-shop", "westeurope")
_SPEC_NAMES = st.from_regex(names.KEBAB, fullmatch=True).filter(lambda it: 2 <= len(it) <= 60)


@given(_SPEC_NAMES, _SPEC_NAMES)
def test_every_name_that_a_spec_allows_gives_names_that_azure_allows(
    project: str, app: str
) -> None:
    assert re.fullmatch(r"[a-z0-9]{3,24}", account_name(TARGET, project))
    assert re.fullmatch(r"(?=.{2,60}$)[a-z0-9]+(-[a-z0-9]+)*", site_name(TARGET, project, app))
    assert re.fullmatch(r"[a-z0-9-]{1,60}", plan_name(project))
    assert Target(SUBSCRIPTION, usual_group(project), "westeurope").group == f"rg-{project}"


def test_names_are_the_same_every_time_and_others_elsewhere() -> None:
    elsewhere = Target(SUBSCRIPTION, "rg-other", "westeurope")

    assert site_name(TARGET, "shop", "api") == site_name(TARGET, "shop", "api")
    assert site_name(TARGET, "shop", "api") != site_name(elsewhere, "shop", "api")
    assert account_name(TARGET, "shop") != account_name(elsewhere, "shop")
    moved = Target(SUBSCRIPTION, "rg-shop", "northeurope")
    assert account_name(moved, "shop") == account_name(TARGET, "shop")


def test_apps_whose_names_are_cut_short_alike_do_not_share_a_site() -> None:
    project = "p" * 60

    assert site_name(TARGET, project, "one") != site_name(TARGET, project, "two")


@pytest.mark.parametrize(
    ("subscription", "group", "location"),
    [
        ("mine", "g", "westeurope"),
        (SUBSCRIPTION, "", "westeurope"),
        (SUBSCRIPTION, "g.", "westeurope"),
        (SUBSCRIPTION, "a/b", "westeurope"),
        (SUBSCRIPTION, "g" * 91, "westeurope"),
        (SUBSCRIPTION, "g", "West Europe"),
        (SUBSCRIPTION, "g", ""),
    ],
)
def test_where_nothing_can_be_is_refused(subscription: str, group: str, location: str) -> None:
    with pytest.raises(DeploymentTargetError) as refused:
        Target(subscription, group, location)
    assert refused.value.exit_code == 2

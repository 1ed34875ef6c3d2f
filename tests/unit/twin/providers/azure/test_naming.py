from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from funcyard.twin.config.general import Config
from funcyard.twin.providers.azure.naming import Names
from funcyard.twin.providers.azure.naming_rules import FUNCTION_APP

_SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
_PAGE = (Path(__file__).parents[5] / "docs" / "twin.md").read_text("utf-8")

_TWINS = st.from_regex("[A-Za-z0-9_-]{1,30}", fullmatch=True) | st.from_regex(
    "(microsoft|windows|login|xbox|micro|soft|win|dows|[_-]){1,4}", fullmatch=True
).map(lambda text: text[:30])


@given(twin=_TWINS, subscription=st.uuids().map(str))
@example(twin="_", subscription=_SUBSCRIPTION)
@example(twin="3d-printer", subscription=_SUBSCRIPTION)
@example(twin="micro-soft", subscription=_SUBSCRIPTION)
@example(twin="windowsdows", subscription=_SUBSCRIPTION)
@example(twin="log-in", subscription=_SUBSCRIPTION)
@example(twin="A" * 30, subscription=_SUBSCRIPTION)
def test_every_name_of_every_twin_is_one_that_azure_takes(twin: str, subscription: str) -> None:
    names = list(Names(twin, subscription).all())

    assert [(rule.type, name) for rule, name in names if not rule.allows(name)] == []


@given(twin=_TWINS, subscription=st.uuids().map(str))
def test_no_two_resources_of_a_type_have_one_name(twin: str, subscription: str) -> None:
    counted = Counter((rule.type, name.lower()) for rule, name in Names(twin, subscription).all())

    assert set(counted.values()) == {1}


@given(twins=st.lists(_TWINS, min_size=2, max_size=8, unique=True))
def test_twins_share_no_name_however_alike_theirs_look(twins: list[str]) -> None:
    names = [name.lower() for twin in twins for _, name in Names(twin, _SUBSCRIPTION).all()]

    assert len(set(names)) == len(names)


def test_twins_that_azure_would_write_alike_are_told_apart() -> None:
    alike = ["Cold_Hall", "cold-hall", "cold_hall", "COLD-HALL", "cold--hall"]

    assert len({Names(twin, _SUBSCRIPTION).iot_hub for twin in alike}) == len(alike)


def test_one_twin_in_two_subscriptions_shares_no_global_name() -> None:
    one = Names("hall", _SUBSCRIPTION)
    two = Names("hall", "00000000-0000-0000-0000-000000000002")

    assert not {name for _, name in one.all()} & {name for _, name in two.all()}


@given(twin=_TWINS, subscription=st.uuids().map(str))
def test_names_stay(twin: str, subscription: str) -> None:
    assert list(Names(twin, subscription).all()) == list(Names(twin, subscription.upper()).all())


def test_names_are_those_that_were_given_before() -> None:
    names = Names("cold-storage-hall", _SUBSCRIPTION)

    assert [name for _, name in names.all()] == [
        "rg-cold-storage-hall-bjo7sh",
        "cold-storage-hall-identity-bjo7sh",
        "coldstoragehallstbjo7sh",
        "cold-storage-hall-l0-plan-bjo7sh",
        "cold-storage-l0-functions-bjo7sh",
        "cold-storage-hall-l1-plan-bjo7sh",
        "cold-storage-l1-functions-bjo7sh",
        "cold-storage-hall-l2-plan-bjo7sh",
        "cold-storage-l2-functions-bjo7sh",
        "cold-storage-hall-l3-plan-bjo7sh",
        "cold-storage-l3-functions-bjo7sh",
        "cold-storage-hall-l4-plan-bjo7sh",
        "cold-storage-l4-functions-bjo7sh",
        "cold-storage-hall-iothub-bjo7sh",
        "cold-storage-hall-dispatcher-sub-bjo7sh",
        "cold-storage-hall-adt-updater-sub-bjo7sh",
        "cold-storage-h-notification-workflow-bjo7sh",
        "cold-storage-hall-cosmos-bjo7sh",
        "cold-storage-hall-adt-bjo7sh",
        "cold-sto-grafana-bjo7sh",
    ]


def test_the_page_shows_them() -> None:
    names = [name for _, name in Names("cold-storage-hall", _SUBSCRIPTION).all()]
    alike = [name for name in names if not any(f"-l{number}-" in name for number in range(1, 5))]

    assert [name for name in alike if f"`{name}`" not in _PAGE] == []


@pytest.mark.parametrize("twin", ["a", "Z" * 30, "0-_-"])
def test_what_the_configuration_takes_can_be_named(twin: str) -> None:
    config = Config(digital_twin_name=twin, hot_storage_size_in_days=1, cold_storage_size_in_days=2)

    assert all(rule.allows(name) for rule, name in Names(config.digital_twin_name, "x").all())


@pytest.mark.parametrize(
    "name", ["my-microsoft-app", "loginapp", "-app", "app-", "a", "a" * 33, "app_1", "äpp"]
)
def test_the_rules_refuse_what_azure_refuses(name: str) -> None:
    assert not FUNCTION_APP.allows(name)

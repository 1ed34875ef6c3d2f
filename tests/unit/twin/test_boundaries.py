from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.twin.boundaries import CROSSINGS, boundaries, receivers_in
from funcyard.twin.config.clouds import SLOTS, Providers

_PAGE = (Path(__file__).parents[3] / "docs" / "twin.md").read_text("utf-8")
_CLOUDS = st.sampled_from(["azure", "azure:plant", "azure:office", "aws", "google"])


def _providers(*clouds: str) -> Providers:
    return Providers.model_validate(dict(zip(SLOTS, clouds, strict=True)))


def test_a_twin_in_one_cloud_has_no_boundary() -> None:
    assert boundaries(_providers(*["azure"] * 7)) == ()


@pytest.mark.parametrize(
    ("clouds", "names"),
    [
        ("b a a a a a a", ["ingestion"]),
        ("a b a a a a a", ["ingestion", "hot-writer", "adt-pusher"]),
        ("a a b a a a a", ["hot-writer", "cold-writer", "hot-reader"]),
        ("a a a b a a a", ["cold-writer", "archive-writer"]),
        ("a a a a b a a", ["archive-writer"]),
        ("a a a a a b a", ["hot-reader", "adt-pusher"]),
        ("a a a a a a b", []),
        ("a b a b a b a", [one.name for one in CROSSINGS if one.name != "adt-pusher"]),
    ],
)  # fmt: skip
def test_neighbours_in_two_subscriptions_have_one(clouds: str, names: list[str]) -> None:
    told = {"a": "azure", "b": "azure:plant"}

    found = boundaries(_providers(*(told[one] for one in clouds.split())))
    assert [one.name for one in found] == names


def test_a_boundary_says_where_what_is_and_what_both_sides_read() -> None:
    providers = _providers("azure", "azure:plant", *["azure"] * 5)

    ingestion, hot_writer, pusher = boundaries(providers)
    assert (ingestion.sender, ingestion.receiver) == ("azure", "azure:plant")
    assert ingestion.token == "INGESTION_TOKEN"  # noqa: S105 - the name of a setting
    assert [one.name for one in ingestion.functions] == ["ingestion"]
    assert [one.name for one in receivers_in(providers, "azure")] == ["hot-writer", "adt-pusher"]
    assert receivers_in(providers, "azure:plant") == (ingestion,)
    assert hot_writer.connections == {"hot-writer": "azure:plant_l2_to_azure_l3"}
    assert pusher.callers == hot_writer.callers


def test_a_graph_that_is_not_azure_s_asks_by_itself() -> None:
    found = boundaries(_providers(*["azure"] * 5, "aws", "azure"))

    assert [one.name for one in found] == ["hot-reader"]
    assert found[0].connections == {
        "hot-reader": "azure_l3_to_aws_l4",
        "hot-reader-last-entry": "azure_l3_to_aws_l4_last_entry",
    }


@given(clouds=st.tuples(*[_CLOUDS] * 7))
def test_both_sides_of_every_boundary_can_do_their_part(clouds: tuple[str, ...]) -> None:
    providers = _providers(*clouds)

    for one in boundaries(providers):
        assert one.sender != one.receiver
        assert one in receivers_in(providers, one.receiver)
        for receiver in one.functions:
            assert receiver.token == one.token
            assert set(one.connections) == {each.name for each in one.functions}
        called = {setting for caller in one.callers for setting in caller.settings}
        assert {one.token, *one.crossing.addresses.values()} <= called
    names = [name for one in boundaries(providers) for name in one.connections.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", [name for one in CROSSINGS for name in one.addresses])
def test_the_page_names_every_receiver(name: str) -> None:
    assert f"`{name}`" in _PAGE

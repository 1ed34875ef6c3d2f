"""Where a twin lies: one subscription for each cloud of Azure, one identity for all."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.twin.deploying.contexts import SETTINGS, SUBSCRIPTIONS, across, example
from tests.unit.twin.twins import changed, copied

from funcyard.azure.credentials import ClientSecret
from funcyard.deploy.records import Record, State
from funcyard.twin.config.reading import read_twin
from funcyard.twin.config.resolving import UnresolvedCredentialsError
from funcyard.twin.deploying.placing import (
    SeveralIdentitiesError,
    TooManyCloudsError,
    lies_in,
    placed,
    placed_locally,
)
from funcyard.twin.providers.azure.places import cloud_of, layer_of

_FIRST, _SECOND = (f"{number * 8}-1111-1111-1111-111111111111" for number in ("1", "2"))
_WHO = ClientSecret(*SETTINGS.values())


def test_a_local_azure_has_a_subscription_for_each_cloud(tmp_path: Path) -> None:
    found = placed_locally(across(tmp_path, "layer_5_provider"), SETTINGS, SUBSCRIPTIONS)
    assert [one.subscription for one in found.places.values()] == list(SUBSCRIPTIONS)
    assert [one.region for one in found.places.values()] == ["westeurope", "northeurope"]
    assert found.identity == _WHO


def test_more_clouds_than_it_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooManyCloudsError, match="uses 2 subscriptions"):
        placed_locally(across(tmp_path, "layer_5_provider"), SETTINGS, SUBSCRIPTIONS[:1])


def _lies(*where: tuple[str, str]) -> State:
    groups = (
        Record(address, "resource-group", f"/subscriptions/{one}/resourceGroups/g", (), "1")
        for address, one in where
    )
    return State("twin", records={one.identity: one for one in groups})


def test_a_cloud_stays_in_its_local_subscription_when_another_comes_before_it(
    tmp_path: Path,
) -> None:
    """Else all of a twin would be made anew, and its readings be lost, for a slot that moved."""
    first, second = SUBSCRIPTIONS
    twin = across(tmp_path, "layer_1_provider")

    found = placed_locally(twin, SETTINGS, SUBSCRIPTIONS, lies_in(_lies(("setup.group", first))))

    assert {cloud: place.subscription for cloud, place in found.places.items()} == {
        "azure:plant": second,
        "azure": first,
    }


def test_a_cloud_comes_where_another_lies_only_if_nothing_else_is_free(tmp_path: Path) -> None:
    first, second = SUBSCRIPTIONS
    left = _lies(("setup@old.group", first))

    alone = placed_locally(example(), SETTINGS, SUBSCRIPTIONS, lies_in(left))
    full = placed_locally(
        across(tmp_path, "layer_1_provider"), SETTINGS, SUBSCRIPTIONS, lies_in(left)
    )

    assert [one.subscription for one in alone.places.values()] == [second]
    assert [one.subscription for one in full.places.values()] == [second, first]


def test_a_cloud_of_a_subscription_that_is_there_no_more_gets_another() -> None:
    found = placed_locally(
        example(), SETTINGS, SUBSCRIPTIONS, lies_in(_lies(("setup.group", _FIRST)))
    )
    assert [one.subscription for one in found.places.values()] == [SUBSCRIPTIONS[0]]


def test_in_azure_the_credentials_say_where_and_who(tmp_path: Path) -> None:
    environ = {
        **SETTINGS,
        "AZURE_SUBSCRIPTION_ID": _FIRST,
        "PLANT_SUBSCRIPTION_ID": _SECOND,
    }
    found = placed(across(tmp_path, "layer_5_provider"), environ)
    assert {name: one.subscription for name, one in found.places.items()} == {
        "azure": _FIRST,
        "azure:plant": _SECOND,
    }
    assert found.identity == _WHO
    with pytest.raises(UnresolvedCredentialsError, match="AZURE_SUBSCRIPTION_ID is not set"):
        placed(example(), SETTINGS)


def test_two_identities_are_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    changed(folder, "config_providers.json", ("layer_5_provider",), "azure:plant")
    access = {
        "azure_subscription_id": _SECOND,
        "azure_region": "northeurope",
        "azure_tenant_id": _FIRST,
        "azure_client_id": _FIRST,
        "azure_client_secret": "env:PLANT_SECRET",
    }
    changed(folder, "config_credentials.json", ("azure:plant",), access)
    environ = {**SETTINGS, "AZURE_SUBSCRIPTION_ID": _FIRST, "PLANT_SECRET": "x"}
    with pytest.raises(SeveralIdentitiesError, match="azure, azure:plant"):
        placed(read_twin(folder).twin, environ)


def test_an_address_tells_layer_and_cloud(tmp_path: Path) -> None:
    twin = across(tmp_path, "layer_5_provider")
    places = placed_locally(twin, SETTINGS, SUBSCRIPTIONS).places
    told = [one.address("l5", "grafana") for one in places.values()]
    assert told == ["l5.grafana", "l5@plant.grafana"]
    assert {layer_of(one) for one in told} == {"l5"}
    assert [cloud_of(one) for one in told] == ["azure", "azure:plant"]
    assert layer_of("l4.twin.a.b@c") == "l4"

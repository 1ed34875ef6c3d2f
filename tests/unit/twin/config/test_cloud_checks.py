"""Twins over several clouds: what is not there yet, and what somebody has to connect by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.twin.twins import changed, copied, faults, said

from funcyard.twin.config.reading import read_twin

_CONNECTIONS = "config_inter_cloud.json: connections"
_AWS = "config_providers.json: {}: Amazon Web Services is not deployed to yet"


@pytest.fixture
def twin(tmp_path: Path) -> Path:
    return copied(tmp_path)


def _connect(twin: Path, *names: str) -> None:
    each = {"url": "https://twin.example.org/api/x", "token": "env:TOKEN"}
    text = json.dumps({"connections": dict.fromkeys(names, each)})
    (twin / "config_inter_cloud.json").write_text(text)


def test_a_cloud_to_which_nothing_is_deployed_is_a_warning(twin: Path) -> None:
    changed(twin, "config_providers.json", ("layer_1_provider",), "aws")

    assert said(read_twin(twin).warnings) == [_AWS.format("layer_1_provider")]


def test_who_sends_there_has_to_know_where(twin: Path) -> None:
    changed(twin, "config_providers.json", ("layer_3_cold_provider",), "aws")
    assert faults(twin)[1:] == [
        (
            "config_providers.json: layer_3_cold_provider: azure sends to aws here, where Funcyard "
            "deploys nothing: config_inter_cloud.json has no connection azure_l3hot_to_aws_l3cold"
        )
    ]

    _connect(twin, "azure_l3hot_to_aws_l3cold")
    document = read_twin(twin)
    assert said(document.warnings) == [_AWS.format("layer_3_cold_provider")]
    assert [*document.twin.connections] == ["azure_l3hot_to_aws_l3cold"]


def test_two_subscriptions_need_no_hand(twin: Path) -> None:
    azure = {"azure_subscription_id": "env:PLANT", "azure_region": "westeurope"}
    changed(twin, "config_credentials.json", ("azure:plant",), azure)
    changed(twin, "config_providers.json", ("layer_1_provider",), "azure:plant")
    assert read_twin(twin).warnings == ()

    _connect(twin, "azure:plant_l1_to_azure_l2")
    assert said(read_twin(twin).warnings) == [
        (
            f"{_CONNECTIONS}.azure:plant_l1_to_azure_l2: is not needed: Funcyard "
            "deploys that receiver, or nothing that calls it"
        )
    ]


def test_a_connection_of_no_neighbours_is_told(twin: Path) -> None:
    _connect(twin, "azure_l1_to_aws_l2")
    assert faults(twin) == [
        (
            f"{_CONNECTIONS}.azure_l1_to_aws_l2: no two neighbours are connected "
            "by this (there is none)"
        )
    ]

    changed(twin, "config_providers.json", ("layer_1_provider",), "aws")
    assert faults(twin)[1:] == [
        (
            f"{_CONNECTIONS}.azure_l1_to_aws_l2: no two neighbours are connected "
            "by this (boundaries here: aws_l1_to_azure_l2)"
        )
    ]


def test_a_cloud_that_nobody_knows_is_told_with_those_that_there_are(twin: Path) -> None:
    changed(twin, "config_providers.json", ("layer_3_hot_provider",), "ibm")

    assert faults(twin) == [
        (
            'config_providers.json: layer_3_hot_provider: "ibm" is not taken (hot storage: azure, '
            "aws or google, with a name of your own behind a colon where there are several)"
        )
    ]

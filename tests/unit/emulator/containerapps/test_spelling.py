"""Bodies as the Azure CLI sends them."""

from __future__ import annotations

from funcyard.emulator.containerapps.naming import APP, ENVIRONMENT
from funcyard.emulator.containerapps.spelling import spelled


def test_names_in_any_case_and_counts_as_texts_are_understood() -> None:
    profile = {"Name": "big", "WorkloadProfileType": "D4", "maximumCount": "2"}
    body = {"Location": "North Central US (Stage)", "properties": {"workloadProfiles": [profile]}}
    assert spelled(ENVIRONMENT, body) == {
        "location": "North Central US Stage",
        "properties": {
            "workloadProfiles": [{"name": "big", "workloadProfileType": "D4", "maximumCount": 2}]
        },
    }


def test_names_that_people_choose_stay_as_they_are() -> None:
    body = {"tags": {"Owner": "1"}, "properties": {"Unknown": {"Name": "2"}}}
    assert spelled(APP, body) == body

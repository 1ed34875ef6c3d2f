"""Settings that no environment can hold are refused before any call."""

from __future__ import annotations

import pytest

from funcyard.deploy.refs import Value
from funcyard.deploy.resources.app_settings import AppSettingError, AppSettings
from funcyard.deploy.resources.function_app import FunctionApp
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.service_plan import ServicePlan

_GROUP = ResourceGroup.of("group", "00000000-0000-0000-0000-000000000001", "g", "westeurope")
_PLAN = ServicePlan.of("plan", _GROUP, "p", "westeurope")
_APP = FunctionApp.of("app", _GROUP, _PLAN, "a", "westeurope")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "no setting"),
        ({"": "x"}, "can hold a setting"),
        ({"A=B": "x"}, "can hold a setting 'A=B'"),
        ({"A": "x\0y"}, "can hold a setting 'A'"),
        ({"A": 1}, "A is no text"),
        ({"A": None}, "A is no text"),
    ],
)
def test_what_no_environment_can_hold_is_refused(settings: dict[str, Value], told: str) -> None:
    with pytest.raises(AppSettingError, match=told) as refused:
        AppSettings.of("app.settings", _APP, settings)
    assert refused.value.exit_code == 2

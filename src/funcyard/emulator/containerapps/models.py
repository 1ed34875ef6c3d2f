"""The types of Microsoft.App, as the Resource Manager knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import capacity, environments, tokens
from funcyard.emulator.containerapps.following import tell
from funcyard.emulator.containerapps.naming import ENVIRONMENT, PLACES, VERSIONS, operation_path
from funcyard.emulator.containerapps.storages import STORAGES
from funcyard.emulator.core.types import Manner, ResourceType, Tracking
from funcyard.emulator.managed_identity.assigned import PASSED_OVER

if TYPE_CHECKING:
    from funcyard.emulator.core.types import Registry

_STATUS: Final = "?azureAsyncOperation=true"
_ENVIRONMENT_SECONDS: Final = 120
_CHANGE_SECONDS: Final = 60

ENVIRONMENTS: Final = ResourceType(
    name=ENVIRONMENT,
    versions=VERSIONS,
    put_new=Manner(201, Tracking.STATUS, _ENVIRONMENT_SECONDS),
    put_again=Manner(201, Tracking.STATUS, _CHANGE_SECONDS),
    patch=Manner(202, Tracking.LOCATION, _CHANGE_SECONDS, has_body=False),
    delete=Manner(202, Tracking.LOCATION, _CHANGE_SECONDS, has_body=False, ended=204),
    states={"Creating": "Waiting", "Updating": "Waiting", "Deleting": "ScheduledForDelete"},
    regions=PLACES,
    result_path=operation_path("managedEnvironmentOperationResults"),
    status_path=operation_path("managedEnvironmentOperationStatuses") + _STATUS,
    retry_after=5,
    tell=tell,
    passed_over=PASSED_OVER,
    spelled=environments.spelled,
    check=environments.check,
    complete=environments.complete,
    show=environments.show,
    check_deletion=environments.check_deletion,
    actions={"getauthtoken": tokens.of_environment},
    note="node counts of its profiles bound what is placed in it",
)


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.App."""
    registry.add(ENVIRONMENTS, STORAGES, capacity.STATES, capacity.USAGES, capacity.PROFILE_TYPES)

"""The types of Microsoft.App, as the Resource Manager knows them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import (
    actions,
    apps,
    capacity,
    changes,
    environments,
    executions,
    jobs,
    secrets,
    tokens,
)
from funcyard.emulator.containerapps.following import tell
from funcyard.emulator.containerapps.metrics import AppMetrics
from funcyard.emulator.containerapps.naming import (
    APP,
    ENVIRONMENT,
    EXECUTION,
    JOB,
    JOB_STOP,
    PLACES,
    REVISION,
    VERSIONS,
    operation_path,
)
from funcyard.emulator.containerapps.replicas import REPLICAS
from funcyard.emulator.containerapps.revisions import Revisions, absent
from funcyard.emulator.containerapps.storages import STORAGES
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.types import ResourceType, bare_type
from funcyard.emulator.managed_identity.assigned import PASSED_OVER

if TYPE_CHECKING:
    from funcyard.emulator.core.registry import Registry

_STATUS: Final = "?azureAsyncOperation=true"
_ENVIRONMENT_SECONDS: Final = 120
_CHANGE_SECONDS: Final = 60
_APP_SECONDS: Final = 15

_type = partial(
    ResourceType,
    versions=VERSIONS,
    regions=PLACES,
    retry_after=5,
    tell=tell,
    passed_over=PASSED_OVER,
)
_running_type = partial(
    _type,
    put_new=Manner(201, Tracking.STATUS, _APP_SECONDS),
    put_again=Manner(201, Tracking.STATUS, _APP_SECONDS),
    patch=Manner(202, Tracking.BOTH, _APP_SECONDS, has_body=False),
    delete=Manner(202, Tracking.LOCATION, _APP_SECONDS, has_body=False, ended=204),
    states={"Creating": "InProgress", "Updating": "InProgress"},
)

ENVIRONMENTS: Final = _type(
    name=ENVIRONMENT,
    put_new=Manner(201, Tracking.STATUS, _ENVIRONMENT_SECONDS),
    put_again=Manner(201, Tracking.STATUS, _CHANGE_SECONDS),
    patch=Manner(202, Tracking.LOCATION, _CHANGE_SECONDS, has_body=False),
    delete=Manner(202, Tracking.LOCATION, _CHANGE_SECONDS, has_body=False, ended=204),
    states={"Creating": "Waiting", "Updating": "Waiting", "Deleting": "ScheduledForDelete"},
    result_path=operation_path("managedEnvironmentOperationResults"),
    status_path=operation_path("managedEnvironmentOperationStatuses") + _STATUS,
    spelled=environments.spelled,
    check=environments.check,
    complete=environments.complete,
    show=environments.show,
    check_deletion=environments.check_deletion,
    changed=changes.of_environment,
    started=changes.of_environment,
    actions={"getauthtoken": tokens.of_environment},
    note="node counts of its profiles bound what is placed in it",
)

APPS: Final = _running_type(
    name=APP,
    result_path=operation_path("containerappOperationResults"),
    status_path=operation_path("containerappOperationStatuses") + _STATUS,
    spelled=apps.spelled,
    check=apps.check,
    complete=apps.complete,
    show=apps.show,
    spell=apps.spell,
    changed=changes.of_app,
    deleted=changes.removed,
    started=changes.found,
    actions={
        "listsecrets": secrets.listed,
        "getauthtoken": tokens.of_app,
        "start": actions.start,
        "stop": actions.stop,
    },
    metered=AppMetrics(),
    note="its replicas run on this machine",
)

REVISIONS: Final = bare_type(
    name=REVISION,
    versions=VERSIONS,
    absent=absent,
    backing=Revisions(),
    deleted=changes.removed_revision,
    actions={
        "activate": actions.activate,
        "deactivate": actions.deactivate,
        "restart": actions.restart,
    },
    note="made by changes of an app's template; their states follow from what runs",
)

JOBS: Final = _running_type(
    name=JOB,
    result_path=operation_path("containerappsjobOperationResults"),
    status_path=operation_path("containerappsjobOperationStatuses") + _STATUS,
    spelled=jobs.spelled,
    check=jobs.check,
    complete=jobs.complete,
    show=jobs.show,
    changed=changes.of_job,
    deleted=changes.removed,
    started=changes.found_job,
    actions={
        "listsecrets": secrets.listed,
        "getauthtoken": tokens.of_job,
        "start": executions.start,
        "stop": executions.stop_all,
    },
    note="started by people and by schedules; an execution may also be ended at `stop/EXECUTION`",
)

EXECUTIONS: Final = bare_type(
    name=EXECUTION,
    versions=VERSIONS,
    absent=executions.absent,
    backing=executions.Executions(),
    actions={"stop": executions.stop_this},
    note="replicas that run to their end; the last hundred are kept",
)


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.App."""
    registry.add(
        ENVIRONMENTS,
        STORAGES,
        capacity.STATES,
        capacity.USAGES,
        capacity.PROFILE_TYPES,
        APPS,
        REVISIONS,
        REPLICAS,
        JOBS,
        EXECUTIONS,
    )
    registry.add_post(JOB_STOP, executions.stop_one, VERSIONS)

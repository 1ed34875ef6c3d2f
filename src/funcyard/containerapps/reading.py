"""Azure's documents of container apps, as models.

What is missing and what is null is read as what Azure means by it, whatever the version of its API;
what is of another shape than described is read as if it were missing, and never raises: a document
is understood as far as it can be.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from funcyard.containerapps.documents import (
    at,
    flag,
    listed,
    moment,
    number,
    pairs,
    read_moment,
    text,
    texts,
)
from funcyard.containerapps.environment import Environment, Profile, ProfileState
from funcyard.containerapps.events import AuthToken, Event
from funcyard.containerapps.models import (
    App,
    AppIdentity,
    Ingress,
    Registry,
    Replica,
    ReplicaContainer,
    Revision,
    Secret,
    Traffic,
)
from funcyard.containerapps.reading_template import read_template
from funcyard.containerapps.states import (
    AppStates,
    ContainerStates,
    ReplicaStates,
    RevisionStates,
)

if TYPE_CHECKING:
    from funcyard.containerapps.documents import Document


def read_app(document: Document) -> App:
    """Return a container app."""
    properties = at(document, "properties")
    configuration = at(properties, "configuration")
    return App(
        id=text(document, "id"),
        name=text(document, "name"),
        states=AppStates(
            provisioning_state=text(properties, "provisioningState"),
            running_status=text(properties, "runningStatus"),
        ),
        location=text(document, "location"),
        environment_id=text(properties, "environmentId")
        or text(properties, "managedEnvironmentId"),
        profile=text(properties, "workloadProfileName") or "Consumption",
        mode=text(configuration, "activeRevisionsMode") or "Single",
        latest_revision=text(properties, "latestRevisionName"),
        latest_ready_revision=text(properties, "latestReadyRevisionName"),
        latest_fqdn=text(properties, "latestRevisionFqdn"),
        ingress=_ingress(at(configuration, "ingress")),
        template=read_template(at(properties, "template")),
        secrets=tuple(
            Secret(text(one, "name"), text(one, "keyVaultUrl"), text(one, "identity"))
            for one in listed(configuration, "secrets")
        ),
        registries=tuple(
            Registry(
                text(one, "server"),
                text(one, "username"),
                text(one, "passwordSecretRef"),
                text(one, "identity"),
            )
            for one in listed(configuration, "registries")
        ),
        identity=_identity(document),
        event_stream=text(properties, "eventStreamEndpoint"),
        created=moment(document, "systemData", "createdAt"),
        changed=moment(document, "systemData", "lastModifiedAt"),
        tags=pairs(document, "tags"),
    )


def read_revision(document: Document) -> Revision:
    """Return a revision."""
    properties = at(document, "properties")
    return Revision(
        id=text(document, "id"),
        name=text(document, "name"),
        states=RevisionStates(
            provisioning_state=text(properties, "provisioningState"),
            running_state=text(properties, "runningState"),
            health_state=text(properties, "healthState"),
            provisioning_error=text(properties, "provisioningError"),
            running_details=text(properties, "runningStateDetails"),
        ),
        active=flag(properties, "active") or False,
        created=moment(properties, "createdTime"),
        last_active=moment(properties, "lastActiveTime"),
        replicas=number(properties, "replicas"),
        traffic_weight=number(properties, "trafficWeight") or 0,
        fqdn=text(properties, "fqdn"),
        labels=texts(properties, "labels"),
        template=read_template(at(properties, "template")),
    )


def read_replica(document: Document) -> Replica:
    """Return a replica."""
    properties = at(document, "properties")
    return Replica(
        id=text(document, "id"),
        name=text(document, "name"),
        states=ReplicaStates(
            text(properties, "runningState"), text(properties, "runningStateDetails")
        ),
        created=moment(properties, "createdTime"),
        containers=tuple(
            _replica_container(one, is_init=False) for one in listed(properties, "containers")
        ),
        init_containers=tuple(
            _replica_container(one, is_init=True) for one in listed(properties, "initContainers")
        ),
    )


def read_environment(document: Document) -> Environment:
    """Return an environment."""
    properties = at(document, "properties")
    logs = at(properties, "appLogsConfiguration")
    return Environment(
        id=text(document, "id"),
        name=text(document, "name"),
        provisioning_state=text(properties, "provisioningState"),
        location=text(document, "location"),
        profiles=tuple(
            Profile(
                text(one, "name"),
                text(one, "workloadProfileType"),
                number(one, "minimumCount"),
                number(one, "maximumCount"),
            )
            for one in listed(properties, "workloadProfiles")
        ),
        default_domain=text(properties, "defaultDomain"),
        static_ip=text(properties, "staticIp"),
        internal=flag(properties, "vnetConfiguration", "internal"),
        logs_destination=text(logs, "destination"),
        logs_workspace=text(logs, "logAnalyticsConfiguration", "customerId"),
        event_stream=text(properties, "eventStreamEndpoint"),
    )


def read_profile_state(document: Document) -> ProfileState:
    """Return how a workload profile stands.

    The type is in ``type`` or in the properties: recorded answers have it in both.
    """
    properties = at(document, "properties")
    return ProfileState(
        name=text(document, "name") or text(properties, "name"),
        type=text(properties, "workloadProfileType") or text(document, "type"),
        current=number(properties, "currentCount"),
        minimum=number(properties, "minimumCount"),
        maximum=number(properties, "maximumCount"),
    )


def read_auth_token(document: Document) -> AuthToken:
    """Return a token for streams."""
    return AuthToken(
        text(document, "properties", "token"), moment(document, "properties", "expires")
    )


def read_event(line: str) -> Event | None:
    """Return what a line of an event stream tells, None where it is none of one."""
    try:
        document = json.loads(line)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    return Event(
        time=read_moment(text(document, "TimeStamp")),
        type=text(document, "Type"),
        reason=text(document, "Reason"),
        message=text(document, "Msg"),
        app=text(document, "ContainerAppName"),
        revision=text(document, "RevisionName"),
        replica=text(document, "ReplicaName"),
        source=text(document, "EventSource"),
        count=number(document, "Count") or 1,
    )


def _ingress(document: object) -> Ingress | None:
    if not isinstance(document, dict):
        return None
    return Ingress(
        fqdn=text(document, "fqdn"),
        external=flag(document, "external") or False,
        target_port=number(document, "targetPort") or 0,
        transport=text(document, "transport"),
        allow_insecure=flag(document, "allowInsecure") or False,
        traffic=tuple(
            Traffic(
                weight=number(one, "weight") or 0,
                revision=text(one, "revisionName"),
                latest=flag(one, "latestRevision") or False,
                label=text(one, "label"),
            )
            for one in listed(document, "traffic")
        ),
    )


def _identity(document: Document) -> AppIdentity:
    assigned = at(document, "identity", "userAssignedIdentities")
    return AppIdentity(
        type=text(document, "identity", "type"),
        principal=text(document, "identity", "principalId"),
        assigned=tuple((name, text(one, "principalId")) for name, one in assigned.items())
        if isinstance(assigned, dict)
        else (),
    )


def _replica_container(document: Document, *, is_init: bool) -> ReplicaContainer:
    return ReplicaContainer(
        name=text(document, "name"),
        states=ContainerStates(
            running_state=text(document, "runningState"),
            details=text(document, "runningStateDetails"),
            ready=flag(document, "ready"),
            started=flag(document, "started"),
            restart_count=number(document, "restartCount") or 0,
        ),
        container_id=text(document, "containerId"),
        log_stream=text(document, "logStreamEndpoint"),
        is_init=is_init,
    )

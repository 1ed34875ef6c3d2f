"""What commands print of a container app with ``--json``: Azure's words under names of their own.

Values of environment variables are not among it: people put secrets there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from funcyard.azure.errors import AzureFailedError
    from funcyard.containerapps.images import Image
    from funcyard.containerapps.models import App, Replica, ReplicaContainer, Revision
    from funcyard.containerapps.observing import Observation
    from funcyard.containerapps.template import Template
    from funcyard.containerapps.verdict import Verdict

Document = dict[str, Any]


def status_document(
    seen: Observation, found: Verdict, revisions: Sequence[Revision], images: Iterable[Image]
) -> Document:
    """Return the whole of ``orch status``.

    Args:
        seen: The app.
        found: How it stands.
        revisions: Those that are shown, the latest last.
        images: Of the containers.
    """
    return {
        "app": app_document(seen.app),
        "verdict": {"standing": found.standing, "because": list(found.because)},
        "profile": profile_document(seen),
        "images": [image_document(one) for one in images],
        "revisions": [
            {
                **revision_document(one),
                "replica_list": [replica_document(replica) for replica in seen.replicas[one.name]]
                if one.name in seen.replicas
                else None,
            }
            for one in reversed(revisions)
        ],
        "faults": [fault_document(one) for one in seen.faults],
    }


def app_document(app: App) -> Document:
    """Return an app."""
    return {
        "id": app.id,
        "name": app.name,
        "location": app.location,
        "provisioning_state": app.states.provisioning_state,
        "running_status": app.states.running_status,
        "mode": app.mode,
        "workload_profile": app.profile,
        "environment_id": app.environment_id,
        "latest_revision": app.latest_revision,
        "latest_ready_revision": app.latest_ready_revision,
        "fqdn": app.ingress.fqdn if app.ingress else None,
        "external": app.ingress.external if app.ingress else None,
        "target_port": app.ingress.target_port if app.ingress else None,
        "created": moment(app.created),
        "changed": moment(app.changed),
    }


def revision_document(revision: Revision) -> Document:
    """Return a revision."""
    return {
        "name": revision.name,
        "active": revision.active,
        "traffic_weight": revision.traffic_weight,
        "labels": list(revision.labels),
        "provisioning_state": revision.states.provisioning_state,
        "provisioning_error": revision.states.provisioning_error,
        "running_state": revision.states.running_state,
        "running_state_details": revision.states.running_details,
        "health_state": revision.states.health_state,
        "replicas": revision.replicas,
        "created": moment(revision.created),
        "last_active": moment(revision.last_active),
        "fqdn": revision.fqdn,
        **template_document(revision.template),
    }


def template_document(template: Template) -> Document:
    """Return what a revision consists of."""
    size = template.size
    return {
        "images": [one.image for one in template.containers],
        "cpu": None if size is None else float(size.cpu),
        "memory_gib": None if size is None else float(size.memory),
        "min_replicas": template.scale.least,
        "max_replicas": template.scale.most,
    }


def replica_document(replica: Replica) -> Document:
    """Return a replica."""
    return {
        "name": replica.name,
        "running_state": replica.states.running_state,
        "running_state_details": replica.states.details,
        "ready": replica.ready,
        "restarts": replica.restarts,
        "created": moment(replica.created),
        "containers": [container_document(one) for one in replica.every_container()],
    }


def container_document(container: ReplicaContainer) -> Document:
    """Return a container of a replica."""
    return {
        "name": container.name,
        "init": container.is_init,
        "running_state": container.states.running_state,
        "running_state_details": container.states.details,
        "ready": container.states.ready,
        "started": container.states.started,
        "restart_count": container.states.restart_count,
        "container_id": container.container_id,
    }


def profile_document(seen: Observation) -> Document:
    """Return the workload profile that an app runs on; what is not told is null."""
    name = seen.app.profile
    profile = seen.environment.profile(name) if seen.environment else None
    state = seen.profile_state(name)
    return {
        "name": name,
        "type": profile.type if profile else (state.type if state else None),
        "minimum": profile.minimum if profile else None,
        "maximum": profile.maximum if profile else None,
        "current": state.current if state else None,
    }


def image_document(image: Image) -> Document:
    """Return what is known of an image."""
    return {
        "container": image.container,
        "reference": image.reference,
        "digest": image.digest or None,
        "proven": image.is_proven,
        "unknown_because": image.failure or None,
    }


def fault_document(fault: AzureFailedError) -> Document:
    """Return why something could not be read."""
    return {**fault.as_dict(), "status": fault.status, "service_code": fault.service_code}


def moment(time: datetime | None) -> str | None:
    """Return a time as JSON has it."""
    return None if time is None else time.isoformat().replace("+00:00", "Z")

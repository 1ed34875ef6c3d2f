"""The states of an app, a revision, a replica and a container, kept apart.

Azure has four families of states, one for each kind of thing, and a word of one means nothing in
another. So each kind has a type of its own for its states, which holds Azure's words as they came:
answers hold more of them than the API's description
(https://learn.microsoft.com/azure/container-apps/revisions#revision-states). A word that Azure did
not tell is empty.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppStates:
    """The states of an app.

    Attributes:
        provisioning_state: How its last change ended: ``Succeeded`` says nothing of its replicas.
        running_status: Such as ``Running`` or ``Stopped``: what is wanted of it.
    """

    provisioning_state: str = ""
    running_status: str = ""


@dataclass(frozen=True, slots=True)
class RevisionStates:
    """The states of a revision.

    Attributes:
        provisioning_state: Such as ``Provisioned``.
        running_state: Such as ``Running``, ``Activating``, ``ActivationFailed``, ``ScaledToZero``.
        health_state: ``Healthy``, ``Unhealthy`` or ``None``.
        provisioning_error: Why it could not be provisioned.
        running_details: What Azure adds to the running state.
    """

    provisioning_state: str = ""
    running_state: str = ""
    health_state: str = ""
    provisioning_error: str = ""
    running_details: str = ""


@dataclass(frozen=True, slots=True)
class ReplicaStates:
    """The states of a replica.

    Attributes:
        running_state: ``Running``, ``NotRunning`` or ``Unknown``.
        details: What Azure adds to it.
    """

    running_state: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class ContainerStates:
    """The states of a container of a replica.

    Attributes:
        running_state: ``Running``, ``Waiting`` or ``Terminated``.
        details: What Azure adds to it, such as ``CrashLoopBackOff`` in a sentence.
        ready: Whether its readiness probe succeeds; None where that is not told.
        started: Whether its startup probe did.
        restart_count: How often it was started again.
    """

    running_state: str = ""
    details: str = ""
    ready: bool | None = None
    started: bool | None = None
    restart_count: int = 0

"""The environment of container apps, and the nodes of its workload profiles.

https://learn.microsoft.com/azure/container-apps/workload-profiles-overview
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """A workload profile of an environment.

    Attributes:
        name: How apps call it.
        type: Such as ``Consumption`` or ``E16``.
        minimum: Least number of nodes; None for one that has none.
        maximum: Greatest number of nodes.
    """

    name: str
    type: str
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class ProfileState:
    """How a workload profile stands.

    Attributes:
        name: Of the profile.
        type: Of the profile.
        current: How many nodes it has now; None for one that has none, or where it is not told.
        minimum: Least number of nodes.
        maximum: Greatest number of nodes.
    """

    name: str
    type: str = ""
    current: int | None = None
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment of container apps.

    Attributes:
        id: Its id.
        name: Its name.
        provisioning_state: How its last change ended.
        location: Its region.
        profiles: Its workload profiles; none in an environment of the kind that has none.
        default_domain: What the names of its apps end with.
        static_ip: Where they are.
        internal: Whether they are reached from its network only; None where it is not told.
        logs_destination: Where lines go: ``log-analytics``, ``azure-monitor``; empty for nowhere.
        logs_workspace: Which workspace of Log Analytics, by its customer id.
        event_stream: Where its events are told.
    """

    id: str
    name: str
    provisioning_state: str = ""
    location: str = ""
    profiles: tuple[Profile, ...] = ()
    default_domain: str = ""
    static_ip: str = ""
    internal: bool | None = None
    logs_destination: str = ""
    logs_workspace: str = ""
    event_stream: str = ""

    def profile(self, name: str) -> Profile | None:
        """Return a profile by its name, in any case; None where it has none of that name."""
        return next((one for one in self.profiles if one.name.lower() == name.lower()), None)

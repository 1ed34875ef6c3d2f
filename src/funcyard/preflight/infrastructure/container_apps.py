"""Container apps and their environments, as a deployment describes them.

Property names are those of Microsoft.App: https://learn.microsoft.com/azure/templates/microsoft.app.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from funcyard.capacity.sizes import Size, gibibytes
from funcyard.preflight.infrastructure.value import Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.resources import Resource

CONSUMPTION = "Consumption"
"""The profile that every environment has, and that an app runs on unless it names another."""
_BRACES = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Profile:
    """A workload profile of an environment.

    Attributes:
        name: How apps call it.
        type: Such as ``E16``.
        minimum: Least number of nodes, None where it is not known.
        maximum: Greatest number of nodes, None where it is not known or not written.
        value: The whole, with its place.
    """

    name: str
    type: str
    minimum: int | None
    maximum: int | None
    value: Value

    def place(self, *names: str) -> Value:
        """Return where the first of these properties is written, else where the profile begins."""
        found = (self.value.get(name) for name in names)
        return next((value for value in found if value is not None), self.value)


class Environment:
    """An environment of container apps.

    Args:
        resource: The resource that describes it.
    """

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.name = display(resource.name, resource.symbol)

    @cached_property
    def profiles(self) -> tuple[Profile, ...] | None:
        """Its workload profiles, None where it is not known which there are."""
        value = self.resource.body.get("properties", "workloadProfiles")
        if value is None or value.data is None:
            return ()
        found = tuple(_profile(item) for item in value.items())
        if not value.known or any(profile is None for profile in found):
            return None
        return tuple(profile for profile in found if profile is not None)

    def profile(self, name: str) -> Profile | None:
        """Return a profile by its name, in any case; None where none is known by it."""
        found = (p for p in self.profiles or () if p.name.lower() == name.lower())
        return next(found, None)


class Revision:
    """An active revision of a deployed container app, as Azure describes it.

    Args:
        resource: The resource that describes it.
    """

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.name = resource.name.text

    def value(self, *path: str) -> Value | None:
        """Return one of its properties, None where Azure does not tell it."""
        return self.resource.body.get("properties", *path)

    def text(self, name: str) -> str:
        """Return one of its properties as a text, empty where Azure does not tell it."""
        value = self.value(name)
        return (value.as_text() or "") if value is not None else ""

    @property
    def replicas(self) -> int:
        """How many replicas it has now."""
        value = self.value("replicas")
        return (_whole(value) or 0) if value is not None else 0

    @property
    def containers(self) -> tuple[Value, ...]:
        """Its containers."""
        value = self.value("template", "containers")
        return tuple(value.items()) if value is not None else ()

    @cached_property
    def size(self) -> Size | None:
        """What a replica asks for, None where it is not known."""
        return _together(self.containers)


class ContainerApp:
    """A container app.

    Args:
        resource: The resource that describes it.
    """

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.name = display(resource.name, resource.symbol)

    def value(self, *path: str) -> Value | None:
        """Return one of its properties, None where it is not written."""
        found = self.resource.body.get("properties", *path)
        return None if found is not None and found.data is None else found

    @property
    def environment_id(self) -> str | None:
        """What tells its environment apart, None where that is not known."""
        value = self.value("environmentId") or self.value("managedEnvironmentId")
        return value.data.text if value and isinstance(value.data, Unknown) else None

    @property
    def profile(self) -> str | None:
        """The profile that it names, ``Consumption`` for none, None where it is not known."""
        value = self.value("workloadProfileName")
        return CONSUMPTION if value is None else value.as_text()

    @property
    def mode(self) -> str | None:
        """``single`` or ``multiple``, None where it is not known."""
        value = self.value("configuration", "activeRevisionsMode")
        if value is None:
            return "single"
        text = value.as_text()
        return text.lower() if text else None

    @cached_property
    def containers(self) -> tuple[Value, ...] | None:
        """Its containers, None where it is not known which there are."""
        value = self.value("template", "containers")
        return tuple(value.items()) if value is not None and value.known else None

    @cached_property
    def size(self) -> Size | None:
        """What a replica asks for, None where it is not known."""
        return _together(self.containers or ())

    @property
    def least(self) -> int | None:
        """How many replicas there always are, None where it is not known."""
        return self._count("minReplicas", 0)

    @property
    def most(self) -> int | None:
        """How many replicas there are at most, None where it is not known."""
        return self._count("maxReplicas", 10)

    def _count(self, name: str, default: int) -> int | None:
        value = self.value("template", "scale", name)
        return default if value is None else _whole(value)

    @property
    def rules(self) -> tuple[Value, ...] | None:
        """Its scale rules, None where it is not known which there are."""
        value = self.value("template", "scale", "rules")
        if value is None:
            return ()
        return tuple(value.items()) if value.known else None

    @property
    def by_schedule(self) -> int:
        """How many replicas its schedules ask for at a time."""
        counts = [0]
        for rule in self.rules or ():
            kind = rule.get("custom", "type")
            wanted = rule.get("custom", "metadata", "desiredReplicas")
            number = _whole(wanted) if kind and kind.as_text() == "cron" and wanted else None
            counts.append(number or 0)
        return max(counts)

    @property
    def shares(self) -> Value | None:
        """How traffic is shared among its revisions, None where that is not written."""
        return self.value("configuration", "ingress", "traffic")

    def place(self, *path: str) -> Value:
        """Return where a property is written, else where what it belongs to begins."""
        for length in range(len(path), 0, -1):
            found = self.value(*path[:length])
            if found is not None:
                return found
        return self.resource.body


def environments(deployment: Deployment) -> dict[str, Environment]:
    """Return the environments that a deployment makes, by what tells them apart."""
    found = deployment.of_type("Microsoft.App/managedEnvironments")
    return {resource.id: Environment(resource) for resource in found}


def container_apps(deployment: Deployment) -> Iterator[ContainerApp]:
    """Yield the container apps that a deployment makes and that are to be judged."""
    for app in every_container_app(deployment):
        if deployment.concerns(app.resource):
            yield app


def every_container_app(deployment: Deployment) -> Iterator[ContainerApp]:
    """Yield the container apps that a deployment makes, also those that take others' room."""
    for resource in deployment.of_type("Microsoft.App/containerApps"):
        yield ContainerApp(resource)


def revisions(deployment: Deployment, app: ContainerApp) -> tuple[Revision, ...]:
    """Return the active revisions of a deployed container app; a template has none."""
    found = deployment.of_type("Microsoft.App/containerApps/revisions")
    return tuple(Revision(one) for one in found if one.parent == app.resource.id)


def nodes_now(deployment: Deployment, environment: Environment, profile: Profile) -> int | None:
    """Return how many nodes a profile of a deployed environment has, None where it is not told."""
    for state in deployment.of_type("Microsoft.App/managedEnvironments/workloadProfileStates"):
        if state.parent == environment.resource.id and state.name.text == profile.name:
            count = state.body.get("properties", "currentCount")
            return _whole(count) if count is not None else None
    return None


def display(name: Value, symbol: str) -> str:
    """Return a name as messages tell it: what is unknown of it is left out."""
    text = name.text
    while (shorter := _BRACES.sub("…", text)) != text:
        text = shorter
    return text if text.strip("…-") else symbol or text


def _profile(value: Value) -> Profile | None:
    name, kind = value.get("name"), value.get("workloadProfileType")
    if name is None or kind is None or name.as_text() is None or kind.as_text() is None:
        return None
    least, most = value.get("minimumCount"), value.get("maximumCount")
    return Profile(
        name.text,
        kind.text,
        _whole(least) if least is not None else 0,
        _whole(most) if most is not None else None,
        value,
    )


def _whole(value: Value) -> int | None:
    number = value.as_number()
    return int(number) if number is not None and number == int(number) else None


def _together(containers: Iterable[Value]) -> Size | None:
    sizes = [_size(container) for container in containers]
    known = [size for size in sizes if size is not None]
    if not known or len(known) < len(sizes):
        return None
    cpu = sum((size.cpu for size in known), Fraction())
    return Size(cpu, sum((size.memory for size in known), Fraction()))


def _size(container: Value) -> Size | None:
    cpu, memory = container.get("resources", "cpu"), container.get("resources", "memory")
    if cpu is None or memory is None:
        return None
    asked, number = gibibytes(memory.as_text() or ""), cpu.as_number()
    if number is None or asked is None:
        return None
    return Size(Fraction(str(number)), asked)

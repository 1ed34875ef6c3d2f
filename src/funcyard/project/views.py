"""What the templates see: a spec with everything that follows from it worked out.

Templates hold text and loops; names, ports, identifiers and paths are decided here.
"""

from __future__ import annotations

import builtins
import keyword
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.project import names
from funcyard.project.calls import body_method_of, curl, route_of
from funcyard.project.ports import debug_ports
from funcyard.project.routes import parameters_of

if TYPE_CHECKING:
    from funcyard.project.spec import FunctionApp, LocalPackage, Spec, Trigger, Volume

Remarks = Mapping[tuple[str, str], str]
"""App and function to what a document has to say of it, such as ``not in the code yet``."""

_TAKEN = {"app", "func", "json", "logging", "hashlib", "datetime", "UTC"}


@dataclass(frozen=True, slots=True)
class TriggerView:
    """A trigger with the Python identifier of its function.

    Attributes:
        spec: The trigger of the spec.
        identifier: Unique in its module and no keyword.
        route: Of an HTTP trigger, without the leading slash, else empty.
        body_method: The first of an HTTP trigger's methods that carries a body, or empty.
        curl: A line for a shell that calls an HTTP trigger's function, else empty.
        remark: What a document has to say of it beyond the spec; often empty.
    """

    spec: Trigger
    identifier: str
    route: str = ""
    body_method: str = ""
    curl: str = ""
    remark: str = ""

    @property
    def renamed(self) -> bool:
        """Whether the function's name in Azure is not its identifier."""
        return self.identifier != self.spec.name

    @property
    def reads_body(self) -> bool:
        """Whether it accepts a method that carries a body."""
        return bool(self.body_method)

    @property
    def route_parameters(self) -> tuple[str, ...]:
        """Names of the route's parameters."""
        return parameters_of(self.route)


@dataclass(frozen=True, slots=True)
class AppView:
    """One app with the names that follow from it."""

    spec: FunctionApp
    triggers: tuple[TriggerView, ...]
    image: str
    host_id: str
    debug_port: int

    @property
    def name(self) -> str:
        """Of the app, its folder, its service and its resource."""
        return self.spec.name

    @property
    def folder(self) -> str:
        """Relative to the project."""
        return f"functions/{self.spec.name}"

    @property
    def host_port_variable(self) -> str:
        """See :func:`names.host_port_variable`."""
        return names.host_port_variable(self.spec.name)

    @property
    def debug_port_variable(self) -> str:
        """See :func:`names.debug_port_variable`."""
        return names.debug_port_variable(self.spec.name)

    @property
    def url_variable(self) -> str:
        """See :func:`names.url_variable`."""
        return names.url_variable(self.spec.name)

    @property
    def kinds(self) -> frozenset[str]:
        """The types of its triggers."""
        return frozenset(trigger.spec.type for trigger in self.triggers)

    @property
    def in_background(self) -> bool:
        """Whether a function of it starts on something else than a request."""
        return bool(self.kinds - {"http"})

    @property
    def routes(self) -> tuple[TriggerView, ...]:
        """Its HTTP triggers."""
        return tuple(trigger for trigger in self.triggers if trigger.spec.type == "http")


@dataclass(frozen=True, slots=True)
class PackageView:
    """A local package: its folder in the project, POSIX, without ``./``."""

    spec: LocalPackage
    folder: str

    @property
    def target(self) -> str:
        """Its folder in the images."""
        return f"/opt/packages/{self.spec.name}"


@dataclass(frozen=True, slots=True)
class VolumeView:
    """A volume as Compose reads it: ``source:target``, ``:ro`` unless it may be written."""

    spec: Volume

    @property
    def mount(self) -> str:
        """In the short form, which makes a missing source folder in every Compose."""
        target = self.spec.target.replace("$", "$$")
        return f"{_source(self.spec.source)}:{target}{':ro' if self.spec.read_only else ''}"


@dataclass(frozen=True, slots=True)
class ProjectView:
    """The whole project."""

    spec: Spec
    apps: tuple[AppView, ...]
    packages: tuple[PackageView, ...]
    volumes: tuple[VolumeView, ...]

    @property
    def name(self) -> str:
        """Of the project."""
        return self.spec.project_name

    @property
    def python(self) -> str:
        """Version such as ``3.11``."""
        return self.spec.runtime.version

    @property
    def manager(self) -> str:
        """The dependency manager: pip, poetry or uv."""
        return self.spec.dependency_manager


def view(spec: Spec, remarks: Remarks | None = None) -> ProjectView:
    """Work out what the templates need of a spec."""
    ports = debug_ports(spec)
    return ProjectView(
        spec=spec,
        apps=tuple(
            AppView(
                spec=app,
                triggers=_triggers(app, remarks or {}),
                image=names.app_image(spec.project_name, app.name),
                host_id=names.host_id(spec.project_name, app.name),
                debug_port=ports[app.name],
            )
            for app in spec.function_apps
        ),
        packages=tuple(
            PackageView(package, posixpath.normpath(package.path.replace("\\", "/")))
            for package in spec.local_packages
        ),
        volumes=tuple(VolumeView(volume) for volume in spec.volumes),
    )


def _triggers(app: FunctionApp, remarks: Remarks) -> tuple[TriggerView, ...]:
    taken = set(_TAKEN)
    triggers = []
    for trigger in app.triggers:
        identifier = _identifier(trigger.name, taken)
        taken.add(identifier)
        remark = remarks.get((app.name, trigger.name), "")
        if trigger.type == "http":
            triggers.append(
                TriggerView(
                    trigger,
                    identifier,
                    route_of(trigger),
                    body_method_of(trigger),
                    curl(trigger, app.port),
                    remark,
                )
            )
        else:
            triggers.append(TriggerView(trigger, identifier, remark=remark))
    return tuple(triggers)


def _identifier(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    if not plain or plain[0].isdigit():
        plain = f"function_{plain}"
    while plain in taken or keyword.iskeyword(plain) or hasattr(builtins, plain):
        plain += "_"
    return plain


def _source(source: str) -> str:
    """Return a volume's source, seen from the folder of the Compose file."""
    for prefix in ("~", "$HOME", "${HOME}"):
        if source == prefix or source.startswith(f"{prefix}/"):
            return "${HOME}" + source.removeprefix(prefix).replace("$", "$$")
    return posixpath.normpath(posixpath.join("..", source)).replace("$", "$$")

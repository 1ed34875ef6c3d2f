"""Settings that a deployment gives: app settings of function apps, variables of containers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.container_apps import container_apps, display
from funcyard.preflight.infrastructure.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.resources import Resource
    from funcyard.preflight.infrastructure.value import Value

RUNTIME = "FUNCTIONS_WORKER_RUNTIME"
"""The setting that tells which worker runs a function app's code."""
SITES = "Microsoft.Web/sites"
"""The type of function apps, among others."""
_DOCKER = "docker"
_REFERENCE = "@Microsoft."
"""A reference to Key Vault or to App Configuration begins so."""
_OF_HOST = ("AzureFunctionsJobHost__", "AzureWebJobs", "FUNCTIONS_")
"""Settings that only the Functions host reads begin so."""


@dataclass(frozen=True, slots=True)
class DeployedSettings:
    """The settings of one app.

    Attributes:
        owner: The function app or container app, as messages tell it.
        values: By name; one that is taken from a secret is unknown.
        complete: Whether these are all; else there may be others.
        place: Where they are written.
        resource: What gets them; what sets them where that is there already.
        container: The container that gets them, None for a function app.
        is_alone: Whether there is no other container beside that one.
    """

    owner: str
    values: Mapping[str, Value]
    complete: bool
    place: Value
    resource: Resource
    container: Value | None = None
    is_alone: bool = True

    @property
    def runtime(self) -> Value | None:
        """``linuxFxVersion`` of a function app, such as ``Python|3.11``; None for none."""
        return self._of_site("siteConfig", "linuxFxVersion")

    @property
    def flex(self) -> Value | None:
        """``functionAppConfig`` of a function app on Flex Consumption, None for any other one."""
        return self._of_site("functionAppConfig")

    @property
    def is_workflow(self) -> bool:
        """Whether it is a Logic App, which the Functions host runs, too."""
        kind = self.resource.body.get("kind")
        return kind is not None and "workflowapp" in kind.text.lower()

    @property
    def workers(self) -> frozenset[str]:
        """The languages that a function app is said to be written in, in lower case."""
        flex = self.flex.get("runtime", "name") if self.flex is not None else None
        told = (self.runtime, self.values.get(RUNTIME), flex)
        words = {value.text.partition("|")[0].lower() for value in told if value is not None}
        return frozenset(word for word in words - {"", _DOCKER} if "{" not in word)

    @property
    def image_name(self) -> str:
        """How the image is called that it runs, empty where it runs published code."""
        if self.container is not None:
            image = self.container.get("image")
            return image.text if image is not None else ""
        kind, _, name = (self.runtime.text if self.runtime is not None else "").partition("|")
        return name if kind.lower() == _DOCKER else ""

    def _of_site(self, *path: str) -> Value | None:
        if self.resource.type.lower() != SITES.lower():
            return None
        found = self.resource.body.get("properties", *path)
        return None if found is None or found.data is None else found

    @property
    def texts(self) -> dict[str, str]:
        """The values that are known, by name; one that is taken from a vault is not."""
        texts = {name: value.as_text() for name, value in self.values.items()}
        return {
            name: text
            for name, text in texts.items()
            if text is not None and not text.startswith(_REFERENCE)
        }


def function_app_settings(deployment: Deployment) -> Iterator[DeployedSettings]:
    """Yield the settings of each function app that a deployment makes, or gives settings to."""
    found = _of_function_apps(deployment)
    yield from (settings for settings in found if deployment.concerns(settings.resource))


def _of_function_apps(deployment: Deployment) -> Iterator[DeployedSettings]:
    configurations = list(_configurations(deployment))
    for site in deployment.of_type(SITES):
        own = [config for config in configurations if _is_of(config, site)]
        configurations = [config for config in configurations if config not in own]
        if _is_function_app(site.body):
            yield _of_site(site, own)
    for config in configurations:
        values = _held(config)
        if _is_function_app(config.body) or any(name.startswith(_OF_HOST) for name in values or ()):
            yield _own(_owner(deployment, config), config)


def _of_site(site: Resource, configurations: Iterable[Resource]) -> DeployedSettings:
    owner = display(site.name, site.symbol)
    written = site.body.get("properties", "siteConfig", "appSettings")
    values, complete = _listed(written)
    found = DeployedSettings(owner, values, complete, written or site.body, site)
    for config in configurations:  # which replaces whatever there was
        found = replace(_own(owner, config), resource=site)
    return found


def _own(owner: str, config: Resource) -> DeployedSettings:
    """Return settings that a resource of their own sets."""
    values = _held(config)
    place = config.body.get("properties") or config.body
    return DeployedSettings(owner, values or {}, values is not None, place, config)


def _held(config: Resource) -> dict[str, Value] | None:
    """Return the settings that such a resource sets, None where they are not known.

    One that is null is none.
    """
    properties = config.body.get("properties")
    held = properties.data if properties is not None else None
    if not isinstance(held, dict):
        return None
    return {name: value for name, value in held.items() if value.data is not None}


def _is_function_app(body: Value) -> bool:
    kind = body.get("kind")
    text = kind.as_text() if kind is not None else None
    return text is not None and "functionapp" in text.lower()


def container_settings(deployment: Deployment) -> Iterator[DeployedSettings]:
    """Yield the variables of each container of the container apps that a deployment makes."""
    for app in container_apps(deployment):
        containers = app.containers or ()
        for container in containers:
            written = container.get("env")
            values, complete = _listed(written)
            yield DeployedSettings(
                app.name,
                values,
                complete,
                written or container,
                app.resource,
                container,
                is_alone=len(containers) == 1,
            )


def _listed(written: Value | None) -> tuple[dict[str, Value], bool]:
    """Return a list of names and values as a mapping, and whether it is the whole list."""
    if written is None or written.data is None:
        return {}, True
    values: dict[str, Value] = {}
    complete = written.known
    for item in written.items():
        name = item.get("name")
        text = name.as_text() if name is not None else None
        if text is None:
            complete = False
        else:
            values[text] = item.get("value") or _secret(item)
    return values, complete


def _secret(item: Value) -> Value:
    """Return the value of a variable that is taken from a secret: where it is, not what it is."""
    place = item.get("secretRef") or item
    return replace(place, data=Unknown(place.text))


def _configurations(deployment: Deployment) -> Iterator[Resource]:
    """Yield the resources that set a site's app settings."""
    for config in deployment.of_type(f"{SITES}/config"):
        if config.name.text.rpartition("/")[2].lower() == "appsettings":
            yield config


def _is_of(config: Resource, site: Resource) -> bool:
    if config.parent:
        return config.parent == site.id
    return config.name.text.rpartition("/")[0] == site.name.text


def _owner(deployment: Deployment, config: Resource) -> str:
    """Return the name of a site that is there already, as messages tell it."""
    for site in deployment.resources:
        if site.existing and site.type.lower() == SITES.lower() and _is_of(config, site):
            return display(site.name, site.symbol)
    name = config.name.text.rpartition("/")[0]
    return display(replace(config.name, data=name), config.symbol or "a function app")

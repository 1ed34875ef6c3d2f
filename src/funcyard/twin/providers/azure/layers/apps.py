"""The function app of a layer: its plan, itself, its settings, its code, and the key to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from funcyard.deploy.resources.app_code import AppCode
from funcyard.deploy.resources.app_settings import AppSettings
from funcyard.deploy.resources.function_app import FunctionApp
from funcyard.deploy.resources.host_key import HostKey
from funcyard.deploy.resources.service_plan import ServicePlan
from funcyard.twin.providers.azure.layers.layer_setup_azure import setup
from funcyard.twin.providers.azure.layers.wiring import (
    APP,
    CODE,
    KEY,
    SETTINGS,
    is_called_with_key,
    settings_of,
)

if TYPE_CHECKING:
    from funcyard.deploy.resource import Resource
    from funcyard.deploy.resources.reach import Reach
    from funcyard.twin.providers.azure.layers.context import Context
    from funcyard.twin.providers.azure.naming import AppLayer
    from funcyard.twin.providers.azure.places import Place

KEY_NAME: Final = "funcyard"
"""What the key to an app is called there."""


@dataclass(frozen=True, slots=True)
class LayerApp:
    """The app of a layer.

    Attributes:
        plan: What it runs on.
        app: The site.
        settings: What its functions read.
        code: Its functions.
        key: What opens them, None where none of them asks for one.
    """

    plan: ServicePlan
    app: FunctionApp
    settings: AppSettings
    code: AppCode
    key: HostKey | None

    def resources(self) -> list[Resource[Reach]]:
        """Return all of it."""
        parts: list[Resource[Reach]] = [self.plan, self.app, self.settings, self.code]
        return parts if self.key is None else [*parts, self.key]


def layer_app(context: Context, place: Place, layer: str) -> LayerApp | None:
    """Return the app of a layer in a place, None where it has no functions there."""
    shipped = context.packages.get((layer, place.cloud))
    if shipped is None:
        return None
    base = setup(place)
    named = cast("AppLayer", layer)
    plan = ServicePlan.of(
        place.address(layer, "plan"), base.group, place.names.plan(named), place.region
    )
    app = FunctionApp.of(
        place.address(layer, APP),
        base.group,
        plan,
        place.names.function_app(named),
        place.region,
        identities=(base.identity,),
    )
    settings = AppSettings.of(
        place.address(layer, SETTINGS), app, settings_of(context, place, layer, shipped.functions)
    )
    names = tuple(one.name for one in shipped.functions)
    after = (settings.address, *_receivers(context, place, layer))
    code = AppCode.of(place.address(layer, CODE), app, shipped.package, names, after)
    key = None
    if is_called_with_key(shipped.functions):
        value = context.secret(f"{layer}-key")
        key = HostKey.of(place.address(layer, KEY), app, code, KEY_NAME, value)
    return LayerApp(plan, app, settings, code, key)


def _receivers(context: Context, place: Place, layer: str) -> list[str]:
    """Return the code in other clouds that a layer's functions send to.

    What receives is there, and as new as what sends, before anything is sent to it.
    """
    found = [
        context.places[one.receiver].address("l0", CODE)
        for one in context.boundaries
        if one.sender == place.cloud
        and one.receiver in context.places
        and layer in {caller.layer for caller in one.callers}
    ]
    return list(dict.fromkeys(found))

"""The app that a command is about, and the Azure that is asked about it."""

from __future__ import annotations

import logging
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from funcyard.azure.cloud import PUBLIC, Cloud, CloudError, cloud_of
from funcyard.azure.container_apps import CONTAINER_APP, ContainerApps
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.patience import BUSY_SECONDS, Patience
from funcyard.azure.resource_ids import ResourceId
from funcyard.azure.sign_in import SharedSignIn
from funcyard.cli.orch._following_on import about_the_same
from funcyard.cli.orch._which import VARIABLES, Choice, needed, settings_of
from funcyard.emulator.running import NotServingError
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

LOCATION: Final = ".funcyard/azure"
"""Where the local Azure of a project is."""


@dataclass(frozen=True, slots=True)
class Session:
    """An app, and who asks about it.

    Attributes:
        app: Which one.
        client: Of container apps.
        sign_in: Who asks.
        cloud: Where it is.
        environment: By which the cloud is reached.
    """

    app: ResourceId
    client: ContainerApps
    sign_in: SharedSignIn
    cloud: Cloud
    environment: Mapping[str, str]


@asynccontextmanager
async def opened(choice: Choice, *, waits: float = BUSY_SECONDS) -> AsyncIterator[Session]:
    """Return the app that is meant, and who asks about it.

    Args:
        choice: What the options say.
        waits: Seconds to wait at most while Azure is busy, up to :data:`BUSY_SECONDS`; of what goes
            on, for each look.

    Raises:
        WhichAppError: Nothing says which app is meant.
        CloudError: The local Azure is meant, and there is none, or what to trust of it cannot be
            read.
        IdentityError: Nothing says who asks.
    """
    # What its loggers would print is in the errors.
    logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
    settings = settings_of(choice, os.environ)
    cloud_name = settings["cloud"].value if "cloud" in settings else None
    environment = environment_of(cloud_name, os.environ)
    cloud = cloud_of(environment)
    if cloud_name == PUBLIC.name and not cloud.is_public:
        cloud = PUBLIC
    if cloud.ca_file is not None:
        cloud.trusted()
    subscription = VARIABLES["subscription-id"]
    if "subscription-id" not in settings and environment.get(subscription):
        settings = settings_of(choice, {**os.environ, subscription: environment[subscription]})
    where, group, name = needed(settings, "subscription-id", "resource-group", "app-name")
    app = ResourceId(where, group, CONTAINER_APP, name)
    patience = Patience(min(waits, BUSY_SECONDS), lambda words: click.echo(words, err=True))
    async with (
        SharedSignIn(credential(identity_of(environment), cloud)) as sign_in,
        ContainerApps(sign_in, cloud, app.subscription, patience) as client,
    ):
        try:
            yield Session(app, client, sign_in, cloud, environment)
        except FuncyardError as fault:
            if fault.hint:
                fault.hint = about_the_same(fault.hint, choice)
            raise


def environment_of(cloud: str | None, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables by which a cloud is reached.

    Where the local one is meant and the environment names none, it is the one that runs in
    ``.funcyard/azure``.

    Raises:
        CloudError: None runs there.
    """
    if cloud != "local" or not cloud_of(environment).is_public:
        return environment
    from funcyard.emulator.core import finding  # noqa: PLC0415 - few runs need it

    try:
        serving = finding.find(Path(LOCATION))
    except NotServingError as fault:
        raise CloudError(
            "no Azure on this machine is named, and none runs in .funcyard/azure",
            hint="funcyard emulator start azure, then the variables that funcyard emulator"
            " connection azure prints",
        ) from fault
    return {**environment, **finding.settings(serving)}

"""The Azure that a command deploys to, and where it keeps what it has done there."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from azure.identity import CredentialUnavailableError

from funcyard.azure.cloud import PUBLIC, Cloud, cloud_of
from funcyard.azure.errors import AzureAuthenticationError, azure_errors
from funcyard.project.tree import CannotWriteError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from pathlib import Path

    from funcyard.deploy.folder import FolderStore
    from funcyard.deploy.resources.reach import Reach

_OWN: Final = ".funcyard"


class Purpose(Enum):
    """What something that is deployed is opened for."""

    LOOK = "to look: its apps are packed"
    BRING = "to deploy: its apps are packed, and loaded where they are new"
    TAKE = "to take it away: its apps are let be"


@dataclass(frozen=True, slots=True)
class Azure:
    """An Azure that is reached.

    Attributes:
        settings: By which it is reached.
        cloud: Where it is.
        subscriptions: Those of a local one; none where only Azure knows.
    """

    settings: Mapping[str, str]
    cloud: Cloud
    subscriptions: tuple[str, ...] = ()


@asynccontextmanager
async def azure_of(
    root: Path, name: str, store: FolderStore, purpose: Purpose
) -> AsyncIterator[Azure]:
    """Return the Azure of a folder.

    A local one that was started by commands like these goes on running while another command uses
    it, and while it holds something that the state tells of and was not started for a look.

    Args:
        root: The folder.
        name: ``local`` or ``public``.
        store: What is recorded as deployed there.
        purpose: What for.

    Raises:
        LocalAzureError: A local one does not start.
        FuncyardError: What is recorded cannot be read.
    """
    if name != "local":
        yield Azure(os.environ, PUBLIC)
        return
    from funcyard.cli.deploy._local import local_azure  # noqa: PLC0415 - for none but a local one
    from funcyard.emulator.core import finding  # noqa: PLC0415 - for none but a local one

    await store.read()  # nothing is started for a state that cannot be read
    local = await asyncio.to_thread(local_azure, root, for_a_look=purpose is Purpose.LOOK)
    try:
        subscriptions = finding.find(local.location).subscriptions
        yield Azure(local.settings, cloud_of(local.settings), subscriptions)
    finally:
        is_empty = not (await store.read()).state.records
        await asyncio.to_thread(local.leave, is_empty=is_empty)


async def signed_in(reach: Reach) -> None:
    """Sign in, so that it is told once where that fails, and not by every resource.

    Raises:
        AzureError: Nobody could be signed in.
    """
    # What loggers of Azure's clients would print is in the errors, where it matters.
    logging.getLogger("azure").addHandler(logging.NullHandler())
    with azure_errors("signing in"), _nobody_told():
        await reach.credential.get_token(f"{reach.cloud.manager_audience}/.default")


@contextmanager
def _nobody_told() -> Iterator[None]:
    """Say how to sign in where nothing says who does, and nobody did by ``az login``."""
    try:
        yield
    except CredentialUnavailableError as fault:
        raise AzureAuthenticationError(
            f"nobody is signed in: {fault.message}",
            hint="az login; or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET of an"
            " application",
        ) from fault


def state_folder(root: Path, room: str, cloud: str) -> Path:
    """Return where the state of something in a cloud is, kept from Git.

    Args:
        root: The folder that holds it.
        room: What is deployed: ``deploy`` for a project.
        cloud: ``local`` or ``public``.

    Raises:
        CannotWriteError: It cannot be made.
    """
    folder = root / _OWN / room
    ignore = folder / ".gitignore"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as fault:
        raise CannotWriteError(f"{folder} cannot be written to: {fault.strerror}") from fault
    return folder / cloud

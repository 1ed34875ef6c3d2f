"""The local Azure of a location, as other processes find, end and empty it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.azure.resource_ids import read_resource_id
from funcyard.emulator import running
from funcyard.emulator.core.store import StoreError, key_of
from funcyard.emulator.identity.serving import SignInServing
from funcyard.emulator.managed_identity import app_header
from funcyard.emulator.managed_identity.models import IDENTITY
from funcyard.emulator.running import PRIVATE, EndingError

if TYPE_CHECKING:
    from pathlib import Path

_DATA: Final = (
    "vault",
    "storage",
    "web",
    "containerapps",
    "cosmos",
    "digitaltwins",
    "eventgrid",
    "grafana",
    "graph",
    "iothub",
    "logic",
    "registries",
)
_STATE: Final = "state.sqlite"
_FORGOTTEN: Final = ("state.sqlite-wal", "state.sqlite-shm", _STATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving(SignInServing):
    """A local Azure that runs.

    Attributes:
        subscriptions: Their ids.
    """

    subscriptions: tuple[str, ...]


def find(location: Path) -> Serving:
    """Return the local Azure that runs in a location.

    Raises:
        EndingError: One does, and is ending.
        NotServingError: None does.
    """
    return running.find(location, Serving, "local Azure", "azure")


def settings(serving: Serving) -> dict[str, str]:
    """Return what clients need, by the names under which the Azure SDKs and OpenSSL look for it."""
    return {**serving.signing_in(), **_services(serving)}


def identity_settings(location: Path, serving: Serving, identity: str) -> dict[str, str]:
    """Return what an app needs that is a managed identity, as App Service tells it.

    Args:
        location: Of the local Azure.
        serving: What runs there.
        identity: Id of the identity.

    Raises:
        ResourceIdError: That is no id of one.
        StoreError: The location cannot be read.
    """
    named = str(read_resource_id(identity, IDENTITY))
    return {
        "IDENTITY_ENDPOINT": f"{serving.url}{app_header.PATH}",
        "IDENTITY_HEADER": app_header.header(key_of(location), (named,)),
        **_services(serving),
    }


def stop(location: Path, *, timeout: float) -> int:
    """End the local Azure of a location and wait until it has; return its process id.

    Raises:
        NotServingError: None runs.
        NotEndedError: It did not end in time.
    """
    try:
        pid = find(location).pid
    except EndingError as ending:
        return wait_ended(location, ending, timeout=timeout)
    running.end(location / PRIVATE, pid, timeout=timeout)
    return pid


def wait_ended(location: Path, ending: EndingError, *, timeout: float) -> int:
    """Wait until a local Azure that is ending has ended; return its process id.

    Raises:
        NotEndedError: It did not end in time.
    """
    running.wait_ended(location / PRIVATE, ending.pid, timeout=timeout)
    return ending.pid


def reset(location: Path) -> None:
    """Forget everything of a location but its tenant and its certificates.

    Raises:
        StoreError: Nothing is kept there, it cannot be emptied, or a process serves it.
    """
    if not (location / PRIVATE / _STATE).is_file():
        raise StoreError(
            f"{location} is no folder of a local Azure",
            hint="funcyard emulator start azure --location DIR makes one",
        )
    with running.occupy(location, StoreError):
        try:
            for name in _DATA:
                if (location / name).exists():
                    shutil.rmtree(location / name)
            for name in _FORGOTTEN:  # last, for by it a location is known that is not empty yet
                (location / PRIVATE / name).unlink(missing_ok=True)
        except OSError as fault:
            raise StoreError(f"{location}: cannot be emptied: {fault}") from fault


def _services(serving: Serving) -> dict[str, str]:
    return {
        "AZURE_SUBSCRIPTION_ID": serving.subscriptions[0],
        "AZURE_KEYVAULT_URL": serving.url,
        "FUNCYARD_AZURE_MANAGER": serving.url,
        **serving.trusting(),
    }

"""Names and addresses that follow from a spec: variables, ports, images, host ids, connections.

One place, so that the generated Compose file, Tiltfile and ``.env.local`` and the local host agree
on what an app's settings are called. Everything here is a pure function of its arguments.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from funcyard.project.naming import env_prefix
from funcyard.project.ports import debug_port

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.project.spec import Spec

ACCOUNT = "devstoreaccount1"
"""The storage account that Azurite serves; the key is the project's own."""

KEY_VARIABLE = "AZURITE_ACCOUNT_KEY"
AZURITE_PORTS = {
    "blob": ("AZURITE_BLOB_PORT", 10000),
    "queue": ("AZURITE_QUEUE_PORT", 10001),
    "table": ("AZURITE_TABLE_PORT", 10002),
}
"""Storage service to the variable that sets its port on this machine and the port's default."""

CONTAINER_DEBUG_PORT = 5678
CONTAINER_HTTP_PORT = 80
SCRIPT_ROOT = "/home/site/wwwroot"
"""Where the Azure Functions images look for the app."""

_HOST_ID_LENGTH = 32


def host_port_variable(app: str) -> str:
    """Return the variable that sets an app's port on this machine: ``LOADER_HOST_PORT``."""
    return f"{env_prefix(app)}_HOST_PORT"


def debug_port_variable(app: str) -> str:
    """Return the variable that sets an app's debug port on this machine: ``LOADER_DEBUG_PORT``."""
    return f"{env_prefix(app)}_DEBUG_PORT"


def url_variable(app: str) -> str:
    """Return the setting by which the other apps find an app: ``LOADER_URL``, no slash at its end.

    In Compose it is ``http://loader``, under ``funcyard up`` the address of the running app.
    """
    return f"{env_prefix(app)}_URL"


def debug_ports(spec: Spec) -> dict[str, int]:
    """Return each app's default debug port: 5678 upward, in the order of the spec."""
    return {app.name: debug_port(index) for index, app in enumerate(spec.function_apps)}


def host_id(project: str, app: str) -> str:
    """Return the ``AzureFunctionsWebHost__hostid`` of an app, unique in the storage account.

    At most 32 lowercase letters, digits and single hyphens, none at the ends, as
    https://learn.microsoft.com/azure/azure-functions/storage-considerations#host-id-considerations
    asks. A name that must be changed to fit ends in a digest of the whole, so that two apps never
    share one: the host keeps blob receipts and timer leases by this id.
    """
    whole = f"{project}-{app}"
    plain = re.sub(r"-+", "-", re.sub(r"[^a-z0-9]", "-", whole.lower())).strip("-")
    if plain == whole and len(plain) <= _HOST_ID_LENGTH:
        return plain
    digest = hashlib.sha256(f"{project}/{app}".encode()).hexdigest()[:8]
    return f"{plain[: _HOST_ID_LENGTH - 9].rstrip('-')}-{digest}".lstrip("-")


def app_image(project: str, app: str) -> str:
    """Return the name of an app's development image."""
    return f"{project}-{app}-dev"


def azurite_image(project: str) -> str:
    """Return the name of the project's Azurite image."""
    return f"{project}-azurite"


def connection_string(key: str, *, host: str, ports: Sequence[int] = (10000, 10001, 10002)) -> str:
    """Return the full connection string of a running Azurite.

    Args:
        key: The account's key, or an expression that Compose replaces by it.
        host: Name or address at which Azurite is reached.
        ports: Of blob, queue and table, in this order.
    """
    blob, queue, table = ports
    return (
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={key};"
        f"BlobEndpoint=http://{host}:{blob}/{ACCOUNT};"
        f"QueueEndpoint=http://{host}:{queue}/{ACCOUNT};"
        f"TableEndpoint=http://{host}:{table}/{ACCOUNT};"
    )

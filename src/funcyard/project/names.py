"""Names: what they may be, and what is made of them: identifiers, variables, images, connections.

One place, so that the rules of the spec, its short forms, the generated Compose file, Tiltfile and
``.env.local`` and the local host agree on what things are called; else a collision would be found
in one place and happen in another. Everything here is a pure function of its arguments.
"""

from __future__ import annotations

import hashlib
import keyword
import re
from typing import TYPE_CHECKING

from funcyard.project.ports import AZURITE, FIRST_DEBUG_PORT

if TYPE_CHECKING:
    from collections.abc import Sequence

KEBAB = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
"""Pattern of project and app names: what Compose services, image names and Azure sites share."""

LONGEST_NAME = 60
"""Of a function app in Azure, shortest 2 (resource name rules, Microsoft.Web/sites)."""

CONTAINER = r"[a-z0-9]+(?:-[a-z0-9]+)*"
"""Pattern of blob containers and queues (naming rules of the two services)."""

TABLE = r"[A-Za-z][A-Za-z0-9]*"
"""Pattern of tables (naming rules of the table service)."""

LONGEST_STORAGE_NAME = 63
"""Of containers, queues and tables; the shortest is 3."""

VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
"""Pattern of environment variables that every shell can set."""

SETTING = r"%[A-Za-z_][A-Za-z0-9_.:-]*%"
"""Pattern of a value that a setting gives when the app starts."""

FUNCTION_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,126}\Z")
"""What the Functions host admits (``^[a-z][a-z0-9_\\-]{0,127}$``, any case) that is Python too."""

ACCOUNT = "devstoreaccount1"
"""The storage account that Azurite serves; the key is the project's own."""

ENV_FILE = ".env.local"
"""Settings of one machine, the storage key among them; not for Git."""

ENV_TEMPLATE = ".env.local.template"
"""What ``ENV_FILE`` looks like, the key left out; for Git."""

KEY_VARIABLE = "AZURITE_ACCOUNT_KEY"
AZURITE_PORTS = {
    service: (f"AZURITE_{service.upper()}_PORT", port) for service, port in AZURITE.items()
}
"""Storage service to the variable that sets its port on this machine and the port's default."""

CONTAINER_DEBUG_PORT = FIRST_DEBUG_PORT
CONTAINER_HTTP_PORT = 80
SCRIPT_ROOT = "/home/site/wwwroot"
"""Where the Azure Functions images look for the app."""

_HOST_ID_LENGTH = 32


def identifier(name: str) -> str:
    """Return a Python identifier for a name of the spec: ``data-utils`` gives ``data_utils``."""
    made = re.sub(r"\W", "_", name, flags=re.ASCII).lower()
    return made if made[:1].isalpha() else f"f_{made}".rstrip("_")


def is_usable_function_name(name: str) -> bool:
    """Whether a function may be called that in Azure and in Python."""
    return (
        FUNCTION_NAME.match(name) is not None
        and not keyword.iskeyword(name)
        and name.lower() != "host"
    )


def env_prefix(app: str) -> str:
    """Return what an app's environment variables begin with: ``my-app`` gives ``MY_APP``."""
    return re.sub(r"[^A-Z0-9]", "_", app.upper())


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

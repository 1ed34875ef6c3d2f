"""The settings of a project's apps in Azure: what the runtime needs, the spec, and ``.env``.

``.env`` holds what is set for deployments only, and secrets; ``.env.local`` and local.settings.json
are this machine's and stay here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.deploy.refs import Given, Ref, SecretRef
from funcyard.project import names
from funcyard.settings import read_env_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from funcyard.deploy.refs import Value
    from funcyard.project.spec import Spec

FILE: Final = ".env"
"""Settings of deployments, not for Git."""

STORAGE: Final = "storage"
"""Address of the storage account."""

_RUNTIME: Final = {
    "FUNCTIONS_EXTENSION_VERSION": "~4",
    "FUNCTIONS_WORKER_RUNTIME": "python",
    "SCM_DO_BUILD_DURING_DEPLOYMENT": "true",
    "ENABLE_ORYX_BUILD": "true",
}
_CONNECTIONS: Final = ("AzureWebJobsStorage", "AZURE_STORAGE_CONNECTION_STRING")


def site_address(app: str) -> str:
    """Return the address of an app's site."""
    return f"{app}.site"


def given_settings(root: Path) -> dict[str, str]:
    """Return what ``.env`` sets; nothing where there is no such file.

    Raises:
        SettingsError: It cannot be read.
    """
    return read_env_file(root / FILE)


def deployed_settings(spec: Spec, app: str, given: Mapping[str, str]) -> dict[str, Value]:
    """Return the settings of an app, a later one in the place of an earlier of its name.

    Args:
        spec: The project's spec, complete.
        app: The app's name.
        given: What ``.env`` sets: all of it is taken for secret.
    """
    connection = SecretRef(STORAGE, "connection_string")
    return {
        **_RUNTIME,
        "AzureFunctionsWebHost__hostid": names.host_id(spec.project_name, app),
        **dict.fromkeys(_CONNECTIONS, connection),
        **{
            names.url_variable(other.name): Ref(site_address(other.name), "url")
            for other in spec.function_apps
        },
        **{variable.name: variable.default for variable in spec.environment},
        **{name: Given(f"{FILE}:{name}", value) for name, value in given.items()},
    }


def loading_settings(spec: Spec, app: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of an app with stand-ins for what only Azure will tell."""
    told: dict[str, str] = {}
    for name, value in deployed_settings(spec, app, given).items():
        match value:
            case str():
                told[name] = value
            case Given():
                told[name] = value.value
            case Ref():
                told[name] = "https://localhost"
            case SecretRef():
                told[name] = "UseDevelopmentStorage=true"
    return told

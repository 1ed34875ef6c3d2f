"""The settings of one app as its worker sees them: merged, then completed by the host.

Order: the process, ``.env.local``, the app's local.settings.json. ``UseDevelopmentStorage=true``
means the running emulator, so it becomes the full connection string: the short form implies the
well-known key, which a project with a key of its own does not have.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.settings import merge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.host.plan import AppPlan, ProjectPlan

_DEVELOPMENT = re.compile(r"UseDevelopmentStorage\s*=\s*true", re.IGNORECASE)
_OWN = ("AZURITE_ACCOUNT_KEY", "VIRTUAL_ENV", "PYTHONHOME")
"""Of the process or the project, not of an app: the key is in the connection string already.

``PYTHONPATH`` is the app's, from wherever it comes: so it is under Core Tools, and in ``check``.
"""


def app_settings(
    project: ProjectPlan, app: AppPlan, *, connection: str, urls: Mapping[str, str]
) -> dict[str, str]:
    """Return every setting of an app.

    Args:
        project: The project, with the process's environment and ``.env.local``.
        app: The app, with its local.settings.json.
        connection: The emulator's full connection string.
        urls: Base URL of every app of the project by the setting that tells it.
    """
    defaults = {
        "AzureWebJobsStorage": connection,
        "AZURE_STORAGE_CONNECTION_STRING": connection,
        "AZURE_FUNCTIONS_ENVIRONMENT": "Development",
        "AzureFunctionsWebHost__hostid": app.host_id,
        **urls,
    }
    settings = merge(project.process, project.settings, app.settings, defaults)
    for name in _OWN:
        settings.pop(name, None)
    for name, value in settings.items():
        if _DEVELOPMENT.match(value.strip()):
            settings[name] = connection
    settings |= {
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "FUNCYARD_DEBUG_PORT": str(app.debug_port),
        "PYTHONUNBUFFERED": "1",
        # Cached bytecode is told from stale by its source's size and second: two saves of one
        # second could look the same. Installed packages are compiled when they are installed.
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return settings

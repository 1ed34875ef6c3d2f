"""The workspace platform's Function App: API and workflow engine in one.

Each file of ``functions/`` holds a blueprint; what they share is beside this file, and the logic is
in the packages ``funcyard.workspace``, ``funcyard.workflows`` and ``funcyard.access``. Callers are
told by the platform itself, so the host's own keys are not asked for.
"""

from __future__ import annotations

import azure.functions as func

from functions import (
    endpoints,
    executions,
    github_sync,
    health,
    openapi,
    organizations,
    timers,
    workflows,
    workspace_download,
    workspace_files,
    workspace_state,
)

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

for module in (
    endpoints,
    executions,
    github_sync,
    health,
    openapi,
    organizations,
    timers,
    workflows,
    workspace_download,
    workspace_files,
    workspace_state,
):
    app.register_functions(module.blueprint)

"""Which settings of an app have a value, as far as the checked folder and its repository tell.

On this machine: its local.settings.json, the project's ``.env.local`` and spec, the process, and
what ``funcyard up`` provides itself. For Azure it is enough that a template, a script or a Compose
file mentions the name: where its value comes from is often not told by files at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.preflight.settings.connections import HOST_STORAGE, Known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts

_SPEC = "funcyard.yaml"
_PROVIDED = (HOST_STORAGE, "AZURE_STORAGE_CONNECTION_STRING", "FUNCTIONS_WORKER_RUNTIME")
_PLATFORM = ("website_", "appsetting_", "azure_functions_", "functions_")
_TELLING = re.compile(
    r"\.(?:azcli|bicep|bicepparam|env|json|ps1|sh|tf|tfvars|toml|ya?ml)$|(?:^|/)\.env[^/]*$"
    r"|(?:^|/)[^/]*Dockerfile[^/]*$"
)
_OTHER = re.compile(r"(?:^|/)(?:host|function|package(?:-lock)?)\.json$|(?:^|/)\.github/")
_NAME = re.compile(r"\w+")


def is_told(facts: Facts, app: AppFacts) -> bool:
    """Tell whether anything here says which settings the app has on this machine."""
    return _is_project(facts) or app.local_settings is not None or bool(app.target.settings)


def known_settings(facts: Facts, app: AppFacts) -> Known:
    """Return the settings that have a value on this machine."""
    return Known(_here(facts, app))


def is_given_elsewhere(facts: Facts, name: str) -> bool:
    """Tell whether Azure gives a setting, or a file that says what to give mentions it."""
    if name.lower().startswith(_PLATFORM):
        return True
    if not _NAME.fullmatch(name):
        return False
    pattern = rf"(^|[^A-Za-z0-9_])(AzureWebJobs)?{name}(__|[^A-Za-z0-9_]|$)"
    files = (line.file for line in facts.around.search(pattern))
    return any(_TELLING.search(file) and not _OTHER.search(file) for file in files)


def _is_project(facts: Facts) -> bool:
    return (facts.root / _SPEC).is_file()


def _here(facts: Facts, app: AppFacts) -> Iterator[str]:
    for settings in (app.target.settings, facts.request.environment):
        yield from (name for name, value in settings.items() if value)
    if _is_project(facts):
        yield from _PROVIDED
        yield from (f"{other.name.upper().replace('-', '_')}_URL" for other in facts.apps)

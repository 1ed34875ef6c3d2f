"""Settings that every app receives: names that shells take and that are nobody else's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.faults import Severity
from funcyard.project.findings import Fault
from funcyard.project.names import (
    AZURITE_PORTS,
    KEY_VARIABLE,
    VARIABLE,
    debug_port_variable,
    host_port_variable,
    url_variable,
)
from funcyard.settings import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.project.spec import Spec

RESERVED_VARIABLES = frozenset(
    {
        "AZURE_STORAGE_CONNECTION_STRING",
        "AZURITE_ACCOUNTS",
        "AZURITE_BASE_IMAGE",
        KEY_VARIABLE,
        *(variable for variable, _ in AZURITE_PORTS.values()),
        "AzureFunctionsJobHost__Logging__Console__IsEnabled",
        "AzureFunctionsWebHost__hostid",
        "AzureWebJobsScriptRoot",
        "AzureWebJobsStorage",
        "BASE_IMAGE",
        "COMPOSE_PROJECT_NAME",
        "DEBUG_WAIT",
        "ENABLE_DEBUGGING",
        "FUNCTIONS_BASE_IMAGE",
        "FUNCTIONS_WORKER_RUNTIME",
        "HOME",
        "PATH",
        "PYTHONPATH",
        "languageWorkers__python__arguments",
    }
)
"""Variables that Funcyard sets itself, or that a container needs as they are."""

_BY_FOLDED_NAME = {name.lower(): name for name in RESERVED_VARIABLES}


def names(spec: Spec) -> Iterator[Fault]:
    """A variable has a name that every shell can set and that Funcyard does not set itself."""
    of_apps = {
        variable(app.name): app.name
        for app in spec.function_apps
        for variable in (host_port_variable, debug_port_variable, url_variable)
    }
    for index, variable in enumerate(spec.environment):
        path = ("environment", index, "name")
        if not re.fullmatch(VARIABLE, variable.name):
            made = re.sub(r"\W", "_", variable.name, flags=re.ASCII)
            yield Fault(
                path,
                f"{variable.name!r} may hold letters, digits and underscores, no digit first",
                f"for example {made}" if re.fullmatch(VARIABLE, made) else None,
            )
        if reserved := _BY_FOLDED_NAME.get(variable.name.lower()):
            yield Fault(path, f"Funcyard sets {reserved} itself")
        elif app := of_apps.get(variable.name.upper()):
            yield Fault(path, f"Funcyard sets {variable.name.upper()} itself, for the app {app!r}")


def repeated(spec: Spec) -> Iterator[Fault]:
    """Azure tells settings apart without regard to case."""
    seen: dict[str, str] = {}
    for index, variable in enumerate(spec.environment):
        folded = variable.name.lower()
        if folded in seen:
            first = seen[folded]
            same = (
                "comes twice" if first == variable.name else f"differs from {first!r} in case only"
            )
            yield Fault(("environment", index, "name"), f"{variable.name!r} {same}")
        seen.setdefault(folded, variable.name)


def secrets(spec: Spec) -> Iterator[Fault]:
    """The spec is in Git: a secret's place is .env.local."""
    for index, variable in enumerate(spec.environment):
        if variable.default and is_secret_name(variable.name):
            yield Fault(
                ("environment", index, "default"),
                f"{variable.name} looks like a secret, and the spec is kept in Git",
                "leave default out and set it in .env.local",
                Severity.WARNING,
            )

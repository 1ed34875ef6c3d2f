"""A deployed container app in the form of a deployment, so that the same rules judge it.

Besides the app and its environment there are resources that no template has: the app's active
revisions, and the states of the environment's workload profiles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.preflight.infrastructure.deployment import Deployment
from funcyard.preflight.infrastructure.resources import Resource
from funcyard.preflight.infrastructure.value import Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.azure.described_app import DescribedApp

APP = "Microsoft.App/containerApps"
ENVIRONMENT = "Microsoft.App/managedEnvironments"
REVISION = f"{APP}/revisions"
STATE = f"{ENVIRONMENT}/workloadProfileStates"
_ENVIRONMENT_IDS = ("environmentId", "managedEnvironmentId")
_LONG_OR_SECRET = ("args", "command", "env", "probes")
"""What is not shown of a container: variables and arguments may hold secrets."""


def live_deployment(described: DescribedApp) -> Deployment | None:
    """Return what Azure describes as a deployment, None where it described no app."""
    if described.app is None:
        return None
    name = str(described.app.get("name", ""))
    return Deployment(f"{APP}/{name}", "", tuple(_resources(described)), live=True)


def address_of(described: DescribedApp) -> str:
    """Return where an app answers from outside of its environment; empty where it does not."""
    ingress = _at(described.app, "properties", "configuration", "ingress")
    host = ingress.get("fqdn")
    return f"https://{host}" if host and ingress.get("external") else ""


def _at(document: Mapping[str, Any] | None, *path: str) -> Mapping[str, Any]:
    here: Any = document
    for name in path:
        here = here.get(name) if isinstance(here, dict) else None
    return here if isinstance(here, dict) else {}


def _resources(described: DescribedApp) -> Iterator[Resource]:
    app = described.app or {}
    yield _resource(APP, app)
    for revision in described.revisions:
        yield _resource(REVISION, revision, parent=_id(app))
    if described.environment is not None:
        yield _resource(ENVIRONMENT, described.environment)
        for state in described.states:
            yield _resource(STATE, state, parent=_id(described.environment))


def _resource(kind: str, document: Mapping[str, Any], parent: str = "") -> Resource:
    name = str(document.get("name", ""))
    body = _value(document, f"{kind.rpartition('/')[2]}/{name}", ())
    return Resource(
        kind, "", Value(name, "", 0), _id(document), body, existing=False, parent=parent
    )


def _id(document: Mapping[str, Any]) -> str:
    return str(document.get("id", "")).lower()


def _value(data: Any, owner: str, path: tuple[str, ...]) -> Value:  # noqa: ANN401 - JSON
    """Return JSON as a value: what is null is left out, and what tells its environment apart."""
    held: Any = data
    if isinstance(data, dict):
        held = {
            name: _value(item, owner, (*path, name))
            for name, item in data.items()
            if item is not None
        }
    elif isinstance(data, list):
        held = tuple(
            _value(item, owner, (*path, str(position))) for position, item in enumerate(data)
        )
    elif path[-1:] and path[-1] in _ENVIRONMENT_IDS:
        held = Unknown(str(data).lower())
    return Value(held, "", 0, f"{owner}: {_place(path)}{_shown(data, path)}")


def _place(path: tuple[str, ...]) -> str:
    """Return a path as people write one, without the word that every one begins with."""
    shown = ""
    for part in path[1:] if path[:1] == ("properties",) else path:
        if part.isdigit():
            shown += f"[{part}]"
        else:
            shown += f".{part}" if shown else part
    return f"{shown} = " if shown else ""


def _shown(data: Any, path: tuple[str, ...]) -> str:  # noqa: ANN401 - JSON
    """Return what Azure says in a line, less what is long or may be a secret."""
    if any(name in path for name in _LONG_OR_SECRET):
        return "…"
    if isinstance(data, dict):
        inside = ", ".join(
            f"{name}: {_shown(item, (*path, name))}"
            for name, item in data.items()
            if item is not None
        )
        return f"{{ {inside} }}"
    if isinstance(data, list):
        return f"[ {', '.join(_shown(item, (*path, '0')) for item in data)} ]"
    text = str(data).lower() if isinstance(data, bool) else str(data)
    return f"'{text}'" if isinstance(data, str) else text

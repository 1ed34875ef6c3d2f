"""The apps of a project and the storage under them: bound to their ports, what they need made.

Importing this takes most of the time in which ``up`` gets ready by itself: servers, listeners and
storage clients come with it. So the supervisor imports it while the emulator starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.host.app import App
from funcyard.host.events import Event
from funcyard.host.provision import provision
from funcyard.host.server import bind, url_of
from funcyard.host.storage import DEFAULT_CONNECTION, StorageAccounts

if TYPE_CHECKING:
    from funcyard.host.events import Events
    from funcyard.host.holder import ProjectLock
    from funcyard.host.plan import ProjectPlan


def bind_apps(project: ProjectPlan, lock: ProjectLock, events: Events) -> list[App]:
    """Return the project's apps, each listening at its port or, where that is busy, at another.

    Args:
        project: The project's plan.
        lock: Records the apps' worker processes.
        events: Where they report, and substitutes are told.

    Raises:
        PortError: An app's address or port cannot be bound.
    """
    apps = []
    wanted = {plan.port for plan in project.apps} | set(project.storage.ports)
    for plan in project.apps:
        bound = bind(project.address, plan.port, wanted)
        apps.append(App(project, plan, bound, url_of(bound), events, lock))
        port = bound.getsockname()[1]
        if plan.port not in (0, port):
            message = f"port {plan.port} is busy: {plan.name} is at {port}"
            events.publish(Event("app", message, level="warning"))
    return apps


async def open_storage(project: ProjectPlan, connection: str) -> StorageAccounts:
    """Return clients of the project's storage, in which all that it declares is made."""
    storage = StorageAccounts({DEFAULT_CONNECTION: connection})
    try:
        await provision(project.storage, storage)
    except BaseException:
        await storage.close()
        raise
    return storage

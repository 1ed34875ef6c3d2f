"""The apps of a project, on sockets that listen.

Importing this takes most of the time in which ``up`` gets ready by itself: servers and workers
come with it. So the supervisor imports it while the emulator starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.host.app import App
from funcyard.listening import url_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from funcyard.host.events import Events
    from funcyard.host.holder import ProjectLock
    from funcyard.host.plan import ProjectPlan


def apps_on(
    project: ProjectPlan, sockets: Sequence[socket.socket], lock: ProjectLock, events: Events
) -> list[App]:
    """Return the project's apps.

    Args:
        project: The project's plan.
        sockets: Where each of its apps listens, in their order.
        lock: Records the apps' worker processes.
        events: Where they report.
    """
    return [
        App(project, plan, bound, url_of(bound), events, lock)
        for plan, bound in zip(project.apps, sockets, strict=True)
    ]

"""The rules across fields of a spec: each is small, and every one speaks, whatever others found.

A rule takes a spec and yields faults at paths; it changes nothing and raises nothing. Those of
``runtime`` depend on the day; those of ``disk`` look into the project's folder, and are asked only
where there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.project.rules import (
    apps,
    disk,
    environment,
    files,
    functions,
    ports,
    reasons,
    routes,
    runtime,
    schedules,
    storage,
    text,
)
from funcyard.project.rules.disk import local_packages, package_names
from funcyard.project.rules.ports import busy_ports
from funcyard.project.rules.storage import complete

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import date
    from pathlib import Path

    from funcyard.project.findings import Fault
    from funcyard.project.spec import Spec

__all__ = ["RULES", "busy_ports", "check", "complete", "local_packages", "package_names"]

RULES: tuple[Callable[[Spec], Iterator[Fault]], ...] = (
    apps.project_name,
    apps.blueprint_name,
    apps.at_least_one,
    apps.app_names,
    apps.app_collisions,
    ports.in_range,
    ports.not_reserved,
    ports.not_shared,
    functions.at_least_one,
    functions.names,
    functions.repeated_names,
    functions.http_methods,
    functions.queues,
    functions.blob_paths,
    functions.shared_queues,
    routes.templates,
    routes.repeated,
    schedules.schedules,
    storage.container_and_queue_names,
    storage.table_names,
    storage.repeated,
    storage.table_fields,
    environment.names,
    environment.repeated,
    environment.secrets,
    files.packages,
    files.repeated_packages,
    files.volumes,
    files.system_packages,
    reasons.known,
    text.one_line,
)
"""The rules that need nothing but the spec."""


def check(
    spec: Spec,
    *,
    root: Path | None = None,
    brought: Collection[str] = (),
    today: date,
    busy: Callable[[int], bool] | None = None,
) -> Iterator[Fault]:
    """Yield every fault of a spec.

    Args:
        spec: A spec of sound shape.
        root: The project's folder, for what must lie in it; None looks nowhere.
        brought: Paths of files that come with the project, relative to ``root``.
        today: The day on which the runtime is judged.
        busy: Says of a port whether it is taken on this machine now; None asks nobody.
    """
    for rule in RULES:
        yield from rule(spec)
    yield from runtime.version(spec, today)
    if root is not None:
        yield from local_packages(spec, root, brought)
        yield from package_names(spec, root)
        yield from disk.volume_sources(spec, root)
    if busy is not None:
        yield from busy_ports(spec, busy)

"""The graph of a project: group, account and plan, and of each app site, settings and code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.deploy.graph import Graph
from funcyard.deploy.resources.app_code import AppCode
from funcyard.deploy.resources.app_settings import AppSettings
from funcyard.deploy.resources.function_app import FunctionApp
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.service_plan import ServicePlan
from funcyard.deploy.resources.storage_account import BlobContainer, Queue, StorageAccount, Table
from funcyard.project.deploying.naming import Target, account_name, plan_name, site_name
from funcyard.project.deploying.settings import STORAGE, deployed_settings, site_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.deploy.package import Package
    from funcyard.deploy.records import State
    from funcyard.deploy.resource import Resource
    from funcyard.deploy.resources.reach import Reach
    from funcyard.project.spec import Spec

GROUP = "group"
"""Address of the resource group."""


@dataclass(frozen=True, slots=True)
class Code:
    """What is deployed to an app.

    Attributes:
        package: Its files.
        functions: Names of the functions in it; empty where they are not known.
    """

    package: Package
    functions: tuple[str, ...] = ()


def code_address(app: str) -> str:
    """Return the address of an app's code."""
    return f"{app}.code"


def project_graph(
    spec: Spec, target: Target, code: Mapping[str, Code], given: Mapping[str, str]
) -> Graph[Reach]:
    """Return the resources of a project.

    Args:
        spec: Its spec, complete.
        target: Where they are.
        code: Of each app, by its name.
        given: What ``.env`` sets.
    """
    return Graph(_resources(spec, target, code, given))


def target_of(state: State) -> Target | None:
    """Return where a project was deployed to; None where it was not."""
    record = state.of_address(GROUP)
    if record is None:
        return None
    _, _, subscription, _, group = record.identity.split("/")
    return Target(subscription, group, str(record.known_inputs["location"]))


def _resources(
    spec: Spec, target: Target, code: Mapping[str, Code], given: Mapping[str, str]
) -> Iterator[Resource[Reach]]:
    project, location = spec.project_name, target.location
    group = ResourceGroup.of(GROUP, target.subscription, target.group, location)
    account = StorageAccount.of(STORAGE, group, account_name(target, project), location)
    plan = ServicePlan.of("plan", group, plan_name(project), location)
    yield from (group, account, plan)
    storage = spec.storage
    parts: list[str] = []
    for container in storage.blob_containers:
        parts.append(f"{STORAGE}.container.{container.name}")
        yield BlobContainer.of(parts[-1], account, container.name)
    for queue in storage.queues:
        parts.append(f"{STORAGE}.queue.{queue.name}")
        yield Queue.of(parts[-1], account, queue.name)
    for table in storage.tables:
        parts.append(f"{STORAGE}.table.{table.name}")
        yield Table.of(parts[-1], account, table.name)
    for app in spec.function_apps:
        site = FunctionApp.of(
            site_address(app.name),
            group,
            plan,
            site_name(target, project, app.name),
            location,
            python=spec.runtime.version,
            depends_on=tuple(parts),
        )
        settings = AppSettings.of(
            f"{app.name}.settings", site, deployed_settings(spec, app.name, given)
        )
        own = code[app.name]
        yield from (site, settings)
        yield AppCode.of(
            code_address(app.name), site, own.package, own.functions, (settings.address,)
        )

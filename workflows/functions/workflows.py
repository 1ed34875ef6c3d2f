"""Workflows and data providers, as the current versions declare them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import azure.functions as func

import documents
from answering import Call, answer, answered
from funcyard.access.granting import Permission
from funcyard.workflows.errors import NoSuchWorkflowError
from web import Response

if TYPE_CHECKING:
    from funcyard.workflows.registry import Registry

blueprint = func.Blueprint()


@blueprint.route(route="workflows", methods=["GET"])
@answered(Permission.RUN)
async def list_workflows(call: Call) -> Response:
    """List what the organisation may run: its own, and everybody's that it does not replace."""
    registries = await call.platform.engine.registries(call.scope.name)
    workflows: dict[str, documents.Document] = {}
    providers: dict[str, documents.Document] = {}
    for registry in registries:
        place = registry.scope, registry.version
        for name, one in registry.workflows.items():
            workflows.setdefault(name, documents.workflow(one, *place))
        for name, provider in registry.providers.items():
            providers.setdefault(name, documents.provider(provider, *place))
    return answer(
        {
            "workflows": [workflows[name] for name in sorted(workflows)],
            "dataProviders": [providers[name] for name in sorted(providers)],
            "faults": _faults(registries),
        }
    )


@blueprint.route(route="workflows/{name}", methods=["GET"])
@answered(Permission.RUN)
async def read_workflow(call: Call) -> Response:
    """Tell what a workflow takes."""
    name = call.path("name")
    for registry in await call.platform.engine.registries(call.scope.name):
        if name in registry.workflows:
            one = registry.workflows[name]
            return answer(documents.workflow(one, registry.scope, registry.version))
    raise NoSuchWorkflowError(f"there is no workflow {name[:100]!a}")


@blueprint.route(route="data-providers/{name}", methods=["GET"])
@answered(Permission.RUN, query=None)
async def ask_data_provider(call: Call) -> Response:
    """Return the values that a data provider offers; the query holds its parameters."""
    offered = await call.platform.engine.options(
        call.scope.name, call.path("name"), dict(call.query.values), caller=call.by
    )
    return answer({"options": offered})


def _faults(registries: list[Registry]) -> list[documents.Document]:
    return [
        documents.fault(fault, registry.scope)
        for registry in registries
        for fault in registry.faults
    ]

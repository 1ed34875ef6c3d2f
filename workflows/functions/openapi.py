"""The contracts of this API: specs/contracts/contracts-api.yaml."""

from __future__ import annotations

import azure.functions as func

from answering import Call, answer, answered
from conditions import is_known, quoted
from funcyard.access.granting import Permission
from funcyard.workspace.contracts import MEDIA_TYPE, contract, contracts
from web import Response

blueprint = func.Blueprint()


@blueprint.route(route="openapi", methods=["GET"])
@answered(Permission.RUN)
async def list_contracts(call: Call) -> Response:
    """List the contracts."""
    del call
    found = [{"name": name, "url": f"/api/openapi/{name}"} for name in contracts()]
    return answer({"contracts": found})


@blueprint.route(route="openapi/{name}", methods=["GET"])
@answered(Permission.RUN)
async def read_contract(call: Call) -> Response:
    """Return a contract as it is written."""
    found = contract(call.path("name"))
    headers = {"ETag": quoted(found.sha256), "Cache-Control": "no-cache"}
    if is_known(call.request, found.sha256):
        return Response(status_code=304, headers=headers)
    return Response(found.content, 200, {"Content-Type": MEDIA_TYPE, **headers})

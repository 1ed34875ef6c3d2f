"""Organisations and who belongs to them."""

from __future__ import annotations

import azure.functions as func

import documents
from answering import Call, answer, answered
from bodies import Given
from funcyard.access.errors import OrganisationInUseError
from funcyard.access.granting import Permission
from funcyard.workspace.scopes import Scope
from web import Response

blueprint = func.Blueprint()


class OrganizationBody(Given):
    """A new organisation."""

    id: str
    name: str


class OrganizationChange(Given):
    """What changes of an organisation."""

    name: str | None = None
    isActive: bool | None = None  # noqa: N815 - as the contract spells it


@blueprint.route(route="organizations", methods=["GET"])
@answered(Permission.ADMINISTER)
async def list_organizations(call: Call) -> Response:
    """List all organisations."""
    found = await call.platform.directory.all()
    return answer({"organizations": [documents.organisation(one) for one in found]})


@blueprint.route(route="organizations", methods=["POST"])
@answered(Permission.ADMINISTER)
async def create_organization(call: Call) -> Response:
    """Make an organisation."""
    body = await call.given(OrganizationBody)
    made = await call.platform.directory.create(body.id, body.name, by=call.grant.principal)
    place = {"Location": f"/api/organizations/{made.id}"}
    return answer(documents.organisation(made), 201, place)


@blueprint.route(route="organizations/{organizationId}", methods=["GET"])
@answered(Permission.ADMINISTER)
async def read_organization(call: Call) -> Response:
    """Return an organisation and who belongs to it."""
    one = await call.platform.directory.get(call.path("organizationId"))
    members = await call.platform.directory.members(one.id)
    return answer(documents.organisation(one) | {"members": members})


@blueprint.route(route="organizations/{organizationId}", methods=["PATCH"])
@answered(Permission.ADMINISTER)
async def change_organization(call: Call) -> Response:
    """Change an organisation's name, or whether it is active."""
    body = await call.given(OrganizationChange)
    changed = await call.platform.directory.change(
        call.path("organizationId"), name=body.name, is_active=body.isActive
    )
    return answer(documents.organisation(changed))


@blueprint.route(route="organizations/{organizationId}", methods=["DELETE"])
@answered(Permission.ADMINISTER)
async def remove_organization(call: Call) -> Response:
    """Remove an organisation that is not active, not connected and nobody's, and its keys."""
    one = await call.platform.directory.get(call.path("organizationId"))
    if await call.platform.connection_of(Scope(one.id)) is not None:
        raise OrganisationInUseError(
            f"{one.id} is connected to a repository", hint="disconnect it first"
        )
    await call.platform.directory.remove(one.id)
    await call.platform.keys.clear(one.id)
    return Response(status_code=204)


@blueprint.route(route="organizations/{organizationId}/members/{principalId}", methods=["PUT"])
@answered(Permission.ADMINISTER)
async def add_member(call: Call) -> Response:
    """Let somebody belong to an organisation, and to no other any more."""
    await call.platform.directory.add_member(
        call.path("organizationId"), call.path("principalId"), by=call.grant.principal
    )
    return Response(status_code=204)


@blueprint.route(route="organizations/{organizationId}/members/{principalId}", methods=["DELETE"])
@answered(Permission.ADMINISTER)
async def remove_member(call: Call) -> Response:
    """Let somebody belong to an organisation no longer."""
    await call.platform.directory.remove_member(
        call.path("organizationId"), call.path("principalId")
    )
    return Response(status_code=204)

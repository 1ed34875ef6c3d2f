"""Service principals: what an application is in the tenant, and what roles name.

https://learn.microsoft.com/graph/api/resources/serviceprincipal
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.graph import errors
from funcyard.emulator.graph.applications import stamp
from funcyard.emulator.graph.directory import APPLICATION, SERVICE_PRINCIPAL

if TYPE_CHECKING:
    from funcyard.emulator.graph.directory import Directory

Json = dict[str, Any]

_KINDS: Final = {"displayName": str, "accountEnabled": bool, "tags": list, "notes": str}


def make(directory: Directory, body: Json) -> Json:
    """Make the service principal of an application and return it.

    Raises:
        GraphError: There is no such application, or it has one.
    """
    app_id = str(body.get("appId", "")).lower()
    given = _checked({name: value for name, value in body.items() if name != "appId"})
    application = directory.find(APPLICATION, "appId", app_id)
    if application is None:
        raise errors.no_application(app_id)
    if directory.find(SERVICE_PRINCIPAL, "appId", app_id) is not None:
        raise errors.taken(app_id)
    made: Json = {
        "id": str(uuid.uuid4()),
        "deletedDateTime": None,
        "accountEnabled": True,
        "appDisplayName": application["displayName"],
        "appId": app_id,
        "createdDateTime": stamp(directory.clock()),
        "displayName": application["displayName"],
        "servicePrincipalNames": [app_id],
        "servicePrincipalType": "Application",
        "signInAudience": application["signInAudience"],
        "notes": None,
        "tags": [],
        **given,
    }
    directory.save(SERVICE_PRINCIPAL, made)
    return made


def change(directory: Directory, record: Json, body: Json) -> None:
    """Change a service principal.

    Raises:
        GraphError: The body is none of one.
    """
    directory.save(SERVICE_PRINCIPAL, {**record, **_checked(body)})


def delete(directory: Directory, record: Json) -> None:
    """Delete a service principal; its application stays."""
    directory.drop(record["id"])


def _checked(body: Json) -> Json:
    for name, value in body.items():
        if name not in _KINDS:
            raise errors.bad(f"Invalid property '{name}'.")
        if not isinstance(value, _KINDS[name]):
            raise errors.bad(f"Invalid value specified for property '{name}'.")
    return body

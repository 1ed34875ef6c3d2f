"""What Graph answers below ``/v1.0``: who asks, which object is meant, what is done with it."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final

import jwt

from funcyard.emulator import strict_json
from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.graph import applications, errors, listing, service_principals
from funcyard.emulator.graph.directory import APPLICATION, DELETED, SERVICE_PRINCIPAL
from funcyard.emulator.graph.errors import GraphError
from funcyard.emulator.http import Answer
from funcyard.emulator.internal import said_of

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.graph.directory import Directory
    from funcyard.emulator.http import Request

Json = dict[str, Any]

PREFIX: Final = "/v1.0/"
"""What its addresses begin with, as those of graph.microsoft.com do."""

AUDIENCES: Final = (
    "https://graph.microsoft.com",
    "https://graph.microsoft.com/",
    "00000003-0000-0000-c000-000000000000",
)
"""What a token for Graph is for, in the public cloud and here."""

_LOGGER = logging.getLogger(__name__)
_KINDS: Final = {"applications": APPLICATION, "serviceprincipals": SERVICE_PRINCIPAL}
_MODULES: Final = {APPLICATION: applications, SERVICE_PRINCIPAL: service_principals}
_LISTS: Final = {APPLICATION: "applications", SERVICE_PRINCIPAL: "servicePrincipals"}
_OBJECT: Final = re.compile(
    r"(?P<list>applications|serviceprincipals)"
    r"(?:/(?P<id>[^/()]+)|\((?P<key>appId|uniqueName)='(?P<value>(?:[^']|'')*)'\))?"
    r"(?:/(?P<action>addPassword|removePassword))?/?",
    re.IGNORECASE,
)
_DELETED: Final = re.compile(
    r"directory/deletedItems/(?:microsoft\.graph\.(?P<list>application)|(?P<id>[^/]+))/?",
    re.IGNORECASE,
)
_KEYS: Final = {"appid": "appId", "uniquename": "uniqueName"}


async def answer(core: Core, request: Request) -> Answer:
    """Answer a request for Graph."""
    try:
        _authenticate(request, core)
        await core.faults.before(request, core.clock)
        answered = _Asked(core, request).answer()
        core.faults.after(request)
    except GraphError as fault:
        return Answer(fault.status, fault.body(), fault.headers)
    except ArmError as fault:  # how the location misbehaves, in Graph's words
        told = GraphError(fault.status, _CODES[fault.status], fault.message, headers=fault.headers)
        return Answer(told.status, told.body(), told.headers)
    except Exception as fault:
        _LOGGER.exception("%s %s", request.method, request.path)
        failed = GraphError(500, "InternalServerError", said_of(fault))
        return Answer(failed.status, failed.body())
    return answered


_CODES: Final = {429: "TooManyRequests", 503: "ServiceUnavailable", 504: "GatewayTimeout"}


def _authenticate(request: Request, core: Core) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise errors.unauthenticated("Access token is empty.")
    try:
        claims = core.issuer.claims(token.strip(), AUDIENCES)
    except jwt.ExpiredSignatureError:
        raise errors.unauthenticated("Lifetime validation failed, the token is expired.") from None
    except jwt.InvalidAudienceError:
        raise errors.unauthenticated("Access token validation failure. Invalid audience.") from None
    except jwt.PyJWTError as fault:
        raise errors.unauthenticated(f"Access token validation failure. {fault}") from None
    if claims["oid"] != core.issuer.application_id:
        raise errors.denied()


class _Asked:
    """One request of somebody who may."""

    def __init__(self, core: Core, request: Request) -> None:
        self._core = core
        self._request = request
        self._directory: Directory = core.directory

    def answer(self) -> Answer:
        path = self._request.path.removeprefix(PREFIX)
        if found := _OBJECT.fullmatch(path):
            kind = _KINDS[found["list"].lower()]
            if found["id"] is None and found["key"] is None:
                if found["action"]:
                    raise errors.segment(path)
                return self._list(kind)
            key = "id" if found["key"] is None else _KEYS[found["key"].lower()]
            value = found["id"] or found["value"].replace("''", "'")
            if found["action"]:
                return self._act(kind, key, value, found["action"].lower())
            return self._object(kind, key, value)
        if found := _DELETED.fullmatch(path):
            return self._deleted(found["id"])
        raise errors.segment(path)

    def _list(self, kind: str) -> Answer:
        if self._request.method == "GET":
            records = self._directory.all(kind)
            address = f"{self._core.url}{self._request.path}"
            context = self._context(_LISTS[kind])
            return Answer(200, listing.page(records, self._request.query, address, context))
        if self._request.method == "POST":
            return self._made(kind, _MODULES[kind].make(self._directory, self._body()))
        raise errors.not_allowed(self._request.method)

    def _object(self, kind: str, key: str, value: str) -> Answer:
        method, module = self._request.method, _MODULES[kind]
        record = self._directory.find(kind, key, value)
        if method == "PATCH" and record is None and key != "id" and self._wants_new():
            return self._made(kind, self._upserted(kind, key, value))
        if record is None:
            raise errors.absent(value)
        match method:
            case "GET":
                shown = listing.chosen(record, self._request.query)
                context = self._context(f"{_LISTS[kind]}/$entity")
                return Answer(200, {"@odata.context": context, **shown})
            case "PATCH":
                module.change(self._directory, record, self._body())
            case "DELETE":
                module.delete(self._directory, record)
            case _:
                raise errors.not_allowed(method)
        return Answer(204)

    def _upserted(self, kind: str, key: str, value: str) -> Json:
        body = self._body()
        if kind == SERVICE_PRINCIPAL:
            return service_principals.make(self._directory, {**body, "appId": value})
        if key != "uniqueName":
            raise errors.absent(value)
        return applications.make(self._directory, body, value)

    def _act(self, kind: str, key: str, value: str, action: str) -> Answer:
        if kind != APPLICATION:
            raise errors.segment(action)
        if self._request.method != "POST":
            raise errors.not_allowed(self._request.method)
        record = self._directory.find(kind, key, value)
        if record is None:
            raise errors.absent(value)
        if action == "removepassword":
            applications.remove_password(self._directory, record, self._body())
            return Answer(204)
        made = applications.add_password(self._directory, record, self._body())
        context = self._context("microsoft.graph.passwordCredential")
        return Answer(200, {"@odata.context": context, **made})

    def _deleted(self, identifier: str | None) -> Answer:
        method = self._request.method
        if identifier is None:
            if method != "GET":
                raise errors.not_allowed(method)
            address = f"{self._core.url}{self._request.path}"
            context = self._context("directoryObjects")
            records = self._directory.all(DELETED)
            return Answer(200, listing.page(records, self._request.query, address, context))
        record = self._directory.find(DELETED, "id", identifier)
        if record is None:
            raise errors.absent(identifier)
        if method == "GET":
            return Answer(200, record)
        if method != "DELETE":
            raise errors.not_allowed(method)
        self._directory.drop(record["id"])
        return Answer(204)

    def _made(self, kind: str, record: Json) -> Answer:
        context = self._context(f"{_LISTS[kind]}/$entity")
        return Answer(201, {"@odata.context": context, **record})

    def _wants_new(self) -> bool:
        return "create-if-missing" in self._request.headers.get("prefer", "").lower()

    def _context(self, what: str) -> str:
        return f"{self._core.url}{PREFIX}$metadata#{what}"

    def _body(self) -> Json:
        try:
            found = strict_json.read(self._request.body or b"{}")
        except ValueError:
            raise errors.bad("Unable to read JSON request payload.") from None
        if not isinstance(found, dict):
            raise errors.bad("Unable to read JSON request payload.")
        return found

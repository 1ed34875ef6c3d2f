"""Kudu: what deploys to a site, at an address of its own.

https://github.com/projectkudu/kudu/wiki/Deploying-from-a-zip-file-or-url
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote

from funcyard.emulator.core import access
from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.http import Answer, Request, send_answer
from funcyard.emulator.internal import said_of
from funcyard.emulator.web.config import allows_passwords, user_of
from funcyard.emulator.web.deployments import SUCCESS
from funcyard.emulator.web.naming import site_named
from funcyard.emulator.web.package import LARGEST_PACKAGE
from funcyard.emulator.web.settings import settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.http import Receive, Scope, Send
    from funcyard.emulator.web.deployments import Deployments

_LOGGER = logging.getLogger(__name__)
_ACTION: Final = "Microsoft.Web/sites/publish/Action"
_DEPLOYER: Final = "Push-Deployer"
_MESSAGE: Final = "Created via a push deployment"
_ERROR: Final = 3
_RUNTIME: Final = "FUNCTIONS_WORKER_RUNTIME"
_PYTHON: Final = "python"


class KuduApp:
    """What deploys to one site.

    Args:
        core: Who may is known there.
        name: The site's.
        deployments: The site's.
        largest: How many bytes a package may have.
    """

    def __init__(
        self,
        core: Core,
        name: str,
        deployments: Deployments,
        *,
        largest: int = LARGEST_PACKAGE,
    ) -> None:
        self._core = core
        self._name = name
        self._deployments = deployments
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(_head(scope), receive)
        except ConnectionError:
            return
        except Exception as fault:
            _LOGGER.exception("%s %s", scope["method"], scope["path"])
            answer = _refused(500, said_of(fault))
        await send_answer(send, answer)

    async def _answer(self, request: Request, receive: Receive) -> Answer:
        site = site_named(self._core, self._name)
        if site is None:
            return _refused(404, "There is no such site.")
        if not self._may(request, site):
            realm = {"www-authenticate": 'Basic realm="site"'}
            return Answer(401, {"Message": "The credentials do not open this site."}, realm)
        path = request.path.rstrip("/")
        if (request.method, path) == ("POST", "/api/zipdeploy"):
            return await self._deploy(site, request, receive)
        if (request.method, path) == ("GET", "/api/deployments"):
            told = [self._told(one) for one in self._deployments.all()]
            return Answer(200, [{**one, "provisioningState": _state(one)} for one in told])
        if path.startswith("/api/deployments/") and request.method == "GET":
            return self._one(request, *path.split("/")[3:])
        return _refused(404, f"Nothing is served at the address '{request.path}'.")

    def _may(self, request: Request, site: Kept) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            if not allows_passwords(self._core, site):
                return False
            expected = f"{user_of(site)}:{site.secrets['password']}".encode()
            try:
                return hmac.compare_digest(base64.b64decode(given, validate=True), expected)
            except ValueError:  # no base64, or no ASCII
                return False
        try:
            caller = access.authenticate(request, self._core)
        except ArmError:
            return False
        return caller.is_application or self._core.allows(caller, _ACTION, site.id)

    async def _deploy(self, site: Kept, request: Request, receive: Receive) -> Answer:
        runtime = settings_of(self._core, site.target).get(_RUNTIME, _PYTHON)
        if runtime.lower() != _PYTHON:
            return _refused(400, f"{_RUNTIME} is '{runtime}': only '{_PYTHON}' runs here.")
        declared = request.headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > self._largest:
            return self._too_large()
        if self._deployments.is_busy:
            return _busy()
        package = self._deployments.reception()
        try:
            is_whole = await self._receive(receive, package)
        except BaseException:
            package.unlink(missing_ok=True)
            raise
        if not is_whole:
            package.unlink()
            return self._too_large()
        if self._deployments.is_busy:
            package.unlink()
            return _busy()
        return await self._begun(request, package)

    async def _begun(self, request: Request, package: Path) -> Answer:
        """Deploy what was received; answer at once where that is asked for."""
        query = request.query
        deployer, message = query.get("deployer") or _DEPLOYER, query.get("message") or _MESSAGE
        begun = self._deployments.begin(package, deployer, message)
        if query.get("isAsync", "").lower() == "true":
            moment = datetime.now(UTC).strftime("%Y-%m-%d_%H-%M-%SZ")
            latest = self._address(f"latest?deployer={quote(deployer)}&time={moment}")
            return Answer(202, headers={"location": latest})
        await self._deployments.wait()
        ended = self._deployments.find(begun["id"]) or begun
        if ended["status"] == SUCCESS:
            return Answer(200)
        return _refused(400, str(ended["status_text"]))

    async def _receive(self, receive: Receive, package: Path) -> bool:
        """Write what is sent to a file; return whether it is not too large."""
        size = 0
        with package.open("wb") as file:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ConnectionError
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > self._largest:
                    return False
                await asyncio.to_thread(file.write, chunk)
                if not message.get("more_body"):
                    return True

    def _too_large(self) -> Answer:
        # What is still under way is not read, so that this connection is of no more use.
        told = {"Message": f"The package is larger than {self._largest} bytes."}
        return Answer(413, told, {"connection": "close"})

    def _one(self, request: Request, identifier: str, *more: str) -> Answer:
        found = self._deployments.find(identifier)
        if found is None:
            return _refused(404, f"Deployment '{identifier}' not found.")
        if more == ("log",):
            kind = 2 if found["status"] == _ERROR else 0
            at = found["end_time"] or found["start_time"]
            entries = [
                {"log_time": at, "id": f"{number}", "message": line, "type": kind}
                for number, line in enumerate(found["log"])
            ]
            return Answer(200, [{**one, "details_url": None} for one in entries])
        if more:
            return _refused(404, f"Nothing is served at the address '{request.path}'.")
        summary: Json = {"build_summary": {"errors": [], "warnings": []}}
        if found["complete"]:
            return Answer(200, {**self._told(found), **summary})
        headers = {"location": self._address("latest")}
        return Answer(202, {**self._told(found), **summary}, headers)

    def _told(self, one: Json) -> Json:
        url = self._address(str(one["id"]))
        told = {name: value for name, value in one.items() if name != "log"}
        told["active"] = one["active"] and one["complete"]
        return {**told, "url": url, "log_url": f"{url}/log", "site_name": self._name}

    def _address(self, more: str) -> str:
        _, scm = self._core.web.hosts(self._name)
        return f"https://{scm}/api/deployments/{more}"


def _state(one: Json) -> str:
    if not one["complete"]:
        return "InProgress"
    return "Succeeded" if one["status"] == SUCCESS else "Failed"


def _head(scope: Scope) -> Request:
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    return Request(scope["method"], scope["path"], query, headers)


def _busy() -> Answer:
    return _refused(409, "There is a deployment currently in progress.")


def _refused(status: int, message: str) -> Answer:
    return Answer(status, {"Message": message})

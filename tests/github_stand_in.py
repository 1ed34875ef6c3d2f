"""A stand-in for the few calls of GitHub's REST API, held to GitHub's own description of it.

Every exchange is validated; ``faults`` holds what was not as described, and has to stay empty.
Repositories, tokens and webhooks are a test's to set; ``answers`` makes the next calls fail.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

from tests.github_description import Exchange, description

_STAMP: Final = "2026-01-01T00:00:00Z"


@dataclass
class Repository:
    """A repository.

    Attributes:
        id: GitHub's.
        hooks: Its webhooks by id, with their secrets.
        may_hook: Whether tokens may see and change webhooks.
        moved: Whether it has another name now.
    """

    id: int
    hooks: dict[int, dict[str, Any]] = field(default_factory=dict)
    may_hook: bool = True
    moved: bool = False


@dataclass(frozen=True)
class Refusal:
    """An answer that is given instead of the right one.

    Attributes:
        status: Its status.
        headers: Beside the usual ones.
        message: In its body.
        done: Whether the call is carried out all the same.
        torn: Whether the connection is closed without an answer.
    """

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "no"
    done: bool = False
    torn: bool = False


class GitHubStandIn:
    """The server; ``with`` it.

    Attributes:
        token: That is accepted.
        repositories: By owner and name.
        answers: Refusals for the next calls, in order; None lets one pass.
        on_call: Called with method and path before a call is answered.
        exchanges: What was exchanged.
        faults: What of that is not as GitHub describes it.
        page: How many webhooks a page has at most.
        next_page: Address that is told for the next page instead of the right one.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        self.repositories: dict[str, Repository] = {}
        self.answers: list[Refusal | None] = []
        self.on_call: Callable[[str, str], None] | None = None
        self.exchanges: list[Exchange] = []
        self.faults: list[str] = []
        self.page = 100
        self.next_page = ""
        self._ids = iter(range(1, 10_000))
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def add(self, name: str, identity: int = 1) -> Repository:
        """Have a repository."""
        self.repositories[name] = Repository(identity)
        return self.repositories[name]

    def calls(self, method: str = "") -> list[str]:
        """Return the calls so far, as ``METHOD path``."""
        told = [f"{one.method} {one.path}" for one in self.exchanges]
        return [one for one in told if one.startswith(method)]

    def answered(self, method: str, path: str, query: str, body: Any) -> tuple[int, Any, str]:  # noqa: ANN401
        """Return status, body and ``Link`` of a call that is allowed."""
        _, _, owner, name, *rest = path.split("/")
        repository = self.repositories.get(f"{owner}/{name}")
        if repository is None:
            return 404, _error("Not Found"), ""
        if repository.moved:
            return 301, _error("Moved Permanently"), ""
        if not rest:
            return 200, self._shown(f"{owner}/{name}", repository), ""
        if not repository.may_hook:
            return 404, _error("Not Found"), ""
        return self._hook(method, path, query, body, repository, rest)

    def _shown(self, name: str, repository: Repository) -> dict[str, Any]:
        shown: dict[str, Any] = description().example("full-repository-default-response")
        for broken in ("parent", "source"):
            del shown[broken]  # of the example: they lack what the description requires, as it does
        shown["language"] = None
        return shown | {"id": repository.id, "full_name": name, "name": name.split("/")[1]}

    def _hook(  # noqa: PLR0911 - a case a call
        self,
        method: str,
        path: str,
        query: str,
        body: Any,  # noqa: ANN401
        repository: Repository,
        rest: list[str],
    ) -> tuple[int, Any, str]:
        hooks = repository.hooks
        match method, rest:
            case "GET", ["hooks"]:
                number = int(dict(one.split("=") for one in query.split("&")).get("page", "1"))
                shown = [_without_secret(one) for one in hooks.values()]
                start = (number - 1) * self.page
                more = f'<{self.url}{path}?per_page=100&page={number + 1}>; rel="next"'
                link = more if start + self.page < len(shown) else self.next_page
                return 200, shown[start : start + self.page], link
            case "POST", ["hooks"]:
                if any(one["config"]["url"] == body["config"]["url"] for one in hooks.values()):
                    told = "Hook already exists on this repository"
                    return 422, {**_error("Validation Failed"), "errors": [{"code": told}]}, ""
                identity = next(self._ids)
                hooks[identity] = _new_hook(self.url + path, identity, body)
                return 201, _without_secret(hooks[identity]), ""
            case _, ["hooks", identity, *_] if int(identity) not in hooks:
                return 404, _error("Not Found"), ""
            case "PATCH", ["hooks", identity]:
                hooks[int(identity)] |= {name: body[name] for name in body}
                return 200, _without_secret(hooks[int(identity)]), ""
            case "DELETE", ["hooks", identity]:
                del hooks[int(identity)]
                return 204, None, ""
            case "POST", ["hooks", _, "pings"]:
                return 204, None, ""
        return 404, _error("Not Found"), ""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, owner: GitHubStandIn) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client may go away."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def _serve(self) -> None:
        owner = self.server.owner
        path, _, query = self.path.partition("?")
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(sent) if sent else None
        if owner.on_call is not None:
            owner.on_call(self.command, path)
        refusal = owner.answers.pop(0) if owner.answers else None
        headers = {} if refusal is None else dict(refusal.headers)
        status, answer, link = 401, _error("Bad credentials"), dict[str, str]()
        if self.headers.get("Authorization") != f"Bearer {owner.token}":
            pass
        elif refusal is not None and not refusal.done:
            status, answer = refusal.status, _error(refusal.message)
        else:
            status, answer, following = owner.answered(self.command, path, query, body)
            link = {"Link": following} if following else {}
            if refusal is not None and not refusal.torn:
                status, answer = refusal.status, _error(refusal.message)
        names = {name.lower(): value for name, value in self.headers.items()}
        exchange = Exchange(self.command, path, query, names, body, status, answer)
        owner.exchanges.append(exchange)
        owner.faults += description().faults(exchange)
        if refusal is not None and refusal.torn:
            self.close_connection = True
            return
        content = json.dumps(answer).encode() if status != http.HTTPStatus.NO_CONTENT else b""
        self.send_response(status)
        for name, value in (headers | link).items():
            self.send_header(name, value)
        if content:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        if status != http.HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - the base's names


def _new_hook(place: str, identity: int, body: dict[str, Any]) -> dict[str, Any]:
    here = f"{place}/{identity}"
    return {
        "type": "Repository",
        "id": identity,
        "name": "web",
        "active": body["active"],
        "events": body["events"],
        "config": body["config"],
        "updated_at": _STAMP,
        "created_at": _STAMP,
        "url": here,
        "test_url": f"{here}/test",
        "ping_url": f"{here}/pings",
        "deliveries_url": f"{here}/deliveries",
        "last_response": {"code": None, "status": "unused", "message": None},
    }


def _without_secret(hook: dict[str, Any]) -> dict[str, Any]:
    return hook | {"config": hook["config"] | {"secret": "********"}}


def _error(message: str) -> dict[str, Any]:
    return {"message": message, "documentation_url": "https://docs.github.com/rest"}

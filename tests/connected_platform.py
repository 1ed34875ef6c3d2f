"""A platform beside a real Git server and a stand-in for GitHub's API."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.github_deliveries import push, signed
from tests.github_stand_in import GitHubStandIn, Repository
from tests.integration.workspace.git_server import TOKEN, GitServer
from tests.ports import free_ports
from tests.running_platform import Answer, RunningPlatform, eventually

NAME: Final = "contoso/workflows"


@dataclass
class Connected:
    """What there is.

    Attributes:
        platform: That runs.
        git: Serves the repository.
        github: Stands for the API.
        registered: The repository as the API has it.
        clone: A person's clone of the repository.
    """

    platform: RunningPlatform
    git: GitServer
    github: GitHubStandIn
    registered: Repository
    clone: Path
    _last: str = field(default="0" * 40, init=False)

    @property
    def url(self) -> str:
        """Of the repository."""
        return self.git.url(NAME)

    @property
    def secret(self) -> str:
        """What the registered webhook signs with."""
        (hook,) = self.registered.hooks.values()
        return str(hook["config"]["secret"])

    def connect(self, **more: Any) -> Answer:  # noqa: ANN401 - of a call
        """Connect the repository through the API."""
        body = {"repositoryUrl": self.url, "personalAccessToken": TOKEN}
        return self.platform.call("POST", "/github-connections", body, **more)

    def push(self, files: dict[str, str | None], message: str = "Change") -> str:
        """Commit files, None to remove one, push them with Git, and return the commit."""
        for path, text in files.items():
            place = self.clone / path
            if text is None:
                place.unlink()
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
        _git(self.clone, "add", "--all")
        _git(self.clone, "commit", "--quiet", "--allow-empty", "--message", message)
        _git(self.clone, "push", "--quiet", self.git.push_url(NAME), "HEAD:main")
        return _git(self.clone, "rev-parse", "HEAD")

    def payload(self, after: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - of a payload
        """Return what GitHub would tell of a push."""
        payload = push(self.url, after, before=self._last, identity=self.registered.id, **more)
        self._last = after
        return payload

    def deliver(
        self,
        payload: dict[str, Any] | bytes,
        *,
        secret: str | None = None,
        event: str = "push",
        delivery: str = "",
        query: str = "",
    ) -> Answer:
        """Deliver a payload as GitHub does, to the address of the registered webhook."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        headers = signed(body, secret or self.secret, event=event, delivery=delivery)
        address = f"/github-webhook{query}"
        return self.platform.call("POST", address, body, token=None, headers=headers)

    def job(self, identity: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - of a call
        """Return a job that has ended."""
        found: dict[str, Any] = eventually(
            lambda: self.platform.call("GET", f"/sync-jobs/{identity}", **more).json,
            lambda job: job["status"] in ("completed", "failed"),
        )
        return found


@contextmanager
def connected(
    root: Path, environment: dict[str, str], token: str | None, *, public: bool = True
) -> Iterator[Connected]:
    """Start everything in a folder; the repository is empty.

    Args:
        root: The folder.
        environment: Variables of the platform.
        token: What calls of it carry; None for none.
        public: Whether the platform knows where GitHub reaches it.
    """
    with GitServer(root / "repositories") as git, GitHubStandIn(TOKEN) as github:
        git.create(NAME)
        registered = github.add(NAME, 186853002)
        clone = root / "clone"
        clone.mkdir()
        _git(clone, "init", "--quiet", "--initial-branch=main")
        (port,) = free_ports(1)
        settings = {
            "FUNCYARD_GITHUB_API": github.url,
            "FUNCYARD_GITHUB_HOST": git.address.removeprefix("http://"),
            "FUNCYARD_PUBLIC_URL": f"http://127.0.0.1:{port}" if public else "",
        }
        running = RunningPlatform(root / "platform", environment | settings, token, listens=port)
        with running:
            yield Connected(running, git, github, registered, clone)


def _git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.com"]
    ran = subprocess.run(
        ["git", "-C", str(folder), *who, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/none"},
    )
    return ran.stdout.strip()

"""A Compose file that runs, under a name and with ports and variables of its own."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

from tests.docker.engine import docker, inspect, run

_PATIENCE = 120.0


class Composition:
    """The services of a Compose file.

    Compose v2 reads the file as it is. Version 1, which Debian ships, knows no ``name:``: it is
    given a copy without that line.

    Args:
        file: The Compose file.
        name: Of the project in the engine.
        environment: What the file's variables are.
        options: Of Compose, before its commands.
    """

    def __init__(
        self,
        file: Path,
        name: str,
        environment: dict[str, str],
        options: tuple[str | Path, ...] = (),
    ) -> None:
        self.name = name
        self._folder = file.parent
        self._options = options
        self._environment = {"COMPOSE_DOCKER_CLI_BUILD": "1", **environment}
        modern = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
        self._command: tuple[str, ...] = ("docker", "compose")
        self._file = file
        if modern.returncode:
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            self._command = ("docker-compose",)
            self._file = file.with_name(f"{file.stem}.v1.yml")
            self._file.write_text(
                "".join(line for line in lines if not line.startswith("name:")), encoding="utf-8"
            )

    def compose(self, *arguments: str, **environment: str) -> str:
        """Run Compose and return what it prints."""
        return run(
            *self._command,
            *("--project-name", self.name),
            *(*self._options, "--file", str(self._file)),
            *arguments,
            cwd=self._folder,
            environment={**self._environment, **environment},
        )

    def container(self, service: str) -> dict[str, Any]:
        """What the engine knows of a service's container."""
        label = f"label=com.docker.compose.service={service}"
        return inspect(docker("ps", "--all", "--quiet", "--filter", self._ours, "--filter", label))

    def wait_until_healthy(self, *services: str) -> None:
        """Wait until the health checks of the services pass."""
        deadline = time.monotonic() + _PATIENCE
        for service in services:
            while (state := self.container(service)["State"])["Health"]["Status"] != "healthy":
                said = f"{state}\n{self.logs(service)}"
                assert time.monotonic() < deadline, f"{service} is not healthy: {said}"
                time.sleep(0.5)

    def logs(self, service: str) -> str:
        """What a service has printed."""
        return docker("logs", self.container(service)["Id"])

    def left(self) -> list[str]:
        """Containers, volumes and networks of the project in the engine."""
        found = docker("ps", "--all", "--quiet", "--filter", self._ours).split()
        for kind in ("volume", "network"):
            found += docker(kind, "ls", "--quiet", "--filter", self._ours).split()
        return found

    @property
    def _ours(self) -> str:
        return f"label=com.docker.compose.project={self.name}"

"""A generated project as containers: its Compose file, its ports, its environment."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.docker import stand_in
from tests.docker.engine import ROOT, docker, inspect, run

from funcyard.settings import read_env_file

BLUEPRINTS = ROOT / "src" / "funcyard" / "project" / "blueprints"
_PATIENCE = 120.0
_ACCOUNT = "devstoreaccount1"


def generate(root: Path, *source: str | Path) -> Path:
    """Make a project from a blueprint or a spec and return its folder."""
    funcyard = Path(sys.executable).with_name("funcyard")
    run(funcyard, "new", root, *source, "--yes", "--memory", f"{root}-memory")
    return root


class Stack:
    """The services of a generated Compose file.

    Compose v2 reads the file as it is. Version 1, which Debian ships, knows no ``name:``: it is
    given a copy without that line.
    """

    def __init__(self, project: Path) -> None:
        self.project = project
        self.name = project.name
        source = project / ".docker" / "docker-compose.dev.yml"
        modern = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
        self._command: tuple[str, ...] = ("docker", "compose")
        self._file = source
        if modern.returncode:
            lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
            self._command = ("docker-compose",)
            self._file = source.with_name("docker-compose.v1.yml")
            self._file.write_text(
                "".join(line for line in lines if not line.startswith("name:")), encoding="utf-8"
            )
        home = project.with_name(f"{project.name}-home")
        (home / ".azure").mkdir(parents=True)
        self.ports = dict(zip(self._port_names(), _free_ports(), strict=False))
        self._environment = {
            **{name: str(port) for name, port in self.ports.items()},
            "FUNCTIONS_BASE_IMAGE": stand_in.FUNCTIONS,
            "AZURITE_BASE_IMAGE": stand_in.AZURITE,
            "AZURE_CLI": "false",  # Microsoft's package repository cannot be reached everywhere
            "COMPOSE_DOCKER_CLI_BUILD": "1",
            "HOME": str(home),
        }

    def compose(self, *arguments: str, **environment: str) -> str:
        """Run Compose on the project and return what it prints."""
        return run(
            *self._command,
            *("--project-name", self.name),
            *("--env-file", str(self.project / ".env.local"), "--file", str(self._file)),
            *arguments,
            cwd=self.project,
            environment={**self._environment, **environment},
        )

    def url(self, app: str) -> str:
        """The address of an app on this machine."""
        return f"http://127.0.0.1:{self.ports[f'{app.upper()}_HOST_PORT']}"

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

    def demo(self) -> subprocess.CompletedProcess[str]:
        """Run the blueprint's demo against the containers, as ``up --demo`` does."""
        apps = [{"name": name, "url": self.url(name)} for name in self.apps]
        return subprocess.run(
            [sys.executable, BLUEPRINTS / "data-pipeline" / "demo.py", "--json"],
            env={
                **os.environ,
                "FUNCYARD_PROJECT": str(self.project),
                "FUNCYARD_APPS": json.dumps(apps),
                "AzureWebJobsStorage": self._connection_string(),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def apps(self) -> tuple[str, ...]:
        """The names of the function apps."""
        return tuple(sorted(path.name for path in (self.project / "functions").iterdir()))

    def left(self) -> list[str]:
        """Containers, volumes and networks of the project in the engine."""
        found = docker("ps", "--all", "--quiet", "--filter", self._ours).split()
        for kind in ("volume", "network"):
            found += docker(kind, "ls", "--quiet", "--filter", self._ours).split()
        return found

    def remove(self) -> None:
        """End the services and remove their containers, volumes, networks and images."""
        self.compose("down", "--volumes", "--rmi", "all", "--remove-orphans")
        shutil.rmtree(self._environment["HOME"])

    @property
    def _ours(self) -> str:
        return f"label=com.docker.compose.project={self.name}"

    def _port_names(self) -> list[str]:
        names = [f"AZURITE_{service}_PORT" for service in ("BLOB", "QUEUE", "TABLE")]
        for app in self.apps:
            names += [f"{app.upper()}_HOST_PORT", f"{app.upper()}_DEBUG_PORT"]
        return names

    def _connection_string(self) -> str:
        key = read_env_file(self.project / ".env.local")["AZURITE_ACCOUNT_KEY"]
        endpoints = "".join(
            f"{service.title()}Endpoint=http://127.0.0.1:"
            f"{self.ports[f'AZURITE_{service}_PORT']}/{_ACCOUNT};"
            for service in ("BLOB", "QUEUE", "TABLE")
        )
        return f"DefaultEndpointsProtocol=http;AccountName={_ACCOUNT};AccountKey={key};{endpoints}"


def _free_ports(count: int = 16) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports

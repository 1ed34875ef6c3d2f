"""A generated project as containers: its Compose file, its ports, its environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.docker import stand_in
from tests.docker.composition import Composition
from tests.docker.engine import ROOT, run
from tests.ports import free_ports

from funcyard.settings import read_env_file

BLUEPRINTS = ROOT / "src" / "funcyard" / "project" / "blueprints"
_ACCOUNT = "devstoreaccount1"


def generate(root: Path, *source: str | Path) -> Path:
    """Make a project from a blueprint or a spec and return its folder."""
    funcyard = Path(sys.executable).with_name("funcyard")
    run(funcyard, "new", root, *source, "--yes", "--memory", f"{root}-memory")
    return root


class Stack(Composition):
    """The services of a generated Compose file."""

    def __init__(self, project: Path) -> None:
        self.project = project
        names = self._port_names()
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        home = project.with_name(f"{project.name}-home")
        (home / ".azure").mkdir(parents=True)
        self._home = home
        super().__init__(
            project / ".docker" / "docker-compose.dev.yml",
            project.name,
            {
                **{name: str(port) for name, port in self.ports.items()},
                "FUNCTIONS_BASE_IMAGE": stand_in.FUNCTIONS,
                "AZURITE_BASE_IMAGE": stand_in.AZURITE,
                "AZURE_CLI": "false",  # Microsoft's package repository cannot be reached everywhere
                "HOME": str(home),
            },
            ("--env-file", project / ".env.local"),
        )

    def url(self, app: str) -> str:
        """The address of an app on this machine."""
        return f"http://127.0.0.1:{self.ports[f'{app.upper()}_HOST_PORT']}"

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

    def remove(self) -> None:
        """End the services and remove their containers, volumes, networks and images."""
        self.compose("down", "--volumes", "--rmi", "all", "--remove-orphans")
        shutil.rmtree(self._home)

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

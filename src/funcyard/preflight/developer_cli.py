"""Projects of the Azure Developer CLI: which folder each service of an ``azure.yaml`` deploys.

https://learn.microsoft.com/azure/developer/azure-developer-cli/azd-schema
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from funcyard.preflight.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from funcyard.preflight.tree import Tree

TAG = "azd-service-name"
"""The tag by which a resource in Azure is known to run a service."""
_FILES = ("azure.yaml", "azure.yml")


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    Attributes:
        file: The file that declares it, relative to the root of the tree.
        name: Its name.
        project: The folder that is deployed, relative to the root of the tree.
        docker: How its image is built, as it is written.
    """

    file: str
    name: str
    project: str
    docker: Mapping[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder of the file, relative to the root of the tree."""
        return posixpath.dirname(self.file)


def services(root: Path, tree: Tree) -> Iterator[Service]:
    """Yield the services of a tree; folders that they name may be absent."""
    for name in tree.files:
        if name.rpartition("/")[2] in _FILES:
            yield from _of(name, read_yaml(root / name))


def _of(file: str, document: Any) -> Iterator[Service]:  # noqa: ANN401 - YAML
    declared = document.get("services") if isinstance(document, dict) else None
    for name, service in declared.items() if isinstance(declared, dict) else ():
        if isinstance(service, dict) and isinstance(service.get("project"), str):
            docker = service.get("docker")
            project = posixpath.join(posixpath.dirname(file), service["project"])
            yield Service(
                file,
                str(name),
                posixpath.normpath(project),
                docker if isinstance(docker, dict) else {},
            )

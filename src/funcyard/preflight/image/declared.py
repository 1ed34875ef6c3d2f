"""Builds of images that a repository declares: Compose services, azure.yaml, workflows, scripts."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from funcyard.plain_files import read_text
from funcyard.preflight import developer_cli
from funcyard.preflight.image.commands import commands_in
from funcyard.preflight.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from funcyard.preflight.image.compose import Service
    from funcyard.preflight.tree import Tree

_LARGEST = 1024 * 1024
_YAML = (".yml", ".yaml")
_SCRIPTS = (
    "*.yml",
    "*.yaml",
    "*.sh",
    "*.bash",
    "*.ps1",
    "*.cmd",
    "*.bat",
    "*.mk",
    "Makefile",
    "justfile",
)
_MENTIONED = (
    r"(docker|podman|nerdctl) .*build|acr build|docker/build-push-action|Docker@[0-9]"
    r"|container-apps-deploy-action"
)
_MOST_NODES = 20_000


@dataclass(frozen=True, slots=True)
class Declared:
    """One build, by paths relative to the root of the tree.

    Attributes:
        dockerfile: The Dockerfile.
        context: The folder whose files it may copy.
        stage: The stage that is built, empty for the last.
        arguments: Build arguments whose values are known.
    """

    dockerfile: str
    context: str
    stage: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


def declared_builds(root: Path, tree: Tree, services: Iterable[Service]) -> Iterator[Declared]:
    """Yield the builds of a tree; files that they name may be absent.

    Args:
        root: The tree's folder.
        tree: The tree.
        services: The services of its Compose files.
    """
    for service in services:
        if service.dockerfile:
            yield Declared(service.dockerfile, service.context, service.stage, service.arguments)
    for of_azd in developer_cli.services(root, tree):
        yield Declared(
            _joined(of_azd.project, str(of_azd.docker.get("path") or "Dockerfile")),
            _joined(of_azd.project, str(of_azd.docker.get("context") or ".")),
            str(of_azd.docker.get("target") or ""),
        )
    files = dict.fromkeys(line.file for line in tree.search(_MENTIONED, *_SCRIPTS))
    for name in files:
        beside = posixpath.dirname(name)
        if name.endswith(_YAML):
            yield from _of_steps(root, read_yaml(root / name), ("", beside))
        else:
            yield from _of_commands(root, _text(root / name), ("", beside))


def _of_steps(
    root: Path,
    document: Any,  # noqa: ANN401 - YAML
    bases: tuple[str, ...],
) -> Iterator[Declared]:
    """Yield what the steps of a workflow build, wherever in the document they are."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(document, bases)]
    for _ in range(_MOST_NODES):
        if not waiting:
            break
        node, folders = waiting.pop()
        if isinstance(node, str):
            yield from _of_commands(root, node, folders)
        elif isinstance(node, list):
            waiting += [(item, folders) for item in node]
        elif isinstance(node, dict):
            own = _working_folder(node)
            inner = (own, *folders) if own is not None else folders
            yield from _of_action(node)
            waiting += [(item, inner) for item in node.values()]


def _working_folder(node: dict[Any, Any]) -> str | None:
    defaults = node.get("defaults")
    run = defaults.get("run") if isinstance(defaults, dict) else None
    for holder in (node, run if isinstance(run, dict) else {}):
        for key in ("working-directory", "workingDirectory"):
            if isinstance(holder.get(key), str):
                return _plain(holder[key])
    return None


def _of_action(node: dict[Any, Any]) -> Iterator[Declared]:
    """Yield what an action of GitHub or a task of Azure Pipelines builds."""
    uses = str(node.get("uses") or node.get("task") or "")
    given = node.get("with") or node.get("inputs")
    given = given if isinstance(given, dict) else {}
    context: str | None
    if uses.startswith("docker/build-push-action"):
        context = _plain(str(given.get("context") or "."))
        file = _plain(str(given["file"])) if given.get("file") else None
    elif uses.startswith("Docker@") and "build" in str(given.get("command", "build")).lower():
        file = _plain(str(given.get("Dockerfile") or given.get("dockerfile") or "**"))
        context = _plain(str(given.get("buildContext") or "**"))
        # Two stars, which are the default, stand for the one Dockerfile and for its folder.
        context = posixpath.dirname(file or "") if context == "**" else context
    elif "container-apps-deploy-action" in uses and given.get("appSourcePath"):
        context = _plain(str(given["appSourcePath"]))
        file = (
            _joined(context or "", str(given["dockerfilePath"]))
            if given.get("dockerfilePath")
            else None
        )
    else:
        return
    if context is not None and "*" not in f"{file}{context}":
        yield Declared(
            posixpath.normpath(file or posixpath.join(context, "Dockerfile")),
            posixpath.normpath(context or "."),
            str(given.get("target") or ""),
        )


def _of_commands(root: Path, text: str, bases: tuple[str, ...]) -> Iterator[Declared]:
    """Yield what the commands of a text build, from the first folder in which that works."""
    for command in commands_in(text):
        for base in (command.folder, *bases) if command.folder else bases:
            file, context = _plain(command.file), _plain(command.context)
            if file is None or context is None:
                break
            dockerfile = _joined(base, file or posixpath.join(context, "Dockerfile"))
            if (root / dockerfile).is_file():
                yield Declared(dockerfile, _joined(base, context), command.stage, command.arguments)
                break


def _plain(path: str) -> str | None:
    """Return a path without what stands for the repository's root, None where it is unknown."""
    for begin in _ROOTS:
        path = path.removeprefix(begin)
    return None if "$" in path or "://" in path else path.lstrip("/") or "."


_ROOTS = (
    "${{ github.workspace }}",
    "${{github.workspace}}",
    "$GITHUB_WORKSPACE",
    "${GITHUB_WORKSPACE}",
    "$(Build.SourcesDirectory)",
    "$(System.DefaultWorkingDirectory)",
    "$CI_PROJECT_DIR",
    "$(pwd)",
    "$PWD",
    "${PWD}",
)


def _joined(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))


def _text(path: Path) -> str:
    try:
        return read_text(path, errors="replace") if path.stat().st_size <= _LARGEST else ""
    except OSError:
        return ""

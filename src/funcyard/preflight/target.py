"""What is to be checked: apps, and where each would run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.credentials import Identity
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.functions.declared import Declared


@dataclass(frozen=True, slots=True)
class Target:
    """One function app.

    Attributes:
        name: As it is called in messages.
        directory: The folder that holds host.json, absolute.
        interpreter: The Python to import it on.
        python: Minor version it is meant for, such as ``3.11``; empty where nothing says so.
        settings: Its settings as they are on this machine, without the process's environment.
        packages: Folders of local packages that it is shipped with, absolute.
        dockerfile: The Dockerfile that is known to build it; None to look for those that do.
        declared: The functions that it is meant to hold, None where nothing says so.
    """

    name: str
    directory: Path
    interpreter: Path
    python: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    packages: tuple[Path, ...] = ()
    dockerfile: Path | None = None
    declared: tuple[Declared, ...] | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """A container app that Azure is to describe.

    Attributes:
        resource: Which one.
        identity: Who asks.
        cloud: Where it is.
    """

    resource: ResourceId
    identity: Identity
    cloud: Cloud


@dataclass(frozen=True, slots=True)
class Online:
    """A deployed app that is to be asked.

    Attributes:
        url: Its address, scheme and host, without a slash at the end; empty where Azure tells it.
        key: The host's master key, empty where none is known.
        app: Name of the target that is deployed there.
        live: The container app that it is, to be described by Azure; its address counts then.
    """

    url: str
    key: str = field(default="", repr=False)
    app: str = ""
    live: Live | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """Lines that a deployed app logged.

    Attributes:
        name: Where they were read, as findings tell it.
        text: The lines.
    """

    name: str
    text: str = field(repr=False)


def _ignore(_words: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a run of the preflight is asked.

    Attributes:
        root: The checked folder, absolute; places are relative to it.
        targets: The apps in it.
        environment: Environment of the processes that import them; settings are added.
        timeout: Seconds that importing an app may take.
        expected_count: How many functions there have to be, None for any number.
        expected_names: Which functions there have to be, None for any.
        markers_allowed: Globs of files in which conflict markers are text.
        ask_tools: Whether the tools of this machine are asked; some take seconds to answer.
        ask_registries: Whether registries are asked what tags of images mean now.
        online: The deployed app to ask, None for none.
        log: Lines that the deployed app logged, None for none.
        today: The day on which versions are judged, None for none.
        images: Archives of the apps' images, by app.
        tell: Is told in words that an Azure or a registry that is busy is waited for.
    """

    root: Path
    targets: tuple[Target, ...]
    environment: Mapping[str, str]
    timeout: float = 30.0
    expected_count: int | None = None
    expected_names: frozenset[str] | None = None
    markers_allowed: tuple[str, ...] = ()
    ask_tools: bool = False
    ask_registries: bool = False
    online: Online | None = None
    log: Log | None = None
    today: date | None = None
    images: Mapping[str, Path] = field(default_factory=dict)
    tell: Callable[[str], None] = _ignore

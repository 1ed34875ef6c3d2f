"""The spec, ``funcyard.yaml``: what a project is, typed; the truth that everything else follows.

The models here hold shapes and defaults only. Reading a file with positions is ``reading.py``,
the rules across fields are ``rules.py``; both report every fault at once.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SPEC_FILE = "funcyard.yaml"


class SpecModel(BaseModel):
    """Base of every part of the spec: unknown fields are faults, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Runtime(SpecModel):
    """Language and version, such as Python 3.11."""

    name: Literal["python"] = "python"
    version: str = "3.11"


class HttpTrigger(SpecModel):
    """A function called over HTTP."""

    type: Literal["http"] = "http"
    name: str
    route: str | None = None
    methods: tuple[str, ...] = ("GET", "POST")
    auth_level: Literal["anonymous", "function", "admin"] = "anonymous"


class TimerTrigger(SpecModel):
    """A function called on a schedule: NCRONTAB with six fields, seconds first."""

    type: Literal["timer"] = "timer"
    name: str
    schedule: str = "0 */5 * * * *"
    run_on_startup: bool = False


class QueueTrigger(SpecModel):
    """A function called for each message of a storage queue."""

    type: Literal["queue"] = "queue"
    name: str
    queue: str


class BlobTrigger(SpecModel):
    """A function called for each created or updated blob, ``path`` as ``container/{name}``."""

    type: Literal["blob"] = "blob"
    name: str
    path: str


Trigger = Annotated[
    HttpTrigger | TimerTrigger | QueueTrigger | BlobTrigger, Field(discriminator="type")
]


class FunctionApp(SpecModel):
    """One function app: a folder in ``functions/``, a container, a process, a port."""

    name: str
    port: int
    triggers: tuple[Trigger, ...]
    purpose: str = ""


class StorageItem(SpecModel):
    """A blob container or a queue."""

    name: str
    description: str = ""


class Table(StorageItem):
    """A table, with what its keys and fields mean."""

    partition_key: str = ""
    row_key: str = ""
    fields: tuple[str, ...] = ()


class Storage(SpecModel):
    """What the storage emulator holds when the project is up."""

    blob_containers: tuple[StorageItem, ...] = ()
    queues: tuple[StorageItem, ...] = ()
    tables: tuple[Table, ...] = ()


class LocalPackage(SpecModel):
    """A Python package of the project's own that its apps share."""

    name: str
    path: str
    purpose: str = ""


class EnvironmentVariable(SpecModel):
    """A setting that every app receives."""

    name: str
    default: str = ""
    description: str = ""


class Volume(SpecModel):
    """A folder of the host that the app containers see; read-only unless said."""

    source: str
    target: str
    read_only: bool = True


class Spec(SpecModel):
    """A whole project."""

    project_name: str
    blueprint: str | None = None
    runtime: Runtime = Runtime()
    programming_model: Literal["v2"] = "v2"
    dependency_manager: Literal["pip", "poetry", "uv"] = "pip"
    function_apps: tuple[FunctionApp, ...]
    storage: Storage = Storage()
    local_packages: tuple[LocalPackage, ...] = ()
    environment: tuple[EnvironmentVariable, ...] = ()
    system_packages: tuple[str, ...] = ()
    azure_cli: bool = False
    volumes: tuple[Volume, ...] = ()
    reasons: dict[str, str] = Field(default_factory=dict)

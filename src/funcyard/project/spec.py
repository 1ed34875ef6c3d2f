"""The spec, ``funcyard.yaml``: what a project is, typed; the truth that everything else follows.

The models here hold shapes, defaults and descriptions; the descriptions are what editors show,
through the JSON Schema that ``schema.py`` makes of them. Short forms are written out first
(``shorthand.py``). Reading a file with positions is ``reading.py``, the rules across fields are
``rules/``; both report every fault at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from funcyard.project.check_options import CheckOptions
from funcyard.project.names import (
    CONTAINER,
    KEBAB,
    LONGEST_NAME,
    LONGEST_STORAGE_NAME,
    TABLE,
    VARIABLE,
)
from funcyard.project.shorthand import TRIGGER_TYPES, expand_app, expand_spec
from funcyard.project.spec_model import SpecModel, WholeNumber

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic.config import JsonDict
    from pydantic.types import JsonValue

_KEBAB: JsonDict = {"pattern": f"^{KEBAB}$", "minLength": 2, "maxLength": LONGEST_NAME}
_CONTAINER: JsonDict = {
    "pattern": f"^{CONTAINER}$",
    "minLength": 3,
    "maxLength": LONGEST_STORAGE_NAME,
}
_TABLE: JsonDict = {"pattern": f"^{TABLE}$", "minLength": 3, "maxLength": LONGEST_STORAGE_NAME}

HTTP_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


def _required(*names: str) -> Callable[[dict[str, Any]], None]:
    """Return what tells the JSON Schema the required fields; the shorthand fills in others."""

    def change(schema: dict[str, Any]) -> None:
        schema["required"] = list(names)

    return change


def _or_name(name: JsonDict, **more: JsonValue) -> Callable[[dict[str, Any]], None]:
    """Return what tells the JSON Schema that each item of a list may be just its name."""

    def change(schema: dict[str, Any]) -> None:
        schema["items"] = {"anyOf": [schema["items"], {"type": "string", **name}]}
        schema.update(more)

    return change


def _or_type(schema: dict[str, Any]) -> None:
    """Tell the JSON Schema that a trigger may be just its type."""
    schema["items"] = {"anyOf": [schema["items"], {"enum": list(TRIGGER_TYPES)}]}
    schema["default"] = ["http"]
    schema["minItems"] = 1


class Runtime(SpecModel):
    """Language and version, such as Python 3.11."""

    name: Literal["python"] = Field(default="python", description="The language.")
    version: str = Field(
        default="3.11",
        description="Its version; `funcyard images` lists them with their ends of life.",
        examples=["3.11", "3.13"],
        json_schema_extra={"type": ["string", "number"]},
    )


class _AnyTrigger(SpecModel):
    """What every trigger has."""

    model_config = ConfigDict(json_schema_extra=_required("type"))

    type: str
    name: str = Field(
        description="The function's name, a Python identifier; made of the app's name if omitted.",
        examples=["split_file"],
    )


class HttpTrigger(_AnyTrigger):
    """A function called over HTTP."""

    type: Literal["http"] = "http"
    route: str | None = Field(
        default=None,
        description="Path below /api, with {parameters}; the function's name if omitted.",
        examples=["items/{id:int}"],
    )
    methods: tuple[str, ...] = Field(
        default=("GET", "POST"),
        description="The HTTP methods that it answers.",
        json_schema_extra={"items": {"enum": [*HTTP_METHODS]}, "minItems": 1},
    )
    auth_level: Literal["anonymous", "function", "admin"] = Field(
        default="anonymous",
        description="Which key a caller must show; not enforced on this machine unless asked for.",
    )
    example: dict[str, Any] = Field(
        default_factory=dict,
        description="Values for a call that tries it: the route's parameters go into the address, "
        "the others into a JSON body, or into the query where there is none; never a secret.",
        examples=[{"filename": "test.csv"}],
    )

    @field_validator("methods", mode="before")
    @classmethod
    def _upper_case(cls, value: object) -> object:
        if isinstance(value, (list, tuple)):
            return tuple(item.strip().upper() if isinstance(item, str) else item for item in value)
        return value


class TimerTrigger(_AnyTrigger):
    """A function called on a schedule."""

    type: Literal["timer"] = "timer"
    schedule: str = Field(
        default="0 */5 * * * *",
        description="NCRONTAB: second, minute, hour, day, month, weekday; or %SETTING%.",
        examples=["0 */5 * * * *", "0 30 9 * * 1-5"],
    )
    run_on_startup: bool = Field(
        default=False, description="Whether it also runs each time the app starts."
    )


class QueueTrigger(_AnyTrigger):
    """A function called for each message of a storage queue."""

    type: Literal["queue"] = "queue"
    queue: str = Field(
        description="The queue, declared in the storage by itself; or %SETTING%.",
        examples=["processing-queue"],
    )


class BlobTrigger(_AnyTrigger):
    """A function called for each created or updated blob."""

    type: Literal["blob"] = "blob"
    path: str = Field(
        description="Container and pattern, the container declared in the storage by itself.",
        examples=["uploads/{name}"],
    )


Trigger = Annotated[
    HttpTrigger | TimerTrigger | QueueTrigger | BlobTrigger, Field(discriminator="type")
]


class FunctionApp(SpecModel):
    """One function app: a folder in ``functions/``, a container, a process, a port."""

    model_config = ConfigDict(json_schema_extra=_required("name"))

    name: str = Field(
        description="Lowercase letters, digits and single hyphens, 2 to 60, a letter first.",
        examples=["orchestrator"],
        json_schema_extra=_KEBAB,
    )
    port: WholeNumber = Field(
        description="Its port on this machine; the next free number from 7071 if omitted.",
        examples=[7071],
        json_schema_extra={"minimum": 1024, "maximum": 65535},
    )
    triggers: tuple[Trigger, ...] = Field(
        description="What its functions answer to, one function each; http if omitted.",
        json_schema_extra=_or_type,
    )
    purpose: str = Field(default="", description="What it is for, in a line.")

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, data: object) -> object:
        return expand_app(data)


class StorageItem(SpecModel):
    """A blob container or a queue."""

    name: str = Field(
        description="3 to 63 lowercase letters, digits and single hyphens.",
        examples=["uploads"],
        json_schema_extra=_CONTAINER,
    )
    description: str = Field(default="", description="What lies in it, in a line.")


class Table(StorageItem):
    """A table; what its keys and fields mean is for people: the README and the memory say it."""

    name: str = Field(
        description="3 to 63 letters and digits, a letter first.",
        examples=["AuditLog"],
        json_schema_extra=_TABLE,
    )
    partition_key: str = Field(
        default="", description="What PartitionKey holds.", examples=["filename"]
    )
    row_key: str = Field(default="", description="What RowKey holds.", examples=["timestamp"])
    fields: tuple[str, ...] = Field(
        default=(), description="The names of the other properties.", examples=[["status"]]
    )


class Storage(SpecModel):
    """What the storage emulator holds when the project is up."""

    blob_containers: tuple[StorageItem, ...] = Field(
        default=(), description="Blob containers.", json_schema_extra=_or_name(_CONTAINER)
    )
    queues: tuple[StorageItem, ...] = Field(
        default=(), description="Queues.", json_schema_extra=_or_name(_CONTAINER)
    )
    tables: tuple[Table, ...] = Field(
        default=(), description="Tables.", json_schema_extra=_or_name(_TABLE)
    )


class LocalPackage(SpecModel):
    """A Python package of the project's own that its apps share."""

    name: str = Field(description="The name it is installed under.", examples=["data-utils"])
    path: str = Field(
        description="Its folder, relative to the project and inside it.", examples=["./data-utils"]
    )
    purpose: str = Field(default="", description="What it is for, in a line.")


class EnvironmentVariable(SpecModel):
    """A setting that every app receives."""

    name: str = Field(
        description="Letters, digits and underscores, no digit first.",
        examples=["LOG_LEVEL"],
        json_schema_extra={"pattern": f"^{VARIABLE}$"},
    )
    default: str = Field(
        default="",
        description="Its value unless .env.local sets another; never a secret.",
        json_schema_extra={"type": ["string", "number", "boolean", "null"]},
    )
    description: str = Field(default="", description="What it means, in a line.")


class Volume(SpecModel):
    """A folder of this machine that the app containers see."""

    source: str = Field(
        description="A folder in the project, or one under the home folder as ~/… or $HOME/….",
        examples=["~/.azure", "./data"],
    )
    target: str = Field(
        description="Absolute path in the container; HOME is /home there.",
        examples=["/home/.azure"],
    )
    read_only: bool = Field(default=True, description="Whether the container may only read it.")


class Spec(SpecModel):
    """A whole project."""

    project_name: str = Field(
        description="Lowercase letters, digits and single hyphens, 2 to 60, a letter first.",
        examples=["my-data-pipeline"],
        json_schema_extra=_KEBAB,
    )
    blueprint: str | None = Field(
        default=None, description="The blueprint that the project was begun from."
    )
    runtime: Runtime = Field(default=Runtime(), description="Language and version of every app.")
    programming_model: Literal["v2"] = Field(
        default="v2", description="How functions are written: v2 is Python with decorators."
    )
    dependency_manager: Literal["pip", "poetry", "uv"] = Field(
        default="pip", description="What locks and installs each app's packages."
    )
    function_apps: tuple[FunctionApp, ...] = Field(
        description="The function apps, one or more.",
        json_schema_extra=_or_name(_KEBAB, minItems=1),
    )
    storage: Storage = Field(
        default=Storage(),
        description="Blob containers, queues and tables beyond those that triggers name.",
    )
    local_packages: tuple[LocalPackage, ...] = Field(
        default=(), description="Python packages of the project's own, installed in every app."
    )
    environment: tuple[EnvironmentVariable, ...] = Field(
        default=(), description="Settings that every app receives."
    )
    system_packages: tuple[str, ...] = Field(
        default=(),
        description="Debian packages installed in the containers.",
        examples=[["libgomp1"]],
    )
    azure_cli: bool = Field(default=False, description="Whether the containers have the Azure CLI.")
    volumes: tuple[Volume, ...] = Field(
        default=(), description="Folders of this machine that the containers see."
    )
    check: CheckOptions = Field(
        default=CheckOptions(), description="How `funcyard check` looks at the project."
    )
    reasons: dict[str, str] = Field(
        default_factory=dict,
        description="Why a choice departs from its default: dotted field to a sentence.",
        examples=[{"dependency_manager": "Poetry locks each app's dependencies"}],
    )

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, data: object) -> object:
        return expand_spec(data)

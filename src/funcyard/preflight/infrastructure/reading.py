"""The deployments that a tree describes: each template, once for every file of parameters it has.

A template that another one deploys is read as part of that one. A file of parameters belongs to the
template that it names (``using``), to the one it is called after, or to the only one that knows all
its parameters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from funcyard.plain_files import open_bytes, read_text
from funcyard.preflight.infrastructure.arm import read_arm, read_arm_parameters
from funcyard.preflight.infrastructure.bicep import read_bicep, read_bicep_parameters
from funcyard.preflight.infrastructure.registry import is_in_registry, known_module
from funcyard.preflight.infrastructure.scope import Scope
from funcyard.preflight.infrastructure.syntax import Expression, Parameter, Template

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.preflight.infrastructure.resources import Resource, Unread
    from funcyard.preflight.infrastructure.value import Value

_OF_INTEREST = re.compile(r"Microsoft\.(App|Web)/|avm/res/(app|web)/", re.IGNORECASE)
_SCHEMA = re.compile(r'"\$schema"\s*:\s*"[^"]*/(\w+?)\.json#?"')
_HEAD = 4096
_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Deployment:
    """What one template would deploy with one set of parameters.

    Attributes:
        template: The template's file, as findings tell it.
        parameters: The file of parameters, empty where the defaults count.
        resources: Everything that may be deployed or is looked up, modules included.
        unread: The modules that it deploys and that are not read, as nobody knows them here.
        live: Whether this is what Azure says that it has, rather than a template.
    """

    template: str
    parameters: str
    resources: tuple[Resource, ...]
    unread: tuple[Unread, ...] = ()
    live: bool = False

    def of_type(self, kind: str) -> Iterator[Resource]:
        """Yield the resources of a type that are deployed, not only looked up."""
        for resource in self.resources:
            if resource.type.lower() == kind.lower() and not resource.existing:
                yield resource


class Infrastructure:
    """The infrastructure files below a folder, read when they are first asked for.

    Args:
        root: The folder, absolute.
        files: Every file below it, relative, with forward slashes.
        live: What Azure says that it has, to be looked at like a template.
    """

    def __init__(self, root: Path, files: Iterable[str], live: Iterable[Deployment] = ()) -> None:
        self._root = root
        self._live = tuple(live)
        self._files = tuple(files)
        self._templates: dict[str, Template | None] = {}
        self._texts: dict[str, str] = {}

    def lines(self, file: str) -> list[str]:
        """Return the lines of a file, none where it cannot be read."""
        return self._text(file).splitlines()

    def line(self, value: Value) -> str:
        """Return the line on which a value is written, or what Azure says of it."""
        if value.told:
            return value.told
        lines = self.lines(value.file)
        return lines[value.line - 1].strip() if 0 < value.line <= len(lines) else ""

    @cached_property
    def deployments(self) -> tuple[Deployment, ...]:
        """What would be deployed, template by template, and what is."""
        return (*self._templates_of_interest(), *self._live)

    def _templates_of_interest(self) -> tuple[Deployment, ...]:
        bicep = [name for name in self._files if name.endswith(".bicep")]
        schemas = {name: self._schema(name) for name in self._files if name.endswith(".json")}
        arm = [
            name
            for name, schema in schemas.items()
            if schema.lower().endswith("deploymenttemplate")
        ]
        if not any(_OF_INTEREST.search(self._text(name)) for name in (*bicep, *arm)):
            return ()
        templates = {name: found for name in (*bicep, *arm) if (found := self._template(name))}
        deployed = {
            _beside(name, declared.source)
            for name, template in templates.items()
            for declared in template.declared
            if declared.source
        }
        given = list(self._given(templates, schemas))
        roots = [
            name for name in templates if name not in deployed or any(g[1] == name for g in given)
        ]
        return tuple(self._deployments(roots, templates, given))

    def _deployments(
        self,
        roots: list[str],
        templates: dict[str, Template],
        given: list[tuple[str, str, dict[str, Expression]]],
    ) -> Iterator[Deployment]:
        for root in roots:
            sets = [(file, values) for file, template, values in given if template == root]
            for file, values in sets or [("", {})]:
                own = Template(file or root)
                own.variables.update(values)
                held = Scope(own, {}, self._load)
                known = {name: held.evaluate(value) for name, value in values.items()}
                scope = Scope(templates[root], known, self._load)
                resources = tuple(scope.resources())
                yield Deployment(root, file, resources, scope.unread)

    def _given(
        self, templates: dict[str, Template], schemas: dict[str, str]
    ) -> Iterator[tuple[str, str, dict[str, Expression]]]:
        """Yield each file of parameters with its template and its values."""
        for name in self._files:
            if name.endswith(".bicepparam"):
                read = read_bicep_parameters(self._text(name))
                if read and (template := _beside(name, read[0])) in templates:
                    yield name, template, read[1]
            elif schemas.get(name, "").lower().endswith("deploymentparameters"):
                values = read_arm_parameters(self._text(name))
                template = _owner(name, values or {}, templates)
                if values is not None and template:
                    yield name, template, values

    def _load(self, above: str, source: str) -> Template | None:
        if is_in_registry(source):
            return known_module(source)
        return self._template(_beside(above, source))

    def _template(self, name: str) -> Template | None:
        if name not in self._templates:
            text = self._text(name) if name in self._files else ""
            read = read_bicep if name.endswith(".bicep") else read_arm
            self._templates[name] = read(text, name) if text else None
        return self._templates[name]

    def _text(self, name: str) -> str:
        if name not in self._texts:
            path = self._root / name
            try:
                small = path.stat().st_size <= _LARGEST
                text = read_text(path, "utf-8-sig", "replace") if small else ""
            except OSError:
                text = ""
            self._texts[name] = text
        return self._texts[name]

    def _schema(self, name: str) -> str:
        """Return the name of the schema that a JSON file begins with, empty for none."""
        path = self._root / name
        try:
            with open_bytes(path) as file:
                head = file.read(_HEAD).decode(errors="replace")
        except OSError:
            return ""
        found = _SCHEMA.search(head)
        return found[1] if found else ""


def _owner(name: str, values: dict[str, Expression], templates: dict[str, Template]) -> str:
    """Return the template that a JSON file of parameters is for, empty where that is open."""
    path = PurePosixPath(name)
    folders = (path.parent, path.parent.parent)
    parts = path.name.split(".")
    near = [known for known in templates if PurePosixPath(known).parent in folders]
    called = [known for known in near if PurePosixPath(known).stem == parts[0]]
    if len(called) == 1:
        return called[0]
    fitting = [known for known in near if _takes(templates[known].parameters, values)]
    return fitting[0] if len(fitting) == 1 else ""


def _takes(parameters: dict[str, Parameter], values: dict[str, Expression]) -> bool:
    names = {name.lower() for name in values}
    needed = {name.lower() for name, item in parameters.items() if item.default is None}
    return needed <= names <= {name.lower() for name in parameters}


def _beside(file: str, source: str) -> str:
    """Return a path that a file names, as the tree names it."""
    parts: list[str] = []
    for part in (*PurePosixPath(file).parent.parts, *PurePosixPath(source).parts):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)

"""Templates with their files of parameters: each template, once for every set it is deployed with.

A template that another one deploys is read as part of that one. A file of parameters belongs to the
template that it names (``using``), to the one it is called after, or to the only one that knows all
its parameters.
"""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from funcyard.plain_files import open_bytes, read_text
from funcyard.preflight.infrastructure.arm import read_arm, read_arm_parameters
from funcyard.preflight.infrastructure.bicep import read_bicep, read_bicep_parameters
from funcyard.preflight.infrastructure.deployment import Deployment
from funcyard.preflight.infrastructure.registry import is_in_registry, known_module
from funcyard.preflight.infrastructure.scope import Scope
from funcyard.preflight.infrastructure.syntax import Expression, Parameter, Template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

OF_INTEREST = r"Microsoft\.(App|Web)/|avm/res/(app|web)/"
"""What a template holds that describes something that may run an app."""
_OF_INTEREST = re.compile(OF_INTEREST, re.IGNORECASE)
_SCHEMA = re.compile(r'"\$schema"\s*:\s*"[^"]*/(\w+?)\.json#?"')
_HEAD = 4096
_LARGEST = 4 * 1024 * 1024


class Templates:
    """The templates among some files, read when they are first asked for.

    Args:
        root: The checked folder, absolute.
        files: The files, relative to it, with forward slashes; those above it begin with ``..``.
    """

    def __init__(self, root: Path, files: Iterable[str]) -> None:
        self._root = root
        self._files = tuple(files)
        self._templates: dict[str, Template | None] = {}
        self._texts: dict[str, str] = {}

    def text(self, name: str) -> str:
        """Return what a file holds, nothing where it cannot be read."""
        if name not in self._texts:
            path = self._root / name
            try:
                small = path.stat().st_size <= _LARGEST
                text = read_text(path, "utf-8-sig", "replace") if small else ""
            except OSError:
                text = ""
            self._texts[name] = text
        return self._texts[name]

    def deployments(self) -> tuple[Deployment, ...]:
        """Return what would be deployed, template by template; nothing where none runs an app."""
        bicep = [name for name in self._files if name.endswith(".bicep")]
        schemas = {name: self._schema(name) for name in self._files if name.endswith(".json")}
        arm = [
            name
            for name, schema in schemas.items()
            if schema.lower().endswith("deploymenttemplate")
        ]
        if not any(_OF_INTEREST.search(self.text(name)) for name in (*bicep, *arm)):
            return ()
        templates = {name: found for name in (*bicep, *arm) if (found := self._template(name))}
        deployed = {
            self._beside(name, declared.source)
            for name, template in templates.items()
            for declared in template.declared
            if declared.source and not is_in_registry(declared.source)
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
                read: set[str] = {root, file} - {""}
                own = Template(file or root)
                own.variables.update(values)
                held = Scope(own, {}, self._loader(read))
                known = {name: held.evaluate(value) for name, value in values.items()}
                scope = Scope(templates[root], known, self._loader(read))
                resources = tuple(scope.resources())
                yield Deployment(root, file, resources, scope.unread, files=frozenset(read))

    def _given(
        self, templates: dict[str, Template], schemas: dict[str, str]
    ) -> Iterator[tuple[str, str, dict[str, Expression]]]:
        """Yield each file of parameters with its template and its values."""
        for name in self._files:
            if name.endswith(".bicepparam"):
                read = read_bicep_parameters(self.text(name))
                if read and (template := self._beside(name, read[0])) in templates:
                    yield name, template, read[1]
            elif schemas.get(name, "").lower().endswith("deploymentparameters"):
                values = read_arm_parameters(self.text(name))
                template = _owner(name, values or {}, templates)
                if values is not None and template:
                    yield name, template, values

    def _loader(self, read: set[str]) -> Callable[[str, str], Template | None]:
        """Return what finds the templates that one deploys, and notes which it read."""

        def load(above: str, source: str) -> Template | None:
            if is_in_registry(source):
                return known_module(source)
            name = self._beside(above, source)
            read.add(name)
            return self._template(name)

        return load

    def _template(self, name: str) -> Template | None:
        if name not in self._templates:
            text = self.text(name) if name in self._files else ""
            read = read_bicep if name.endswith(".bicep") else read_arm
            self._templates[name] = read(text, name) if text else None
        return self._templates[name]

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

    def _beside(self, file: str, source: str) -> str:
        """Return a path that a file names, relative to the checked folder."""
        path = os.path.normpath(self._root / posixpath.dirname(file) / source)
        return Path(os.path.relpath(path, self._root)).as_posix()


def _owner(name: str, values: dict[str, Expression], templates: dict[str, Template]) -> str:
    """Return the template that a JSON file of parameters is for, empty where that is open."""
    folder = posixpath.dirname(name)
    folders = (folder, posixpath.normpath(posixpath.join(folder, "..")))
    stem = PurePosixPath(name).name.split(".")[0]
    near = [known for known in templates if posixpath.dirname(known) in folders]
    called = [known for known in near if PurePosixPath(known).stem == stem]
    if len(called) == 1:
        return called[0]
    fitting = [known for known in near if _takes(templates[known].parameters, values)]
    return fitting[0] if len(fitting) == 1 else ""


def _takes(parameters: dict[str, Parameter], values: dict[str, Expression]) -> bool:
    names = {name.lower() for name in values}
    needed = {name.lower() for name, item in parameters.items() if item.default is None}
    return needed <= names <= {name.lower() for name in parameters}

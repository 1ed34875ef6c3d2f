"""The path of a blob trigger: which blobs it means, and what it captures from their names.

``container/{name}.csv`` means the blobs of the container whose names end in ``.csv`` and captures
the rest; a path that is only a container means each of its blobs. A parameter takes as much as it
can, slashes included, as in the real host, which also refuses a path that begins with a slash.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#blob-name-patterns
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.host.bindings.expressions import Parameter, parse_template
from funcyard.host.setting_names import resolve_settings
from funcyard.host.storage_names import CONTAINER

if TYPE_CHECKING:
    from collections.abc import Mapping


class BlobPathError(UserError):
    """A blob trigger's path cannot be watched."""

    code = "blob-path"


@dataclass(frozen=True, slots=True)
class BlobPath:
    """A parsed path.

    Attributes:
        container: The container.
        prefix: What every name begins with, to narrow the listing.
        pattern: Matches whole names; its groups are the parameters.
        names: The parameters' names in their order.
    """

    container: str
    prefix: str
    pattern: re.Pattern[str]
    names: tuple[str, ...]

    @classmethod
    def parse(cls, text: str, settings: Mapping[str, str]) -> BlobPath:
        """Parse a trigger's path.

        Raises:
            BlobPathError: The container is invalid or a parameter, a parameter comes twice, or
                nothing stands behind the slash.
            ExpressionError: A brace means nothing.
            SettingMissingError: It refers to a missing setting.
        """
        path = resolve_settings(text, settings)
        container, slash, blob = path.partition("/")
        if not CONTAINER.fullmatch(container):
            raise BlobPathError(
                f"the path {path!r} does not begin with a container's name",
                hint="container/{name}; a parameter cannot stand for the container here",
            )
        if slash and not blob:
            raise BlobPathError(
                f"the path {path!r} names no blob behind its slash",
                hint=f"{container}/{{name}}, or {container} alone",
            )
        parts = parse_template(blob) if blob else [Parameter("")]
        names = tuple(part.name for part in parts if isinstance(part, Parameter))
        if len(set(names)) != len(names):
            raise BlobPathError(f"the path {path!r} has a parameter twice")
        pattern = "".join(
            "(.+)" if isinstance(part, Parameter) else re.escape(part) for part in parts
        )
        prefix = parts[0] if isinstance(parts[0], str) else ""
        return cls(container, prefix, re.compile(pattern, re.DOTALL), names)

    def match(self, name: str) -> dict[str, str] | None:
        """Return what a blob's name gives to expressions, None where the path does not mean it."""
        found = self.pattern.fullmatch(name)
        if found is None:
            return None
        return {key: value for key, value in zip(self.names, found.groups(), strict=True) if key}

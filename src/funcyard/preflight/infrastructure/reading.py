"""The infrastructure that rules look at: described below the checked folder, above it, and live."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.templates import Templates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.value import Value


class Infrastructure:
    """What would be deployed and what is, read when it is first asked for.

    Args:
        root: The checked folder, absolute.
        files: Every file below it, relative, with forward slashes.
        live: What Azure says that it has, to be looked at like a template.
        above: Finds what templates above the folder deploy of what is checked.
    """

    def __init__(
        self,
        root: Path,
        files: Iterable[str],
        live: Iterable[Deployment] = (),
        above: Callable[[], Iterable[Deployment]] = tuple,
    ) -> None:
        self._live = tuple(live)
        self._above = above
        self._templates = Templates(root, files)

    def lines(self, file: str) -> list[str]:
        """Return the lines of a file, none where it cannot be read."""
        return self._templates.text(file).splitlines()

    def line(self, value: Value) -> str:
        """Return the line on which a value is written, or what Azure says of it."""
        if value.told:
            return value.told
        lines = self.lines(value.file)
        return lines[value.line - 1].strip() if 0 < value.line <= len(lines) else ""

    @cached_property
    def deployments(self) -> tuple[Deployment, ...]:
        """What would be deployed, template by template, and what is.

        A template that one above the folder deploys is read as part of that one.
        """
        above = tuple(self._above())
        read = {file for deployment in above for file in deployment.files}
        below = self._templates.deployments()
        return (*(one for one in below if one.template not in read), *above, *self._live)

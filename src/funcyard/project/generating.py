"""All files of a project from its spec: the blueprint found, the templates rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.project.account_key import generate_key
from funcyard.project.catalog import blueprint
from funcyard.project.renderer import Inputs, render

if TYPE_CHECKING:
    from datetime import datetime

    from funcyard.project.files import GeneratedFile
    from funcyard.project.spec import Spec
    from funcyard.project.views import Remarks


def generate(
    spec: Spec, *, now: datetime, key: str | None = None, remarks: Remarks | None = None
) -> tuple[GeneratedFile, ...]:
    """Return every file of the project that ``spec`` describes.

    Args:
        spec: Complete, as ``reading`` returns it.
        now: The time to write into files that say when they were made.
        key: Account key for ``.env.local``; a new one unless given. It is written only where that
            file does not exist.
        remarks: What documents have to say of functions that the code has not as the spec says.

    Raises:
        UnknownBlueprintError: The spec's blueprint is not in this Funcyard.
    """
    base = blueprint(spec.blueprint) if spec.blueprint else None
    return render(spec, Inputs(key or generate_key(), now, base, remarks or {}))

"""The sound parts of a twin's folder, as the checks across files see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from funcyard.twin.config.files import MODELS

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

PartT = TypeVar("PartT", bound="BaseModel")


@dataclass(slots=True)
class Parts:
    """What is sound.

    Attributes:
        folder: The twin's folder.
        models: The model of each file that says something sound.
        broken: The files of which something is missing in their models, or which have none.
    """

    folder: Path
    models: dict[str, BaseModel] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def get(self, kind: type[PartT]) -> PartT | None:
        """Return what is sound of a file by its model, None where nothing is."""
        file = next(name for name, model in MODELS.items() if model is kind)
        model = self.models.get(file)
        return model if isinstance(model, kind) else None

    def is_whole(self, file: str) -> bool:
        """Tell whether all of a file is known, so that it may be said what is not in it."""
        return file not in self.broken

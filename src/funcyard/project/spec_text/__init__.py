"""The text of a spec: written for a new project, edited in place for one that a person owns.

Editing changes characters only where the change is, so that comments, quotes, order and layout
stay as they were; what was meant and what the text now says are compared before it is returned.
"""

from __future__ import annotations

from funcyard.project.spec_text.editing import (
    SpecEditError,
    add_app,
    add_storage,
    remove_app,
    set_value,
)
from funcyard.project.spec_text.writing import to_yaml

__all__ = ["SpecEditError", "add_app", "add_storage", "remove_app", "set_value", "to_yaml"]

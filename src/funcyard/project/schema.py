"""The published JSON Schema of ``funcyard.yaml``: what editors complete and check while one types.

Made of the models, kept as a file beside them, equal by test. It knows shapes, names and
descriptions; the rules across fields are known to ``funcyard validate`` alone.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from funcyard.project.spec import Spec

SCHEMA_FILE = "funcyard.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def make_schema() -> dict[str, Any]:
    """Return the JSON Schema that the models make."""
    schema = Spec.model_json_schema(mode="validation")
    return {
        "$schema": DIALECT,
        **schema,
        "title": "funcyard.yaml",
        "description": "The spec of a Funcyard project; `funcyard validate` checks the rest.",
    }


def make_schema_text() -> str:
    """Return the JSON Schema as the text of its file."""
    return json.dumps(make_schema(), indent=2, ensure_ascii=False) + "\n"


def schema_text() -> str:
    """Return the published JSON Schema as it is shipped."""
    return resources.files("funcyard.project").joinpath(SCHEMA_FILE).read_text("utf-8")

"""The published JSON Schema of each file: what editors complete and check while one types.

Made of the models, kept as files beside them, equal by test. They know shapes, names and
descriptions; the rules across fields and files are known to ``funcyard twin validate`` alone.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from funcyard.twin.config.files import MODELS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def make_schema(file: str) -> dict[str, Any]:
    """Return the JSON Schema that the model of a file makes."""
    schema = MODELS[file].model_json_schema(mode="validation", by_alias=True)
    return {"$schema": DIALECT, **schema, "title": file}


def make_schema_text(file: str) -> str:
    """Return that JSON Schema as the text of its file."""
    return json.dumps(make_schema(file), indent=2, ensure_ascii=False) + "\n"


def schema_name(file: str) -> str:
    """Return what the schema of a file is called: ``config.schema.json`` of ``config.json``."""
    return file.rpartition("/")[2].removesuffix(".json") + ".schema.json"


def schema_text(file: str) -> str:
    """Return the published JSON Schema of a file as it is shipped."""
    folder = resources.files("funcyard.twin.config").joinpath("schemas")
    return folder.joinpath(schema_name(file)).read_text("utf-8")

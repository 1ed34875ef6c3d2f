"""A survey that found functions with given bindings."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.preflight.given import EMPTY

from funcyard.functions.model import Binding, Function, Index
from funcyard.functions.survey import Survey


def survey_of(**bindings: dict[str, str]) -> Survey:
    """Return a survey of one function each: its name, and its trigger's properties by name.

    The functions stand in ``function_app.py``, one a line from line 10 on.
    """
    functions = tuple(
        Function(
            name=name,
            script_file="function_app.py",
            bindings=(Binding("item", properties["type"], "in", dict(properties)),),
            file="function_app.py",
            line=line,
        )
        for line, (name, properties) in enumerate(bindings.items(), start=10)
    )
    return replace(EMPTY, index=Index(functions=functions))

"""Fixes of annotations that the worker refuses: the class that is meant, or no annotation."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from funcyard.preflight.annotations import RETURN, annotation_of, annotations_of
from funcyard.preflight.causes import Cause
from funcyard.preflight.code.decorators import class_for
from funcyard.preflight.fixes.fix import Change, Fix
from funcyard.preflight.fixes.text import Edit, Text
from funcyard.preflight.rules import (
    annotation_does_not_fit,
    annotation_not_a_class,
    return_annotation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.annotations import Annotation
    from funcyard.preflight.code.definitions import Definition
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.faults import Fault

_RULES = {
    Cause.NOT_A_CLASS: annotation_not_a_class.RULE.id,
    Cause.DOES_NOT_FIT: annotation_does_not_fit.RULE.id,
    Cause.RETURN: return_annotation.RULE.id,
}
MENDED = frozenset(_RULES.values())
"""The rules whose findings these fixes mend."""

_COLON = re.compile(r"\s*:\s*")
_ARROW = re.compile(r"\s*->\s*\Z")


def annotation_fixes(app: AppFacts) -> Iterator[Fix]:
    """Yield a fix for each function that fails for its annotations, where one is known."""
    for fault in app.faults:
        rule = _RULES.get(fault.cause)
        if rule is None or fault.definition is None:
            continue
        named = _named(fault)
        if named is None or not _is_mendable(named):
            continue
        edits = refused_edits(fault.definition, named)
        if edits:
            source = fault.definition.source
            change = Change(source.path, source.name, edits)
            yield Fix(app.name, rule, fault.file, named.line, (fault.function,), (change,))


def refused_edits(definition: Definition, named: Annotation | None = None) -> tuple[Edit, ...]:
    """Return the edits of every annotation of a function that the worker is known to refuse.

    Args:
        definition: The function.
        named: An annotation that it said to refuse.
    """
    text = Text.read(definition.source.path)
    if text is None:
        return ()
    wanted = {annotation.parameter: annotation for annotation in _refused(definition)}
    if named is not None:
        wanted[named.parameter] = named
    mendable = [annotation for annotation in wanted.values() if _is_mendable(annotation)]
    edits = [_edit(text, annotation) for annotation in mendable]
    imports = [_importing(text, annotation) for annotation in mendable if annotation.imports]
    return tuple(dict.fromkeys(edit for edit in (*imports, *edits) if edit is not None))


def _named(fault: Fault) -> Annotation | None:
    """Return the annotation at fault."""
    if fault.definition is None:
        return None
    if fault.cause is Cause.NOT_A_CLASS:
        return annotation_not_a_class.refused_annotation(fault)
    parameter = RETURN if fault.cause is Cause.RETURN else fault.given.get("parameter", "")
    found = annotation_of(fault.definition, parameter, fault.given.get("type", ""))
    if found is None or fault.cause is Cause.RETURN:
        return found
    return found if found.says_nothing else None


def _refused(definition: Definition) -> Iterator[Annotation]:
    for found in annotations_of(definition):
        decorator = definition.binding(found.parameter)
        if decorator is None or decorator.is_output:
            continue
        if found.is_never_a_class or (found.says_nothing and class_for(found.binding)):
            yield found
    returned = annotation_of(definition, RETURN)
    if returned is not None and returned.binding and (returned.is_alias or returned.says_nothing):
        yield returned


def _is_mendable(annotation: Annotation) -> bool:
    decorator = annotation.definition.binding(annotation.parameter)
    if decorator is not None and decorator.is_output:
        return False
    return annotation.instead not in {None, annotation.written}


def _edit(text: Text, annotation: Annotation) -> Edit | None:
    start, end = text.start_of(annotation.node), text.end_of(annotation.node)
    if annotation.instead:
        return Edit(start, end, annotation.instead)
    if annotation.parameter == RETURN:
        arrow = _ARROW.search(text.content, 0, start)
        return Edit(arrow.start(), end, "") if arrow else None
    parameter = annotation.definition.parameters[annotation.parameter]
    after = re.compile(r"\w+").match(text.content, text.start_of(parameter))
    colon = _COLON.fullmatch(text.content, after.end(), start) if after else None
    return Edit(colon.start(), end, "") if colon else None


def _importing(text: Text, annotation: Annotation) -> Edit:
    """Return what adds the import of an annotation above everything that may need it."""
    last = 0
    tree = annotation.definition.source.tree
    for node in tree.body if tree else ():
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not is_docstring and not is_future:
            break
        last = node.end_lineno or last
    position = text.after_line(last) if last else text.beginning
    return Edit(position, position, f"{annotation.imports}\n")

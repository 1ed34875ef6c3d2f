"""Annotations that the worker refuses, and what to write instead.

The worker wants a class, or an alias of ``typing`` where the binding takes lists. A parameter
without annotation is always accepted.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.code.decorators import class_for
from funcyard.preflight.code.names import FUNCTIONS, dotted, origins, spelled
from funcyard.preflight.fixes.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.preflight.code.definitions import Definition

RETURN = "return"
ANYTHING = frozenset({"typing.Any", "object"})
"""Annotations that say nothing of a value, so that another in their place takes nothing away."""

_BUILTIN = frozenset({"dict", "frozenset", "list", "set", "tuple", "type"})
_TYPING = {f"typing.{name.title()}": name for name in ("dict", "list", "set", "tuple")}
_WRAPPERS = frozenset({"typing.Optional", "typing.Union"})
_NEVER_CLASSES = frozenset({*_WRAPPERS, "typing.Callable", "typing.Tuple"})
_TEXTS = frozenset({"str", "bytes"})
_LIST = "typing.List"
_BATCHED = frozenset({"eventHubTrigger", "kafkaTrigger", "serviceBusTrigger"})
"""The triggers that hand many over at once, and that the worker accepts ``typing.List`` on."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation of a parameter, or of the returned value.

    Attributes:
        definition: The function.
        parameter: The parameter, or ``return``.
        node: Where it is written.
        written: As it is written.
        binding: Type of the binding it has to fit; empty where that is not known.
    """

    definition: Definition
    parameter: str
    node: ast.expr
    written: str
    binding: str

    @property
    def line(self) -> int:
        """Where it stands."""
        return self.node.lineno

    @property
    def says_nothing(self) -> bool:
        """Whether it is ``Any`` or ``object``."""
        return dotted(_plain(self.node), self._known) in ANYTHING

    @property
    def is_alias(self) -> bool:
        """Whether it is no class but an expression of classes, a union or a generic alias."""
        node = _plain(self.node)
        if isinstance(node, ast.Subscript):
            return dotted(node.value, self._known) not in {f"{FUNCTIONS}.Out", "typing.Annotated"}
        return isinstance(node, ast.BinOp) or dotted(node, self._known) in _TYPING

    @property
    def is_never_a_class(self) -> bool:
        """Whether the worker refuses it on every binding."""
        node = _plain(self.node)
        if isinstance(node, ast.Subscript):
            name = dotted(node.value, self._known)
            return name in _BUILTIN or name in _NEVER_CLASSES
        return isinstance(node, ast.BinOp)

    @property
    def instead(self) -> str | None:
        """What fits and means the same, empty for no annotation; None where that is no one's guess.

        ``dict[str, Any]`` becomes ``dict``, ``QueueMessage | None`` becomes ``QueueMessage``,
        ``Any`` on a timer becomes ``func.TimerRequest``, or nothing where the module does not
        import it; ``list[func.EventHubEvent]`` becomes ``List[func.EventHubEvent]`` where the
        trigger hands over many.
        """
        if self._is_batch:
            return f"{spelled(_LIST, self._known) or 'List'}[{self.proper}]"
        wanted = self._wanted()
        if self.says_nothing:
            return spelled(f"{FUNCTIONS}.{wanted}", self._known) if wanted else ""
        base = _base(_plain(self.node), self._known)
        name = dotted(base, self._known)
        if base is None or not name:
            return None
        if wanted and name != f"{FUNCTIONS}.{wanted}" and name not in _TEXTS:
            return None
        return _TYPING.get(name) or ast.unparse(base)

    @property
    def imports(self) -> str:
        """The import that :attr:`instead` needs and the module lacks, empty for none."""
        if self._is_batch and not spelled(_LIST, self._known):
            return "from typing import List"
        return ""

    @property
    def proper(self) -> str:
        """What is usually written for this binding, empty where that is not known."""
        wanted = self._wanted()
        if not wanted:
            return ""
        return spelled(f"{FUNCTIONS}.{wanted}", self._known) or f"func.{wanted}"

    @property
    def _is_batch(self) -> bool:
        """Whether it is ``list`` of what the trigger hands over, and that hands over many."""
        trigger = self.definition.binding(self.parameter)
        if trigger is None or trigger.type not in _BATCHED:
            return False
        match _plain(self.node), trigger.argument("cardinality"):
            case (
                ast.Subscript(value=ast.Name(id="list"), slice=inner),
                ast.Attribute(attr="MANY") | ast.Constant(value="many"),
            ):
                return dotted(inner, self._known) == f"{FUNCTIONS}.{self._wanted()}"
        return False

    @property
    def _known(self) -> Mapping[str, str]:
        tree = self.definition.source.tree
        return origins(tree) if tree else {}

    def _wanted(self) -> str:
        if self.parameter == RETURN:
            return "HttpResponse" if self.binding == "http" else ""
        return class_for(self.binding)


def annotation_of(definition: Definition, parameter: str, binding: str = "") -> Annotation | None:
    """Return the annotation of a parameter or ``return``, None where there is none.

    Args:
        definition: The function.
        parameter: Its parameter, or ``return``.
        binding: Type of its binding where that is known; else the decorators tell.
    """
    node = definition.annotation(parameter)
    if node is None:
        return None
    decorator = definition.binding(parameter)
    if parameter == RETURN and definition.decorator("route"):
        binding = binding or "http"
    source = Text(definition.source.text)
    written = source.content[source.start_of(node) : source.end_of(node)]
    kind = binding or (decorator.type if decorator else "")
    return Annotation(definition, parameter, node, " ".join(written.split()), kind)


def annotations_of(definition: Definition) -> Iterator[Annotation]:
    """Yield the annotations of the parameters that decorators bind."""
    for parameter in definition.parameters:
        found = annotation_of(definition, parameter)
        if found is not None and definition.binding(parameter) is not None:
            yield found


def _plain(node: ast.expr) -> ast.expr:
    """Return the expression that text stands for."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return node
    return node


def _base(node: ast.expr, known: Mapping[str, str]) -> ast.expr | None:
    """Return the one class that an annotation is about, None where there is no one class."""
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _only([left, right], known)
        case ast.Subscript(value=value, slice=inner) if dotted(value, known) in _WRAPPERS:
            return _only(inner.elts if isinstance(inner, ast.Tuple) else [inner], known)
        case ast.Subscript(value=value) if _is_container(dotted(value, known)):
            return value
        case ast.Name() | ast.Attribute():
            return None if dotted(node, known) in {*ANYTHING, *_NEVER_CLASSES} else node
    return None


def _only(nodes: list[ast.expr], known: Mapping[str, str]) -> ast.expr | None:
    members = [_plain(node) for node in nodes]
    rest = [node for node in members if not (isinstance(node, ast.Constant) and not node.value)]
    return _base(rest[0], known) if len(rest) == 1 else None


def _is_container(name: str) -> bool:
    return name in _BUILTIN or name in _TYPING

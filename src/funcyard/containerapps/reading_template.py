"""The template of a revision, read from Azure's document of it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from funcyard.capacity.sizes import Size, gibibytes
from funcyard.containerapps.documents import at, listed, number, pairs, quantity, text, texts
from funcyard.containerapps.template import (
    Container,
    Probe,
    Scale,
    ScaleRule,
    Template,
    Variable,
)

if TYPE_CHECKING:
    from funcyard.containerapps.documents import Document

_ACTIONS: Final = ("httpGet", "tcpSocket")
_RULES: Final = ("http", "tcp", "azureQueue", "custom")


def read_template(document: object) -> Template:
    """Return what a template says; an empty one where there is none."""
    return Template(
        containers=tuple(_container(one) for one in listed(document, "containers")),
        init_containers=tuple(_container(one) for one in listed(document, "initContainers")),
        scale=_scale(document),
        suffix=text(document, "revisionSuffix"),
    )


def _container(document: Document) -> Container:
    return Container(
        name=text(document, "name"),
        image=text(document, "image"),
        size=_size(document),
        command=texts(document, "command"),
        args=texts(document, "args"),
        variables=tuple(
            Variable(text(one, "name"), _value(one), text(one, "secretRef"))
            for one in listed(document, "env")
        ),
        probes=tuple(_probe(one) for one in listed(document, "probes")),
    )


def _value(variable: Document) -> str | None:
    """Return the value of a variable; one with neither value nor secret is empty."""
    return None if text(variable, "secretRef") else text(variable, "value")


def _size(container: Document) -> Size | None:
    cpu = quantity(container, "resources", "cpu")
    memory = gibibytes(text(container, "resources", "memory"))
    if cpu is None or memory is None:
        return None
    return Size(Fraction(str(cpu)), memory)


def _probe(document: Document) -> Probe:
    action = next((name for name in _ACTIONS if at(document, name) is not None), "")
    return Probe(
        type=text(document, "type"),
        action=action,
        port=number(document, action, "port"),
        path=text(document, action, "path"),
        scheme=text(document, action, "scheme"),
        initial_delay=number(document, "initialDelaySeconds"),
        period=number(document, "periodSeconds"),
        timeout=number(document, "timeoutSeconds"),
        failure_threshold=number(document, "failureThreshold"),
        success_threshold=number(document, "successThreshold"),
    )


def _scale(document: object) -> Scale:
    least = number(document, "scale", "minReplicas")
    most = number(document, "scale", "maxReplicas")
    usual = Scale()
    return Scale(
        least=usual.least if least is None else least,
        most=usual.most if most is None else most,
        rules=tuple(_rule(one) for one in listed(document, "scale", "rules")),
    )


def _rule(document: Document) -> ScaleRule:
    kind = next((name for name in _RULES if at(document, name) is not None), "")
    told = text(document, "custom", "type") if kind == "custom" else kind
    return ScaleRule(text(document, "name"), told, pairs(document, kind, "metadata"))

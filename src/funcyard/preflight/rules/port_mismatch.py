"""Requests sent to a port on which the image does not listen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.image.building import built_by_compose
from funcyard.preflight.image.listening import DEFAULT, ports_of
from funcyard.preflight.infrastructure.linking import linked, settings_of
from funcyard.preflight.infrastructure.telling import in_each, to_write
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.image.building import Built
    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.value import Value


def _check(facts: Facts) -> Iterator[Finding]:
    images: dict[str, list[Built]] = {}
    for image in facts.images:
        images.setdefault(image.app.name, []).append(image)

    def look(deployment: Deployment) -> Iterator[Finding]:
        for app, container, runs in linked(facts, deployment) if images else ():
            target = app.value("configuration", "ingress", "targetPort")
            number = target.as_number() if target is not None else None
            # Where there are several containers, another one may be the one that listens.
            if target is None or not number or len(app.containers or ()) > 1:
                continue
            ports = _ports(images.get(runs.name, ()), _variables(container))
            wanted = str(int(number))
            if ports is not None and wanted not in ports:
                line = facts.infrastructure.line(target)
                yield RULE.found(
                    target.file,
                    target.line,
                    f"{app.name}: requests are sent to port {wanted}, and the Functions host in"
                    f" the image of {runs.name} listens on {_listed(ports)}",
                    evidence=line,
                    next=to_write(line, "targetPort", _first(ports)),
                )

        yield from _of_sites(facts, deployment, images)

    if images:
        yield from in_each(facts.infrastructure.deployments, look)
    yield from _of_compose(facts)


def _of_sites(
    facts: Facts, deployment: Deployment, images: Mapping[str, Sequence[Built]]
) -> Iterator[Finding]:
    """Yield function apps in containers that are told a port on which nobody listens."""
    for site, runs in settings_of(facts, deployment):
        told = site.values.get("WEBSITES_PORT") if site.container is None else None
        number = told.as_number() if told is not None else None
        if told is None or not number or not site.image_name:
            continue
        given = {name: value.as_text() for name, value in site.values.items()}
        ports = _ports(images.get(runs.name, ()), given) if runs is not None else None
        wanted = str(int(number))
        if runs is not None and ports is not None and wanted not in ports:
            yield RULE.found(
                told.file,
                told.line,
                f"{site.owner}: WEBSITES_PORT is {wanted}, and the Functions host in the image of"
                f" {runs.name} listens on {_listed(ports)}",
                evidence=facts.infrastructure.line(told),
                next=f"WEBSITES_PORT: {_first(ports)}",
            )


def _of_compose(facts: Facts) -> Iterator[Finding]:
    for service, image in built_by_compose(facts):
        if service.own_command:  # then nobody knows who listens, or where
            continue
        mapped = [port.value for port in service.ports]
        ports = ports_of(image.stage, service.environment)
        if not mapped or None in mapped or ports is None or ports & set(mapped):
            continue
        place = service.ports[0].line
        yield RULE.found(
            service.file,
            place,
            f"service {service.name} maps port {_listed({str(port) for port in mapped})} of the"
            f" container, and the Functions host in the image of {image.app.name} listens on"
            f" {_listed(ports)}",
            evidence=facts.infrastructure.lines(service.file)[place - 1].strip(),
            next=f"map a port of this machine to {_first(ports)}",
            severity=Severity.WARNING,
        )


def _ports(images: Iterable[Built], given: Mapping[str, str | None]) -> frozenset[str] | None:
    """Return the ports on which one of an app's images may listen, None where that is open."""
    ports = [ports_of(image.stage, given) for image in images]
    known = [found for found in ports if found is not None]
    return frozenset().union(*known) if known and len(known) == len(ports) else None


def _variables(container: Value) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    env = container.get("env")
    for item in env.items() if env is not None else ():
        name, value = item.get("name"), item.get("value")
        if name is not None and name.as_text() is not None:
            found[name.text] = value.as_text() if value is not None else None
    return found


def _first(ports: frozenset[str]) -> str:
    return DEFAULT if DEFAULT in ports else min(ports, key=int)


def _listed(ports: frozenset[str] | set[str]) -> str:
    return " or ".join(sorted(ports, key=int))


RULE = Rule(
    id="port-mismatch",
    group=Group.IMAGE,
    severity=Severity.ERROR,
    what="Requests are sent to a port on which the image does not listen.",
    why=(
        "The Functions host of Microsoft's images listens on port 80 unless ASPNETCORE_URLS says"
        " otherwise. With another targetPort the ingress and its probes reach nobody, so the"
        " revision never becomes ready, or answers every request with an error."
    ),
    mend=(
        "Write the port on which the host listens as targetPort (WEBSITES_PORT on App Service), or"
        " set ASPNETCORE_URLS in the image."
    ),
    source=(
        "https://github.com/Azure/azure-functions-docker (ENV ASPNETCORE_URLS=http://+:80);"
        " https://learn.microsoft.com/azure/container-apps/ingress-overview"
    ),
    check=_check,
)

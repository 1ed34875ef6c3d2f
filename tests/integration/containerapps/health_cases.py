"""Container apps that do not work, each for one reason, and some that do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.integration.containerapps.health_images import NAMES, Images
from tests.integration.emulator.containerapps import container

from funcyard.containerapps.health.facts import Expected

_KEY = "Zm9v" * 20 + "Zm9vZg=="
_NOWHERE = (
    f"DefaultEndpointsProtocol=http;AccountName=nowhere;AccountKey={_KEY};"
    "BlobEndpoint=http://127.0.0.1:9/nowhere;"
)
_EXPIRED = (
    "BlobEndpoint=http://127.0.0.1:9/nowhere;SharedAccessSignature="
    "sv=2024-11-04&ss=b&srt=co&sp=rl&se=2020-01-01T00:00:00Z&sig=abc"
)
TEN = Expected(10, frozenset(NAMES))


@dataclass(frozen=True)
class Given:
    """What cases are made of.

    Attributes:
        images: The images.
        storage: Connection string of an account that works.
        wrong_key: The same with another key.
        environment: Id of the environment.
        identity: Id of an identity without any role.
    """

    images: Images
    storage: str
    wrong_key: str
    environment: str
    identity: str


@dataclass(frozen=True)
class Case:
    """An app.

    Attributes:
        properties: As it is put.
        cause: The check that names the cause; empty for an app that works.
        told: A part of what is told of it.
        then: Properties that are put over the first, once that runs.
        refused: Whether the last of both is refused.
        act: What is done to it at last: ``stop`` or ``deactivate``.
        expected: Which functions it should have.
        built: Reference of the image that was built.
        identity: What it has beside its properties.
    """

    properties: dict[str, Any]
    cause: str = ""
    told: str = ""
    then: dict[str, Any] | None = None
    refused: bool = False
    act: str = ""
    expected: Expected | None = None
    built: str = ""
    identity: dict[str, Any] = field(default_factory=dict)


def _app(
    given: Given,
    image: str,
    *,
    profile: str = "Consumption",
    ingress: Mapping[str, Any] | None = None,
    scale: Mapping[str, Any] | None = None,
    env: list[dict[str, str]] | None = None,
    configuration: Mapping[str, Any] | None = None,
    **more: Any,  # noqa: ANN401 - of the container
) -> dict[str, Any]:
    own = {"external": True, "targetPort": 80, **(ingress or {})}
    main = container("main", image, **({"env": env} if env else {}), **more)
    return {
        "environmentId": given.environment,
        "workloadProfileName": profile,
        "configuration": {"ingress": own, **(configuration or {})},
        "template": {"containers": [main], "scale": {"minReplicas": 1, **(scale or {})}},
    }


def _functions(given: Given, image: str, storage: str | None = None) -> dict[str, Any]:
    connection = given.storage if storage is None else storage
    secrets = [{"name": "storage", "value": connection}]
    env = [{"name": "AzureWebJobsStorage", "secretRef": "storage"}]
    return _app(given, image, env=env, configuration={"secrets": secrets})


def _probe(kind: str, path: str = "/", port: int = 80, **more: int) -> dict[str, Any]:
    return {"type": kind, "httpGet": {"path": path, "port": port}, "periodSeconds": 5, **more}


def broken(given: Given) -> dict[str, Case]:
    """Return the apps that do not work, by why."""
    images = given.images
    plain, server = images.plain.reference, images.registry.server
    whole = {"cpu": 16, "memory": "128Gi"}
    large = _app(given, plain, profile="E16", resources=whole)
    private = [{"server": server, "username": images.registry.user, "passwordSecretRef": "pull"}]
    by_identity = [{"server": server, "identity": given.identity}]
    running = _app(given, plain)
    old = {"traffic": [{"revisionName": "OLD", "weight": 100}]}
    return {
        "no such tag": Case(_app(given, f"{plain}-none"), "image", "there is no image"),
        "no such registry": Case(
            _app(given, "nowhere.azurecr.io/app:1"), "image", "cannot be pulled"
        ),
        "password expired": Case(
            _app(
                given,
                plain,
                configuration={
                    "registries": private,
                    "secrets": [{"name": "pull", "value": "expired"}],
                },
            ),
            "image",
            "(secret pull): it is wrong, or it has expired",
        ),
        "role to pull": Case(
            _app(given, plain, configuration={"registries": by_identity}),
            "roles",
            "lacks AcrPull",
            identity={"type": "UserAssigned", "userAssignedIdentities": {given.identity: {}}},
        ),
        "another digest": Case(
            _app(given, plain),
            "image",
            "it is not what was built",
            built=images.functions.reference,
        ),
        "no such command": Case(
            _app(given, plain, command=["/app/none"]), "image", "cannot be started"
        ),
        "capacity": Case(
            large,
            "capacity",
            "need 2 nodes, and there are at most 1",
            then=_app(
                given,
                plain,
                profile="E16",
                resources=whole,
                env=[{"name": "SECOND", "value": "1"}],
            ),
        ),
        "profile": Case(_app(given, plain, profile="nowhere"), "changes", "refused", refused=True),
        "cpu and memory": Case(
            _app(given, plain, resources={"cpu": 0.5, "memory": "4Gi"}),
            "changes",
            "ContainerAppInvalidResourceTotal",
            refused=True,
        ),
        "target port": Case(
            _app(given, plain, ingress={"targetPort": 8080}),
            "port",
            "sent to port 8080, and the app listens on 80",
        ),
        "port of the app": Case(
            _app(given, plain, env=[{"name": "LISTEN", "value": "8081"}]),
            "port",
            "sent to port 80, and the app listens on 8081",
        ),
        "path of a probe": Case(
            _app(given, plain, probes=[_probe("Liveness", "/nowhere", failureThreshold=1)]),
            "probes",
            "gets 404",
        ),
        "port of a probe": Case(
            _app(given, plain, probes=[_probe("Startup", port=81, failureThreshold=2)]),
            "probes",
            "at port 81, and the app listens on 80",
        ),
        "patience of a probe": Case(
            _app(
                given,
                plain,
                probes=[_probe("Startup", failureThreshold=1)],
                env=[{"name": "SLOW", "value": "1000"}],
            ),
            "probes",
            "gives up after",
        ),
        "crash loop": Case(
            _app(given, plain, command=["python", "-S", "-E", "/app/crash.py"]),
            "logs",
            "there is no module nowhere_to_be_found",
        ),
        "memory": Case(
            _app(
                given,
                plain,
                command=["python", "-S", "-E", "/app/hungry.py"],
                resources={"cpu": 0.25, "memory": "0.5Gi"},
            ),
            "replicas",
            "more memory than it may",
        ),
        "missing setting": Case(
            _app(given, plain), "settings", "AzureWebJobsStorage is missing", expected=TEN
        ),
        "development storage": Case(
            _functions(given, plain, "UseDevelopmentStorage=true"),
            "storage",
            "no replica reaches",
            expected=TEN,
        ),
        "storage unreachable": Case(
            _functions(given, plain, _NOWHERE), "storage", "cannot be reached", expected=TEN
        ),
        "key of the storage": Case(
            _functions(given, plain, given.wrong_key),
            "storage",
            "it refuses the key",
            expected=TEN,
        ),
        "signature expired": Case(
            _functions(given, plain, _EXPIRED),
            "storage",
            "expired at 2020-01-01 00:00 UTC",
            expected=TEN,
        ),
        "0 functions refused": Case(
            _functions(given, images.none.reference),
            "functions",
            "0 found, expected 10: the worker refuses a function",
            expected=TEN,
        ),
        "0 functions registered": Case(
            _functions(given, images.empty.reference),
            "functions",
            "0 found, expected 10",
            expected=TEN,
        ),
        "9 of 10 functions": Case(
            _functions(given, images.nine.reference),
            "functions",
            "9 found, expected 10: function_9 missing",
            expected=TEN,
        ),
        "revision mode": Case(
            running,
            "revisions",
            "the latest, gets no requests",
            then=_app(
                given,
                plain,
                ingress=old,
                env=[{"name": "SECOND", "value": "1"}],
                configuration={"activeRevisionsMode": "Multiple"},
            ),
        ),
        "scaled to zero": Case(
            {
                **_app(given, plain, scale={"minReplicas": 0}),
                "configuration": {"ingress": None},
            },
            "replicas",
            "nothing wakes it",
        ),
        "stopped": Case(running, "app", "was stopped", act="stop"),
        "deactivated": Case(
            _app(given, plain, configuration={"activeRevisionsMode": "Multiple"}),
            "revisions",
            "none of the 1 revisions is active",
            act="deactivate",
        ),
    }


def healthy(given: Given) -> dict[str, Case]:
    """Return apps of which nothing is wrong."""
    plain = given.images.plain.reference
    digest = f"{plain.rpartition(':')[0]}@{given.images.plain.digest}"
    functions = given.images.functions.reference
    rule = {"name": "web", "http": {"metadata": {"concurrentRequests": "5"}}}
    return {
        "plain": Case(_app(given, plain)),
        "by digest": Case(_app(given, digest), built=plain),
        "functions": Case(_functions(given, functions), expected=TEN),
        "functions by number": Case(_functions(given, functions), expected=Expected(10)),
        "with probes": Case(_app(given, plain, probes=[_probe("Readiness", "/ready")])),
        "slow and patient": Case(
            _app(
                given,
                plain,
                probes=[_probe("Startup", failureThreshold=10)],
                env=[{"name": "SLOW", "value": "0.3"}],
            )
        ),
        "three replicas": Case(_app(given, plain, scale={"minReplicas": 3})),
        "may sleep": Case(_app(given, plain, scale={"minReplicas": 0, "rules": [rule]})),
        "without ingress": Case(
            {**_app(given, plain), "configuration": {"ingress": None}},
        ),
        "both revisions": Case(
            _app(given, plain),
            then=_app(
                given,
                plain,
                ingress={"traffic": [{"latestRevision": True, "weight": 100}]},
                env=[{"name": "SECOND", "value": "1"}],
                configuration={"activeRevisionsMode": "Multiple"},
            ),
        ),
    }

"""From what a person wants of an app to what the runtime is asked to run.

What Azure puts into the environment of every container is there, too
(https://learn.microsoft.com/azure/container-apps/environment-variables).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import identities, resources
from funcyard.emulator.containerapps.addresses import fqdn
from funcyard.emulator.containerapps.runtime.wanted import (
    ContainerSpec,
    Mount,
    ProbeKind,
    ProbeSpec,
    RegistryLogin,
    ReplicaSpec,
    RestartPolicy,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept

_GRACE_SECONDS: Final = 30


def of_app(
    core: Core, app: Kept, revision: Kept, name: str, values: Mapping[str, str], scratch: Path
) -> ReplicaSpec:
    """Return a replica of a revision.

    Args:
        core: Where the app is.
        app: The app.
        revision: Which of its revisions.
        name: Of the replica.
        values: Of its secrets, by name.
        scratch: A folder of this replica's own.
    """
    template = revision.properties["template"]
    configuration = app.properties["configuration"]
    ingress = configuration["ingress"]
    told = {
        "CONTAINER_APP_NAME": app.name,
        "CONTAINER_APP_REVISION": revision.name,
        "CONTAINER_APP_REPLICA_NAME": name,
    }
    if ingress is not None:
        told |= {
            "CONTAINER_APP_HOSTNAME": fqdn(core, revision),
            "CONTAINER_APP_PORT": str(ingress["targetPort"] or ""),
        }
    environment = core.store.find(app.properties["environmentId"])
    if environment is not None:
        told["CONTAINER_APP_ENV_DNS_SUFFIX"] = environment.properties["defaultDomain"]
    told |= trusting(core) | identities.variables(core, app)
    grace = template["terminationGracePeriodSeconds"]
    return ReplicaSpec(
        name=name,
        containers=containers(template["containers"], told, values, scratch),
        init_containers=containers(template["initContainers"] or (), told, values, scratch),
        registries=logins(core, app, values),
        target_port=None if ingress is None else ingress["targetPort"] or None,
        grace=_GRACE_SECONDS if grace is None else grace,
        restarts=RestartPolicy.ALWAYS,
    )


def of_execution(
    core: Core, job: Kept, execution: Kept, name: str, values: Mapping[str, str], scratch: Path
) -> ReplicaSpec:
    """Return a replica of a job's execution; the arguments are those of an app's."""
    template = execution.properties["template"]
    told = {
        "CONTAINER_APP_JOB_NAME": job.name,
        "CONTAINER_APP_JOB_EXECUTION_NAME": execution.name,
        "CONTAINER_APP_REPLICA_NAME": name,
        **trusting(core),
        **identities.variables(core, job),
    }
    return ReplicaSpec(
        name=name,
        containers=containers(template["containers"], told, values, scratch),
        init_containers=containers(template["initContainers"] or (), told, values, scratch),
        registries=logins(core, job, values),
        has_default_probes=False,
        restarts=RestartPolicy.NEVER,
    )


def trusting(core: Core) -> dict[str, str]:
    """Return the variables by which programs trust the local Azure's certificate."""
    authority = str(core.planes.authority)
    return {"REQUESTS_CA_BUNDLE": authority, "SSL_CERT_FILE": authority}


def containers(
    given: list[Json] | tuple[Json, ...],
    told: Mapping[str, str],
    values: Mapping[str, str],
    scratch: Path,
) -> tuple[ContainerSpec, ...]:
    """Return containers of a template.

    Args:
        given: As the template has them.
        told: Variables that all get, before their own.
        values: Of secrets, by name.
        scratch: Where volumes of a replica lie.
    """
    return tuple(_container(one, told, values, scratch) for one in given)


def logins(core: Core, app: Kept, values: Mapping[str, str]) -> tuple[RegistryLogin, ...]:
    """Return as whom images of an app or a job are pulled."""
    return tuple(
        RegistryLogin(
            server=one["server"],
            username=one.get("username") or "",
            password=values.get(one.get("passwordSecretRef") or "", ""),
            token=partial(identities.token, core, app, one["identity"], identities.MANAGER)
            if one.get("identity")
            else None,
        )
        for one in app.properties["configuration"]["registries"] or ()
    )


def _container(
    given: Json, told: Mapping[str, str], values: Mapping[str, str], scratch: Path
) -> ContainerSpec:
    own = {
        one["name"]: values.get(one["secretRef"], "")
        if one.get("secretRef")
        else str(one.get("value") or "")
        for one in given.get("env") or ()
    }
    mounts = []
    for one in given.get("volumeMounts") or ():
        folder = scratch / one["volumeName"]
        folder.mkdir(parents=True, exist_ok=True)
        mounts.append(Mount(one["mountPath"], folder))
    return ContainerSpec(
        name=given["name"],
        image=given["image"],
        command=_words(given.get("command")),
        args=_words(given.get("args")),
        environment={**told, **own},
        memory=int(resources.gibibytes(given["resources"]["memory"]) * resources.GIB),
        probes=tuple(_probe(one) for one in given.get("probes") or ()),
        mounts=tuple(mounts),
    )


def _words(given: list[str] | None) -> tuple[str, ...] | None:
    return tuple(given) if given else None


def _probe(given: Json) -> ProbeSpec:
    http = given.get("httpGet")
    asked = http or given["tcpSocket"]
    headers = tuple((one["name"], one["value"]) for one in asked.get("httpHeaders") or ())
    return ProbeSpec(
        kind=ProbeKind(given["type"]),
        port=asked["port"],
        path=None if http is None else http.get("path") or "/",
        scheme=str(asked.get("scheme") or "HTTP").upper(),
        headers=headers,
        initial_delay=given.get("initialDelaySeconds") or 0,
        period=given.get("periodSeconds") or 10,
        timeout=given.get("timeoutSeconds") or 1,
        successes=given.get("successThreshold") or 1,
        failures=given.get("failureThreshold") or 3,
        grace=given.get("terminationGracePeriodSeconds"),
    )

"""Container apps as the Resource Manager keeps them: revisions, secrets, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.mgmt.appcontainers.models import (
    Configuration,
    Container,
    ContainerApp,
    ContainerAppProperties,
    EnvironmentVar,
    Ingress,
    Scale,
    Template,
)
from tests.integration.emulator.containerapps import (
    QUICKSTART,
    VERSION,
    app,
    client,
    container,
    environment,
    good,
    patch,
    path,
    profile,
    revisions,
    until,
)
from tests.integration.emulator.twins import group
from tests.local_azure import LocalAzure

_GROUP = "container-apps"


@pytest.fixture(scope="module")
def azure(apps_azure: LocalAzure) -> LocalAzure:
    group(apps_azure, _GROUP)
    return apps_azure


@pytest.fixture(scope="module")
def env(azure: LocalAzure) -> str:
    return environment(azure, _GROUP, "shared", profile("E16", 1, 1))


def _app(name: str) -> str:
    return path(_GROUP, "containerApps", name)


def _names(azure: LocalAzure, where: str) -> list[str]:
    return [one["name"] for one in revisions(azure, where)]


def test_an_app_lives_through_the_client(azure: LocalAzure, env: str) -> None:
    apps = client(azure)
    wanted = ContainerApp(
        location="eastus",
        properties=ContainerAppProperties(
            environment_id=env,
            configuration=Configuration(ingress=Ingress(external=True, target_port=80)),
            template=Template(
                containers=[Container(name="main", image=QUICKSTART)],
                scale=Scale(min_replicas=1, max_replicas=2),
            ),
        ),
    )
    made = apps.container_apps.begin_create_or_update(_GROUP, "lives", wanted).result()
    assert made.properties is not None
    assert made.properties.provisioning_state == "Succeeded"
    first = str(made.properties.latest_revision_name)
    revisions_ = apps.container_apps_revisions
    until(
        lambda: revisions_.get_revision(_GROUP, "lives", first).properties,
        lambda one: one.running_state == "Running" and one.health_state == "Healthy",
    )
    (replica,) = apps.container_apps_revision_replicas.list_replicas(_GROUP, "lives", first).value
    assert replica.properties is not None
    assert replica.properties.running_state == "Running"
    assert replica.properties.containers is not None
    assert replica.properties.containers[0].ready
    opened = apps.container_apps.get_auth_token(_GROUP, "lives").properties
    assert opened is not None
    assert opened.token
    changed = ContainerApp(
        location="eastus",
        properties=ContainerAppProperties(
            template=Template(
                containers=[
                    Container(
                        name="main",
                        image=QUICKSTART,
                        env=[EnvironmentVar(name="A", value="B")],
                    )
                ]
            )
        ),
    )
    apps.container_apps.begin_update(_GROUP, "lives", changed).result()
    names = [one.name for one in revisions_.list_revisions(_GROUP, "lives")]
    assert names[0] == first
    assert len(names) == 2
    assert [one.name for one in apps.container_apps.list_by_resource_group(_GROUP)].count("lives")
    apps.container_apps.begin_delete(_GROUP, "lives").result()


def test_only_another_template_makes_a_revision(azure: LocalAzure, env: str) -> None:
    where = _app("template")
    made = app(azure, where, env)["properties"]
    first = made["latestRevisionName"]
    assert first.startswith("template--")
    patch(azure, where, {"configuration": {"secrets": [{"name": "one", "value": "1"}]}})
    patch(azure, where, {"template": {"containers": [container()]}})
    assert _names(azure, where) == [first]
    env_changed = [container(env=[{"name": "A", "value": "B"}])]
    changed = patch(azure, where, {"template": {"containers": env_changed}})["properties"]
    second = changed["latestRevisionName"]
    assert _names(azure, where) == [first, second]
    # What a patch does not name stays.
    assert changed["template"]["scale"]["minReplicas"] == 1
    assert changed["configuration"]["secrets"] == [{"name": "one"}]


def test_a_suffix_names_one_revision_and_no_later_one(azure: LocalAzure, env: str) -> None:
    where = _app("suffix")
    made = app(azure, where, env, {"revisionSuffix": "first"})["properties"]
    assert made["latestRevisionName"] == "suffix--first"
    args = {"containers": [container(args=["-v"])]}
    changed = patch(azure, where, {"template": args})["properties"]
    assert changed["template"]["revisionSuffix"] == ""
    assert changed["latestRevisionName"] != "suffix--first"
    again = {"containers": [container(args=["-w"])], "revisionSuffix": "first"}
    body = {"properties": {"template": again}}
    status, _, answer = azure.call("PATCH", where, body, VERSION)
    assert status == 400, answer
    assert "already exists" in answer["error"]["message"]


def test_values_of_secrets_are_listed_and_otherwise_never_shown(
    azure: LocalAzure, env: str
) -> None:
    where = _app("secretive")
    variable = {"name": "KEY", "secretRef": "key"}
    secrets = [{"name": "key", "value": "hidden"}]
    app(azure, where, env, {"containers": [container(env=[variable])]}, secrets=secrets)
    told = client(azure).container_apps.list_secrets(_GROUP, "secretive")
    assert [(one.name, one.value) for one in told.value] == [("key", "hidden")]
    read = good(azure.call("GET", where, None, VERSION))
    assert "hidden" not in str((read, revisions(azure, where)))
    # A body that was read has no values, so it is no body to write.
    status, _, answer = azure.call("PUT", where, read, VERSION)
    assert (status, answer["error"]["code"]) == (400, "ContainerAppSecretInvalid")
    body: dict[str, Any] = {"properties": {"configuration": {"secrets": []}}}
    status, _, answer = azure.call("PATCH", where, body, VERSION)
    assert (status, answer["error"]["code"]) == (400, "ContainerAppSecretRefNotFound")


def test_an_app_that_was_read_may_be_written_again(azure: LocalAzure, env: str) -> None:
    where = _app("again")
    made = app(azure, where, env, ingress={"external": True, "targetPort": 80})
    good(azure.call("PUT", where, made, VERSION))
    assert _names(azure, where) == [made["properties"]["latestRevisionName"]]


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("Upper", {}, "ContainerAppInvalidName"),
        ("a" * 33, {}, "ContainerAppInvalidName"),
        ("two--hyphens", {}, "ContainerAppInvalidName"),
        ("wrong", {"environmentId": None}, "ContainerAppEnvironmentMissing"),
        ("wrong", {"environmentId": "/nowhere"}, "ManagedEnvironmentNotFound"),
        ("wrong", {"workloadProfileName": "D4"}, "WorkloadProfileNotFound"),
        ("wrong", {"configuration": {"dapr": {"enabled": True}}}, "NotServedLocally"),
        ("wrong", {"configuration": {"ingress": {"transport": "tcp"}}}, "NotServedLocally"),
        (
            "wrong",
            {"configuration": {"ingress": {"targetPort": 70000}}},
            "ContainerAppInvalidTargetPort",
        ),
        ("wrong", {"configuration": {"secrets": [{"name": "a"}]}}, "ContainerAppSecretInvalid"),
        ("wrong", {"template": {}}, "InvalidParameterValueInContainerTemplate"),
        ("wrong", {"templates": {}}, "InvalidRequestContent"),
    ],
)
def test_what_means_nothing_is_refused(
    azure: LocalAzure, env: str, name: str, change: dict[str, Any], code: str
) -> None:
    properties = {"environmentId": env, "template": {"containers": [container()]}, **change}
    body = {"location": "eastus", "properties": properties}
    status, _, answer = azure.call("PUT", _app(name), body, VERSION)
    assert (status, answer["error"]["code"]) == (400, code), answer


def test_weights_are_for_revisions_that_are_there_and_add_up(azure: LocalAzure, env: str) -> None:
    where = _app("weights")
    ingress = {"external": True, "targetPort": 80}
    one = {"revisionSuffix": "one"}
    app(azure, where, env, one, activeRevisionsMode="Multiple", ingress=ingress)
    wrong = [
        ([{"weight": 90, "latestRevision": True}], "ContainerAppInvalidTrafficWeight"),
        ([{"weight": 100, "revisionName": "weights--two"}], "RevisionNotFound"),
        ([{"weight": 100}], "ContainerAppInvalidTraffic"),
    ]
    for traffic, code in wrong:
        body = {"properties": {"configuration": {"ingress": {"traffic": traffic}}}}
        status, _, answer = azure.call("PATCH", where, body, VERSION)
        assert (status, answer["error"]["code"]) == (400, code)


def test_what_is_in_use_is_not_taken_away(azure: LocalAzure) -> None:
    held = environment(azure, _GROUP, "held", profile("D4", 0, 1))
    app(azure, _app("holding"), held, profile_name="D4")
    status, _, answer = azure.call("DELETE", held, None, VERSION)
    assert (status, answer["error"]["code"]) == (409, "ManagedEnvironmentHasContainerApps")
    body = {"properties": {"workloadProfiles": [profile("E4", 0, 1)]}}
    status, _, answer = azure.call("PATCH", held, body, VERSION)
    assert (status, answer["error"]["code"]) == (409, "ManagedEnvironmentWorkloadProfileInUse")
    apps = client(azure)
    apps.container_apps.begin_delete(_GROUP, "holding").result()
    with pytest.raises(ResourceNotFoundError):
        apps.container_apps.get(_GROUP, "holding")
    apps.managed_environments.begin_delete(_GROUP, "held").result()


def test_an_app_is_stopped_and_started_and_its_revisions_switched(
    azure: LocalAzure, env: str
) -> None:
    where = _app("switched")
    app(azure, where, env, {"revisionSuffix": "one"}, activeRevisionsMode="Multiple")
    patch(azure, where, {"template": {"containers": [container(args=["-v"])]}})
    apps = client(azure)
    apps.container_apps.begin_stop(_GROUP, "switched").result()
    stopped = good(azure.call("GET", where, None, VERSION))["properties"]
    assert (stopped["provisioningState"], stopped["runningStatus"]) == ("Succeeded", "Stopped")
    assert {one["properties"]["runningState"] for one in revisions(azure, where)} == {"Stopped"}
    apps.container_apps.begin_start(_GROUP, "switched").result()
    assert good(azure.call("GET", where, None, VERSION))["properties"]["runningStatus"] == "Running"
    one = apps.container_apps_revisions
    one.deactivate_revision(_GROUP, "switched", "switched--one")
    told = one.get_revision(_GROUP, "switched", "switched--one").properties
    assert told is not None
    assert (told.active, told.replicas, told.running_state) == (False, 0, "Stopped")
    one.activate_revision(_GROUP, "switched", "switched--one")
    told = one.get_revision(_GROUP, "switched", "switched--one").properties
    assert told is not None
    assert told.active
    with pytest.raises(ResourceNotFoundError):
        one.get_revision(_GROUP, "switched", "switched--two")

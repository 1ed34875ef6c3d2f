"""The Tiltfile, executed in a Starlark interpreter whose builtins record what Tilt would do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import starlark as sl
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from tests.contract.templates.conftest import Project

PRELUDE = """
os = struct(getenv = _getenv)
config = struct(
    define_string_list = _define_string_list,
    parse = _parse,
    clear_enabled_resources = _clear,
    set_enabled_resources = _enable,
)
"""


@dataclass
class Tilt:
    """What a Tiltfile told Tilt."""

    environment: dict[str, str]
    files: dict[str, str]
    arguments: list[str]
    compose: dict[str, Any] = field(default_factory=dict)
    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    local: dict[str, dict[str, Any]] = field(default_factory=dict)
    enabled: list[str] | None = None
    cleared: bool = False
    printed: list[str] = field(default_factory=list)

    def run(self, text: str) -> Tilt:
        library = sl.Globals.extended_by([sl.LibraryExtension.StructType])
        module = sl.Module()
        for name, call in self._builtins().items():
            module.add_callable(name, call)
        sl.eval(module, sl.parse("prelude", PRELUDE), library)
        sl.eval(module, sl.parse("Tiltfile", text), library)
        return self

    def _builtins(self) -> dict[str, Any]:
        return {
            "_getenv": self.environment.get,
            "_define_string_list": self._define,
            "_parse": lambda: {"services": self.arguments} if self.arguments else {},
            "_clear": self._clear,
            "_enable": self._enable,
            "read_file": lambda path, default=None: self.files.get(path, default),
            "docker_compose": lambda path, **given: self.compose.update(path=path, **given),
            "docker_build": lambda ref, context, **given: self.images.update(
                {ref: {"context": context, **given}}
            ),
            "dc_resource": lambda name, **given: self.resources.update({name: given}),
            "local_resource": lambda name, **given: self.local.update({name: given}),
            "link": lambda url, name: [url, name],
            "sync": lambda source, target: ["sync", source, target],
            "run": lambda command, trigger: ["run", command, trigger],
            "fall_back_on": lambda paths: ["fall_back_on", paths],
            "restart_container": lambda: ["restart"],
            "print": self.printed.append,
        }

    def _define(self, name: str, *, args: bool, usage: str) -> None:
        assert (name, args) == ("services", True)
        assert usage

    def _clear(self) -> None:
        self.cleared = True

    def _enable(self, names: list[str]) -> None:
        assert self.cleared, "an empty selection would enable everything"
        self.enabled = names


def tilt(project: Project, *arguments: str, **environment: str) -> Tilt:
    files = {".env.local": project.text(".env.local")}
    return Tilt(dict(environment), files, list(arguments)).run(project.text("Tiltfile"))


def test_every_app_is_a_resource_that_waits_for_the_storage(project: Project) -> None:
    seen = tilt(project)
    apps = [app.name for app in project.spec.function_apps]
    assert list(seen.resources) == ["azurite", *apps]
    for app in project.spec.function_apps:
        assert seen.resources[app.name] == {
            "labels": ["functions"],
            "resource_deps": ["azurite", "init-azurite"],
            "links": [[f"http://127.0.0.1:{app.port}", app.name]],
        }
    assert seen.enabled is None


def test_initialising_azurite_is_a_real_gate(project: Project) -> None:
    seen = tilt(project)
    init = seen.local["init-azurite"]
    assert init["resource_deps"] == ["azurite"]
    assert init["cmd"][-4:] == ["exec", "-T", "azurite", "init_azurite"]
    assert seen.compose["wait"] is True


def test_the_compose_project_has_the_projects_name(project: Project) -> None:
    seen = tilt(project)
    name = project.spec.project_name
    assert seen.compose["path"] == ".docker/docker-compose.dev.yml"
    assert seen.compose["project_name"] == name
    init = seen.local["init-azurite"]["cmd"]
    assert init[init.index("--project-name") + 1] == name


def test_images_are_built_from_what_they_need_and_nothing_else(project: Project) -> None:
    seen = tilt(project)
    packages = [package.path.removeprefix("./") for package in project.spec.local_packages]
    name = project.spec.project_name
    for app in project.spec.function_apps:
        image = seen.images[f"{name}-{app.name}-dev"]
        assert image["dockerfile"] == f".docker/{app.name}/Dockerfile"
        assert image["only"] == [f"functions/{app.name}", *packages]
        assert image["platform"] == "linux/amd64"
        cli = {"AZURE_CLI": "true"} if project.spec.azure_cli else {}
        assert image["build_args"] == {"ENABLE_DEBUGGING": "false", "DEBUG_WAIT": "false", **cli}
    assert seen.images[f"{name}-azurite"]["only"] == [".docker/azurite", ".docker/scripts"]


def test_live_update_syncs_the_app_and_the_local_packages(project: Project) -> None:
    seen = tilt(project)
    packages = {p.name: p.path.removeprefix("./") for p in project.spec.local_packages}
    for app in project.spec.function_apps:
        image = seen.images[f"{project.spec.project_name}-{app.name}-dev"]
        steps = image["live_update"]
        kinds = [step[0] for step in steps]
        assert kinds == sorted(kinds, key=["fall_back_on", "sync", "run", "restart"].index)
        assert [step[1:] for step in steps if step[0] == "sync"] == [
            [f"functions/{app.name}", "/home/site/wwwroot"],
            *([path, f"/opt/packages/{package}"] for package, path in packages.items()),
        ]
        triggers = [step[2] for step in steps if step[0] == "run"]
        lock = f"functions/{app.name}/requirements.txt"
        own = [] if project.spec.dependency_manager == "poetry" else [[lock]]
        assert triggers == [*own, *([path] for path in packages.values())]
        copied = project.text(f".docker/{app.name}/Dockerfile")
        for package in packages:
            assert f"/opt/packages/{package}/" in copied


def test_live_update_paths_exist(project: Project) -> None:
    seen = tilt(project)
    packages = tuple(p.path.removeprefix("./") for p in project.spec.local_packages)
    for image in seen.images.values():
        for kind, *rest in image.get("live_update", []):
            paths = {"fall_back_on": rest[:1], "run": rest[1:]}.get(kind, [])
            for path in (path for group in paths for path in group):
                assert path in project.files or path.startswith(packages)


def test_naming_an_app_selects_it_and_what_it_needs(pipeline: Project) -> None:
    seen = tilt(pipeline, "orchestrator")
    assert seen.enabled == ["azurite", "init-azurite", "orchestrator"]


def test_naming_two_apps_selects_both_once(pipeline: Project) -> None:
    seen = tilt(pipeline, "loader", "processor")
    assert seen.enabled == ["azurite", "init-azurite", "loader", "processor"]


def test_naming_what_is_not_there_is_refused_with_what_is(pipeline: Project) -> None:
    with pytest.raises(sl.StarlarkError, match=r"no resource named orchestra; known: .*loader"):
        tilt(pipeline, "orchestra")


def test_ports_of_the_shell_win_over_the_file(pipeline: Project) -> None:
    seen = tilt(pipeline, ORCHESTRATOR_HOST_PORT="8071")
    links = {name: given.get("links") for name, given in seen.resources.items()}
    assert links["orchestrator"] == [["http://127.0.0.1:8071", "orchestrator"]]
    assert links["loader"] == [["http://127.0.0.1:7073", "loader"]]
    assert "orchestrator: http://127.0.0.1:8071, debugger on port 5678" in seen.printed


def test_ports_of_the_file_are_honoured(pipeline: Project) -> None:
    text = pipeline.text(".env.local").replace("# LOADER_HOST_PORT=7073", "LOADER_HOST_PORT='9073'")
    seen = Tilt({}, {".env.local": text}, []).run(pipeline.text("Tiltfile"))
    assert seen.resources["loader"]["links"] == [["http://127.0.0.1:9073", "loader"]]


def test_debugging_and_base_image_reach_the_build(pipeline: Project) -> None:
    seen = tilt(pipeline, ENABLE_DEBUGGING="true", FUNCTIONS_BASE_IMAGE="stand-in")
    arguments = seen.images["my-data-pipeline-loader-dev"]["build_args"]
    assert arguments == {
        "ENABLE_DEBUGGING": "true",
        "DEBUG_WAIT": "false",
        "AZURE_CLI": "true",
        "BASE_IMAGE": "stand-in",
    }


def test_every_build_argument_of_compose_reaches_tilt_s_build(project: Project) -> None:
    chosen = {
        "ENABLE_DEBUGGING": "true",
        "DEBUG_WAIT": "true",
        "AZURE_CLI": "false",
        "FUNCTIONS_BASE_IMAGE": "stand-in",
    }
    seen = tilt(project, **chosen)
    compose = YAML(typ="safe", pure=True).load(project.text(".docker/docker-compose.dev.yml"))
    for app in project.spec.function_apps:
        arguments = seen.images[f"{project.spec.project_name}-{app.name}-dev"]["build_args"]
        service = compose["services"][app.name]
        assert arguments.keys() == service["build"]["args"].keys()
        assert {arguments[name] for name in arguments} <= set(chosen.values())
        assert arguments.get("AZURE_CLI", "false") == "false"


def test_without_a_key_nothing_starts(pipeline: Project) -> None:
    template = {".env.local": pipeline.text(".env.local.template")}
    with pytest.raises(sl.StarlarkError, match="AZURITE_ACCOUNT_KEY is not set"):
        Tilt({}, template, []).run(pipeline.text("Tiltfile"))
    with pytest.raises(sl.StarlarkError, match="AZURITE_ACCOUNT_KEY is not set"):
        Tilt({}, {}, []).run(pipeline.text("Tiltfile"))

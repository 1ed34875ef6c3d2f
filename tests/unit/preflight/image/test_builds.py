"""How an app's image is built: which Dockerfile, from which folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.unit.preflight.given import facts

from funcyard.preflight.image.build import Build

BASE = "FROM mcr.microsoft.com/azure-functions/python:4-python3.11\n"
ROOT = "/home/site/wwwroot"
APP = {"host.json": "{}", "function_app.py": ""}
WORKFLOW = ".github/workflows/ci.yml"
HERE = "${{ github.workspace }}"
DEFAULTS = "defaults: {run: {working-directory: api}}\n"
ACTION = "uses: docker/build-push-action@v6"
DEPLOY, SOURCE, PATH = (
    "uses: azure/container-apps-deploy-action@v1",
    "appSourcePath",
    "dockerfilePath",
)
TASK, FILE = "task: Docker@2", "command: buildAndPush, Dockerfile: api/Dockerfile"


def step(text: str) -> str:
    """A workflow of one step."""
    return f"jobs: {{b: {{steps: [{{{text}}}]}}}}"


def builds(root: Path, files: dict[str, str], app: str = "api") -> list[tuple[str, str]]:
    """The Dockerfile and the context of each build of an app in a folder, relative to the root."""
    named = {f"{app}/{name}": text for name, text in APP.items()}
    (given,) = facts(root, {**named, **files}, app=app).apps

    def told(path: Path) -> str:
        return path.relative_to(root).as_posix()

    return [(told(build.dockerfile), told(build.context)) for build in given.builds]


@pytest.mark.parametrize(
    ("dockerfile", "text", "context"),
    [
        ("api/Dockerfile", f"COPY . {ROOT}", "api"),
        ("api/Dockerfile", f"COPY api/ {ROOT}/", "."),
        ("api/Dockerfile", f"WORKDIR {ROOT}\nCOPY host.json *.py ./", "api"),
        ("api/Dockerfile", "COPY function_app.py /srv/", "api"),
        ("Dockerfile", f"COPY api/ {ROOT}/", "."),
        ("Dockerfile", f"COPY api/host.json api/function_app.py {ROOT}", "."),
        ("Dockerfile", f"COPY . /src\nFROM x AS last\nCOPY --from=0 /src/api {ROOT}", "."),
        ("Dockerfile", "ENV AzureWebJobsScriptRoot=/app\nWORKDIR /app\nCOPY api .", "."),
        ("docker/Dockerfile.api", f"COPY ./api {ROOT}", "."),
        ("docker/api.Dockerfile", f"COPY api {ROOT}", "."),
        (".docker/api/Dockerfile", f"COPY --chown=a:b api {ROOT}", "."),
    ],
)
def test_without_a_word_about_it_what_is_copied_tells_the_context(
    tmp_path: Path, dockerfile: str, text: str, context: str
) -> None:
    assert builds(tmp_path, {dockerfile: BASE + text}) == [(dockerfile, context)]


@pytest.mark.parametrize(
    ("dockerfile", "text"),
    [
        ("Dockerfile", f"COPY web/ {ROOT}/"),
        ("Dockerfile", "COPY . /app"),
        ("Dockerfile", f"COPY . {ROOT}"),
        ("Dockerfile", f"ENV AzureWebJobsScriptRoot=/elsewhere\nCOPY api {ROOT}"),
        ("Dockerfile", f"COPY api /src\nFROM x\nCOPY --from=another /src {ROOT}"),
        ("Dockerfile.dev", f"COPY api {ROOT}"),
        ("tests/Dockerfile", f"COPY api {ROOT}"),
        ("Dockerfile.j2", f"COPY api {ROOT}"),
        ("Dockerfile", f"COPY ${{APP}} {ROOT}"),
    ],
)
def test_a_dockerfile_that_puts_the_app_elsewhere_is_another_ones(
    tmp_path: Path, dockerfile: str, text: str
) -> None:
    assert builds(tmp_path, {dockerfile: BASE + text}) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("compose.yml", "services: {a: {build: {context: ., dockerfile: api/Dockerfile}}}"),
        ("deploy/compose.yml", "services: {a: {build: {context: .., dockerfile: api/Dockerfile}}}"),
        ("azure.yaml", "services: {a: {project: api, docker: {path: ./Dockerfile, context: ../}}}"),
        (WORKFLOW, step("run: docker build -f api/Dockerfile .")),
        (WORKFLOW, step("run: docker build -f Dockerfile .., working-directory: api")),
        (WORKFLOW, DEFAULTS + step("run: docker build -f Dockerfile ..")),
        (WORKFLOW, step(f"run: 'docker build -f $GITHUB_WORKSPACE/api/Dockerfile {HERE}'")),
        (WORKFLOW, step(f"{ACTION}, with: {{context: ., file: api/Dockerfile}}")),
        (WORKFLOW, step(f"{ACTION}, with: {{file: ./api/Dockerfile}}")),
        (WORKFLOW, step(f"{DEPLOY}, with: {{{SOURCE}: '{HERE}', {PATH}: api/Dockerfile}}")),
        ("azure-pipelines.yml", f"steps: [{{{TASK}, inputs: {{{FILE}, buildContext: .}}}}]"),
        (".gitlab-ci.yml", "build: {script: ['docker build -f api/Dockerfile .']}"),
        ("Makefile", "image:\n\tdocker build --file api/Dockerfile \\\n\t\t--tag a .\n"),
        ("scripts/build.sh", "az acr build -r x -f api/Dockerfile ."),
        ("scripts/build.sh", "cd api && docker build -f Dockerfile .."),
    ],
)  # fmt: skip
def test_what_declares_a_build_tells_its_context(tmp_path: Path, file: str, text: str) -> None:
    # By itself the Dockerfile could well be built in its own folder.
    dockerfile = {"api/Dockerfile": f"{BASE}COPY . {ROOT}", file: text}

    assert builds(tmp_path, dockerfile) == [("api/Dockerfile", ".")]


def test_a_build_argument_tells_which_app_a_service_builds(tmp_path: Path) -> None:
    service = "build: {context: ., dockerfile: build/Dockerfile, args: {APP: %s}}"
    files = {"build/Dockerfile": f"{BASE}ARG APP\nCOPY $APP {ROOT}"}
    ours = {**files, "compose.yml": f"services: {{a: {{{service % 'api'}}}}}"}

    assert builds(tmp_path, ours) == [("build/Dockerfile", ".")]
    ours["compose.yml"] = ours["compose.yml"].replace("api", "web")
    assert builds(tmp_path, ours) == []


def test_builds_that_differ_each_count(tmp_path: Path) -> None:
    files = {
        "api/Dockerfile": f"{BASE}COPY . {ROOT}",
        "compose.yml": "services:\n  a: {build: api}\n"
        "  b: {build: {context: ., dockerfile: api/Dockerfile}}",
        "Dockerfile": f"{BASE}COPY api {ROOT}",
    }

    assert builds(tmp_path, files) == [
        ("api/Dockerfile", "api"),
        ("api/Dockerfile", "."),
        ("Dockerfile", "."),
    ]


def test_the_repository_above_the_checked_folder_counts_as_far_as_git_tracks_it(
    tmp_path: Path,
) -> None:
    files = {**APP, "Dockerfile": f"{BASE}COPY . {ROOT}"}
    above = {"compose.yml": "services: {a: {build: {context: ., dockerfile: api/Dockerfile}}}"}
    facts(tmp_path, above)

    def context() -> str:
        (given,) = facts(tmp_path / "api", files).apps
        return given.builds[0].context.name

    assert context() == "api"
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    assert context() == "api"
    subprocess.run(["git", "-C", tmp_path, "add", "compose.yml"], check=True)
    assert context() == tmp_path.name


@pytest.mark.parametrize(
    "text",
    ["services: [", "services: {a: {build: 7}}", "services: {a: {project: [1]}}", "- - -", "\t"],
)
@pytest.mark.parametrize("name", ["compose.yml", "azure.yaml", WORKFLOW])
def test_what_cannot_be_read_declares_nothing(tmp_path: Path, name: str, text: str) -> None:
    files = {"api/Dockerfile": f"{BASE}COPY . {ROOT}", name: f"{text}  # docker build x"}

    assert builds(tmp_path, files) == [("api/Dockerfile", "api")]


def test_files_are_followed_through_the_stages(tmp_path: Path) -> None:
    text = (
        "FROM a AS one\nWORKDIR /stage\nCOPY api lib.py ./\n"
        "FROM one AS two\nRUN true\n"
        f"FROM b\nCOPY --from=two /stage/api {ROOT}\nCOPY --from=1 /stage/lib.py {ROOT}/\n"
        f"COPY x {ROOT}"
    )
    (tmp_path / "Dockerfile").write_text(text)
    build = Build(tmp_path / "Dockerfile", tmp_path)

    assert build.places("lib.py") == {f"{ROOT}/lib.py"}
    assert build.places("api/host.json") == frozenset()
    assert build.places("x") == {f"{ROOT}/x"}
    assert Build(tmp_path / "Dockerfile", tmp_path, "one").places("api/host.json") == {
        "/stage/host.json"
    }

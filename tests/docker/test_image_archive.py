"""``funcyard check --image`` on what a real engine saves, and skopeo turns into an OCI archive."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docker import stand_in
from tests.docker.engine import build, docker, run
from tests.integration.preflight.checking import check, write_app

IMAGE = "funcyard-test/archived:test"
DOCKERFILE = f"""\
FROM {stand_in.FUNCTIONS} AS base
WORKDIR /home/site/wwwroot
RUN mkdir -p old && echo "x = 1" > old/gone.py && echo "x = 1" > left.py && ln -s left.py link.py
FROM base
RUN rm -r old && rm left.py link.py
COPY . .
RUN mv names.py moved.py && mv moved.py names.py
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app with a Dockerfile that adds, replaces and removes files layer by layer."""
    folder = write_app(tmp_path_factory.mktemp("archived") / "api", names__py="NAMES = []\n")
    (folder / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    (folder / ".dockerignore").write_text("Dockerfile\n.dockerignore\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def archive(
    app: Path,
    base_images: None,  # noqa: ARG001 - only that they exist
) -> Iterator[Path]:
    """The image of the app as the engine saves it."""
    build(IMAGE, app / "Dockerfile", app)
    file = app.parent / "api.tar"
    docker("save", "--output", file, IMAGE)
    yield file
    docker("image", "rm", "--force", IMAGE)


@pytest.fixture(scope="module")
def oci_archive(archive: Path) -> Path:
    """The same image as an OCI archive with compressed layers."""
    file = archive.with_suffix(".oci.tar")
    run("skopeo", "--insecure-policy", "copy", f"docker-archive:{archive}", f"oci-archive:{file}")
    return file


def _differences(app: Path, archive: Path) -> list[str]:
    rule = "image-content-differs"
    done = check(app, "--json", "--only", rule, "--python", sys.executable, "--image", str(archive))
    assert done.output, done.errors
    return [finding["message"] for finding in done.document["findings"]]


@pytest.mark.parametrize("form", ["archive", "oci_archive"])
def test_the_image_that_was_built_of_the_sources_is_the_sources(
    app: Path, form: str, request: pytest.FixtureRequest
) -> None:
    assert _differences(app, request.getfixturevalue(form)) == []


@pytest.mark.parametrize("form", ["archive", "oci_archive"])
def test_a_change_after_the_build_is_found(
    app: Path, form: str, request: pytest.FixtureRequest
) -> None:
    file = request.getfixturevalue(form)
    source = app / "names.py"
    text = source.read_text(encoding="utf-8")
    source.write_text(f"{text}NAMES.append(1)\n", encoding="utf-8")
    try:
        told = "api: the image holds another names.py of the sources"
        assert _differences(app, file) == [told]
    finally:
        source.write_text(text, encoding="utf-8")

from __future__ import annotations

import pytest

from funcyard.preflight.image.commands import Command, commands_in


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("docker build .", Command(".")),
        ("docker build -t api:1 -f api/Dockerfile .", Command(".", "api/Dockerfile")),
        ("docker buildx build --push --platform linux/amd64 --file=d/F src", Command("src", "d/F")),
        ("podman build . -f d/F --target prod", Command(".", "d/F", "prod")),
        (
            "az acr build --registry r --image api:1 --file api/Dockerfile --no-logs .",
            Command(".", "api/Dockerfile"),
        ),
        ("cd api && docker build -t a .", Command(".", folder="api")),
        (
            "docker build --build-arg APP=api --build-arg V=$V .",
            Command(".", arguments={"APP": "api"}),
        ),
        (
            "docker build \\\n  -f 'my file' \\\n  \"my folder\" && docker push x",
            Command("my folder", "my file"),
        ),
        ("docker build -f ${{ m.app }}/Dockerfile .", Command(".", "${{m.app}}/Dockerfile")),
    ],
)  # fmt: skip
def test_a_build_is_told_with_its_file_and_context(text: str, wanted: Command) -> None:
    assert list(commands_in(text)) == [wanted]


@pytest.mark.parametrize(
    "text",
    ["# docker build .", "docker build --help", "docker push api", "docker compose build",
     "docker build 'unclosed", "redocker build ."],
)  # fmt: skip
def test_what_builds_nothing_is_passed_over(text: str) -> None:
    assert list(commands_in(text)) == []

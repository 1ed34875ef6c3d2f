"""What names an image."""

from __future__ import annotations

import pytest

from funcyard.emulator.registries.references import (
    ImageReferenceError,
    Reference,
    read_reference,
)

_DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("127.0.0.1:5000/app", Reference("127.0.0.1:5000", "app", "latest")),
        ("127.0.0.1:5000/team/app:v1", Reference("127.0.0.1:5000", "team/app", "v1")),
        ("localhost/app:1", Reference("localhost", "app", "1")),
        ("me.azurecr.io/a_b--c/d.e:V_1", Reference("me.azurecr.io", "a_b--c/d.e", "V_1")),
        (f"me.azurecr.io/app@{_DIGEST}", Reference("me.azurecr.io", "app", _DIGEST)),
        (f"me.azurecr.io/app:v1@{_DIGEST}", Reference("me.azurecr.io", "app", _DIGEST)),
        ("python:3.11", Reference("docker.io", "library/python", "3.11")),
        ("team/app", Reference("docker.io", "team/app", "latest")),
    ],
)
def test_a_reference_is_read_with_what_it_leaves_out(text: str, told: Reference) -> None:
    assert read_reference(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost/",
        "localhost/UPPER:v1",
        "localhost/app:not a tag",
        "localhost/a//b",
        "localhost/app@sha256:1",
        "localhost/app@",
        "local host:1/app",
        f"localhost/{'a' * 256}",
        "localhost/../etc",
    ],
)
def test_what_names_no_image_is_refused(text: str) -> None:
    with pytest.raises(ImageReferenceError):
        read_reference(text)


@pytest.mark.parametrize("text", ["127.0.0.1:5000/team/app:v1", f"me.azurecr.io/app@{_DIGEST}"])
def test_a_reference_is_written_as_it_is_read(text: str) -> None:
    assert str(read_reference(text)) == text

from __future__ import annotations

import pytest

from funcyard.oci.reference import Reference, read_reference

DIGEST = "sha256:" + "a" * 64
FUNCTIONS = "mcr.microsoft.com/azure-functions/python"


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("api", Reference("api")),
        ("registry:5000/team/api", Reference("registry:5000/team/api")),
        ("registry:5000/api:1.2", Reference("registry:5000/api", "1.2")),
        (f"api:1@{DIGEST}", Reference("api", "1", DIGEST)),
        (f"api@{DIGEST}", Reference("api", "", DIGEST)),
        ("${x}/api", None),
        ("nonsense:::", None),
        ("registry:port/api", None),
        ("team//api", None),
        ("team/api:", None),
        ("team/api:1:2", None),
        ("a" * 5000 + ":", None),
        ("", None),
    ],
)
def test_a_name_is_taken_apart(text: str, reference: Reference | None) -> None:
    assert read_reference(text) == reference


@pytest.mark.parametrize(
    ("text", "latest"),
    [("a", True), ("a:latest", True), ("a:1", False), (f"a:latest@{DIGEST}", False)],
)
def test_what_may_change_without_notice_is_known(text: str, latest: bool) -> None:  # noqa: FBT001 - a parameter
    reference = read_reference(text)
    assert reference is not None
    assert reference.is_latest is latest


@pytest.mark.parametrize(
    ("text", "python", "host"),
    [
        (f"{FUNCTIONS}:4-python3.11", "3.11", "4"),
        (f"{FUNCTIONS}:4.1036.2-python3.12-appservice", "3.12", "4"),
        (f"{FUNCTIONS}:3.0-python3.8", "3.8", "3"),
        (f"{FUNCTIONS}:latest", "", ""),
        ("mcr.microsoft.com/azure-functions/node:4-node20", "", "4"),
        ("python:3.13-slim", "3.13", ""),
        ("python:3.13.1", "3.13", ""),
        ("python:3", "", ""),
        ("team/python:3.11", "", ""),
    ],
)
def test_microsofts_and_pythons_images_tell_their_versions(
    text: str, python: str, host: str
) -> None:
    reference = read_reference(text)
    assert reference is not None
    assert (reference.python, reference.host) == (python, host)

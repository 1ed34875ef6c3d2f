"""What names of images mean, and what registries' answers say of them."""

from __future__ import annotations

import hashlib

import pytest

from funcyard.oci.distribution import (
    Challenge,
    host_of,
    is_digest,
    read_challenge,
    read_manifest,
    refused,
)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("python", ("registry-1.docker.io", "library/python")),
        ("docker.io/python", ("registry-1.docker.io", "library/python")),
        ("grafana/loki", ("registry-1.docker.io", "grafana/loki")),
        ("ghcr.io/team/api", ("ghcr.io", "team/api")),
        ("localhost:5000/api", ("localhost:5000", "api")),
        ("localhost/api", ("localhost", "api")),
    ],
)
def test_a_name_means_a_registry_as_docker_reads_it(name: str, meant: tuple[str, str]) -> None:
    assert host_of(name) == meant


def test_a_digest_that_is_none_is_not_believed() -> None:
    body = b'{"schemaVersion": 2}'
    own = f"sha256:{hashlib.sha256(body).hexdigest()}"

    assert read_manifest("latest", body).digest == own
    assert read_manifest(None, body).digest == own
    assert read_manifest(f"sha256:{'a' * 64}", body).digest == f"sha256:{'a' * 64}"
    assert not is_digest("sha256:short")


def test_a_challenge_says_where_a_token_is_to_be_had() -> None:
    header = 'Bearer realm="https://r.example/token",service="r.example",scope="a:b:pull"'

    assert read_challenge(header) == Challenge("https://r.example/token", "r.example", "a:b:pull")
    assert read_challenge('Basic realm="r"') is None


def test_a_registry_that_is_out_of_order_says_nothing_of_an_image() -> None:
    told = refused("r.example", 503)

    assert (told.is_missing, told.failure) == (False, "r.example answers 503")


@pytest.mark.parametrize("body", [b"[" * 200_000, b"{", b"\xff"])
def test_what_is_no_json_is_no_manifest(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_manifest(None, body)


def test_platforms_that_are_none_are_not_read() -> None:
    assert read_manifest(None, b'{"manifests": 5}').parts == frozenset()

"""What registries say of tags and digests, by the protocol that they share."""

from __future__ import annotations

import socket

import pytest
from tests.unit.preflight.image.registry import digest_of, index, manifest, registry

from funcyard.azure.patience import Patience
from funcyard.oci.reference import Reference
from funcyard.preflight.image.registries import Registries


@pytest.mark.parametrize("tells", [True, False])
def test_a_tag_is_told_to_anybody_with_a_token_and_asked_for_once(tells: bool) -> None:  # noqa: FBT001 - a case
    with registry() as served:
        served.tells_digest = tells
        digest = served.push("team/api:1", manifest("a"))
        image = Reference(f"{served.name}/team/api", "1", digest)
        asking = Registries()
        assert asking.of_tag(image).digest == asking.of_tag(image).digest == digest
        assert asking.of_digest(image).holds(digest)
        assert served.asked == [
            "/v2/team/api/manifests/1",
            "/token?service=registry&scope=repository%3Ateam%2Fapi%3Apull",
            "/v2/team/api/manifests/1",
            f"/v2/team/api/manifests/{digest}",
            "/token?service=registry&scope=repository%3Ateam%2Fapi%3Apull",
            f"/v2/team/api/manifests/{digest}",
        ]


def test_the_image_of_one_platform_is_held_by_the_index_of_all() -> None:
    with registry() as served:
        one, other = manifest("amd64"), manifest("arm64")
        digest = served.push("team/api:1", index(one, other))
        told = Registries().of_tag(Reference(f"{served.name}/team/api", "1"))

    assert told.digest == digest
    assert told.holds(digest_of(one))
    assert told.holds(digest_of(other))
    assert not told.holds(digest_of(manifest("s390x")))


def test_what_is_not_there_is_told_apart_from_what_nobody_is_told() -> None:
    with registry() as served:
        image = Reference(f"{served.name}/team/api", "1")
        missing = Registries().of_tag(image)
        served.public = False
        hidden = Registries().of_tag(image)

    assert missing.is_missing
    assert missing.failure == f"{served.name} has no such image"
    assert not hidden.is_missing
    assert hidden.failure == f"{served.name} tells it to nobody who is not signed in"


def test_a_registry_that_is_busy_is_asked_again_when_it_says() -> None:
    with registry() as served:
        digest = served.push("team/api:1", manifest("a"))
        soon = {"x-ms-retry-after-ms": "10"}
        served.busy = [(429, {"retry-after": "1"}), None, (503, soon), None, (502, soon)]
        words: list[str] = []
        told = Registries(Patience(5, words.append)).of_tag(
            Reference(f"{served.name}/team/api", "1")
        )

    assert told.digest == digest
    assert len(served.asked) == 6
    assert words == [f"{served.name} is asked too often (429): asking again in 2 seconds"]


def test_a_registry_that_stays_busy_is_told_with_the_time() -> None:
    with registry() as served:
        served.busy = [(429, {"retry-after": "90"})]
        told = Registries(Patience(60)).of_tag(Reference(f"{served.name}/team/api", "1"))

    assert told.failure == f"{served.name} answers 429: try again in 90 seconds"
    assert not told.is_missing
    assert len(served.asked) == 1


def test_nobody_there_is_told_with_the_reason() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        name = f"127.0.0.1:{probe.getsockname()[1]}/api"
        told = Registries().of_tag(Reference(name, "1"))

    assert (told.digest, told.is_missing) == ("", False)
    assert "cannot be asked" in told.failure

"""A registry that is busy is asked again; one that says too much is not listened to for ever."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
import trustme
from azure.core.credentials import AccessToken
from tests.unit.preflight.image.registry import Registry, manifest, registry

from funcyard.azure import registries
from funcyard.azure.cloud import local
from funcyard.azure.patience import Patience
from funcyard.azure.registries import manifest_of
from funcyard.oci.distribution import Manifest
from funcyard.oci.reference import Reference

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"
_PART = b" " * 1024 * 1024
_ENOUGH = 64


@pytest.fixture
def talking(tmp_path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """A registry that answers by 64 MiB of nothing; what it could send until somebody hung up."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    sent: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as wrapped:
                    wrapped.recv(4096)
                    wrapped.sendall(_HEAD)
                    for _ in range(_ENOUGH):
                        wrapped.sendall(_PART)
                        sent.append(_PART)
            except OSError:
                return

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"localhost:{server.getsockname()[1]}", sent
        thread.join()


async def test_a_manifest_without_end_is_none(
    talking: tuple[str, list[bytes]], tmp_path: Path
) -> None:
    server, sent = talking
    nobody = cast("AsyncTokenCredential", None)  # it is not asked for
    cloud = local(f"https://{server}", tmp_path / "ca.pem")

    told = await manifest_of(Reference(f"{server}/app", "v1"), nobody, cloud, patience=60)

    assert told.failure == f"{server} answers with something that is no manifest"
    assert len(sent) < _ENOUGH


class _Somebody:
    """A credential that needs no sign-in."""

    async def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        return AccessToken("theirs", 1 << 40)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Registry]:
    """A registry with an image ``team/api:1``."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate = authority.issue_cert("localhost").private_key_and_cert_chain_pem
    certificate.write_to_path(tmp_path / "server.pem")
    with registry(tmp_path / "server.pem") as found:
        found.push("team/api:1", manifest("a"))
        yield found


async def _told(served: Registry, folder: Path, busy: Patience | None) -> Manifest:
    who = cast("AsyncTokenCredential", _Somebody())
    cloud = local(f"https://{served.name}", folder / "ca.pem")
    image = Reference(f"{served.name}/team/api", "1")
    return await manifest_of(image, who, cloud, patience=20, busy=busy)


def _busy(status: int) -> tuple[int, dict[str, str]]:
    return status, {"x-ms-retry-after-ms": "10"}


async def test_whatever_a_registry_is_too_busy_for_is_asked_again(
    served: Registry, tmp_path: Path
) -> None:
    served.busy = [_busy(429), None, _busy(503), None, _busy(500), None, _busy(502)]

    assert (await _told(served, tmp_path, Patience(5))).digest
    manifests = ["/v2/team/api/manifests/1"] * 2
    tokens = [*["/oauth2/exchange"] * 2, *["/oauth2/token"] * 2]
    assert served.asked == [*manifests, *tokens, *manifests]


@pytest.mark.parametrize("busy", [Patience(60), None])
async def test_a_registry_that_is_busy_for_longer_is_told_with_the_time(
    served: Registry, tmp_path: Path, busy: Patience | None
) -> None:
    served.busy = [(429, {"retry-after": "90"})]

    told = await _told(served, tmp_path, busy)

    assert told.failure == f"{served.name} answers 429: try again in 90 seconds"
    assert not told.is_missing
    assert len(served.asked) == 1


async def test_a_registry_that_says_nothing_is_not_waited_for_as_a_busy_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registries, "_ANSWER_SECONDS", 0.2)
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        name = f"localhost:{mute.getsockname()[1]}"
        told = await _told(Registry(name), tmp_path, Patience(60))

    assert told.failure.startswith(f"{name} cannot be asked: ")


async def test_waiting_for_a_registry_is_told_with_its_name(
    served: Registry, tmp_path: Path
) -> None:
    served.busy = [(429, {"retry-after": "1.01"})]
    words: list[str] = []

    assert (await _told(served, tmp_path, Patience(5, words.append))).digest
    assert words == [f"{served.name} is asked too often (429): asking again in 2 seconds"]

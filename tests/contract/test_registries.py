"""What registries say, by the one that others wrote: CNCF's distribution, as Debian ships it."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.contract.conftest import ROOT, locked
from tests.unit.preflight.image.registry import INDEX, MANIFEST, digest_of, index, manifest

from funcyard.oci.reference import Reference
from funcyard.preflight.image.registries import Registries

_CONFIG = """\
version: 0.1
log: {{ level: error }}
storage: {{ filesystem: {{ rootdirectory: {folder} }} }}
http: {{ addr: "127.0.0.1:{port}" }}
{auth}
"""
_GUARDED = "auth: { htpasswd: { realm: basic-realm, path: %s } }"


@dataclass(frozen=True)
class Running:
    """A registry that runs, and how images of it are called."""

    name: str

    def push(self, image: str, body: bytes, kind: str = MANIFEST) -> str:
        """Push a manifest; what it names is there."""
        repository, _, tag = image.partition(":")
        self._send("PUT", f"/v2/{repository}/manifests/{tag}", body, kind)
        return digest_of(body)

    def upload(self, repository: str, blob: bytes) -> None:
        """Push a blob in one request after the one that opens the upload."""
        where = self._send("POST", f"/v2/{repository}/blobs/uploads/", b"")
        path = where.removeprefix(f"http://{self.name}")
        kind = "application/octet-stream"
        self._send("PUT", f"{path}&digest={digest_of(blob)}", blob, kind)

    def _send(self, method: str, path: str, body: bytes, kind: str = "") -> str:
        request = urllib.request.Request(f"http://{self.name}{path}", data=body, method=method)
        request.add_header("Content-Type", kind or "application/octet-stream")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return str(answer.headers.get("Location", ""))


def _started(folder: Path, port: int, auth: str = "") -> subprocess.Popen[bytes]:
    config = folder / f"registry-{port}.yml"
    config.write_text(_CONFIG.format(folder=folder / "data", port=port, auth=auth))
    with locked(ROOT / ".venvs" / "judges.lock"):
        subprocess.run([ROOT / "scripts" / "judges.sh", "registry"], check=True)
    program = ROOT / ".venvs" / "judges" / "registry" / "usr" / "bin" / "docker-registry"
    process = subprocess.Popen([program, "serve", config])
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/", timeout=5).close()
        except urllib.error.HTTPError:
            break
        except OSError:
            time.sleep(0.05)
        else:
            break
    assert process.poll() is None
    return process


@pytest.fixture
def running(tmp_path: Path, free_port: int) -> Iterator[Running]:
    process = _started(tmp_path, free_port)
    yield Running(f"127.0.0.1:{free_port}")
    process.terminate()
    process.wait()


def test_tags_digests_and_indexes_are_told_as_the_registry_has_them(running: Running) -> None:
    for content in ("old", "new", "arm64"):
        running.upload("team/api", content.encode())
    old, new, arm = manifest("old"), manifest("new"), manifest("arm64")
    image = Reference(f"{running.name}/team/api", "1", digest_of(old))

    assert Registries().of_tag(image).is_missing
    running.push("team/api:1", old)
    assert Registries().of_tag(image).digest == digest_of(old)
    assert Registries().of_digest(image).digest == digest_of(old)

    running.push("team/api:1", new)
    now = Registries().of_tag(image)
    assert now.digest == digest_of(new)
    assert not now.holds(image.digest)
    assert not Registries().of_digest(image).is_missing

    running.push("team/api:arm", arm)
    whole = index(old, arm)
    running.push("team/api:1", whole, INDEX)
    now = Registries().of_tag(image)
    assert now.digest == digest_of(whole)
    assert now.holds(image.digest)
    gone = Reference(image.name, "", f"sha256:{'a' * 64}")
    assert Registries().of_digest(gone).is_missing


def test_a_registry_that_wants_a_password_tells_nothing(tmp_path: Path, free_port: int) -> None:
    words = tmp_path / "htpasswd"
    words.write_text("somebody:$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC\n")
    process = _started(tmp_path, free_port, _GUARDED % words)
    try:
        told = Registries().of_tag(Reference(f"127.0.0.1:{free_port}/team/api", "1"))
    finally:
        process.terminate()
        process.wait()

    assert not told.is_missing
    assert "nobody who is not signed in" in told.failure

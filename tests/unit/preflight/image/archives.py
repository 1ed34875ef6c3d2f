"""Archives of images made by tests: as ``docker save`` lays them out, and as an OCI layout."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Layer = Mapping[str, "bytes | tarfile.TarInfo"]
ROOT = "home/site/wwwroot"
ENVIRONMENT = ("PATH=/usr/bin", "AzureWebJobsScriptRoot=/home/site/wwwroot")


def tar(entries: Layer) -> bytes:
    """A tar of files, folders (names that end with a slash) and what a test makes itself."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in entries.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            member = tarfile.TarInfo(name)
            member.size = len(content)
            if name.endswith("/"):
                member.type = tarfile.DIRTYPE
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    """A link."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def docker(
    path: Path, layers: Sequence[Layer], *, environment: Sequence[str] = ENVIRONMENT
) -> Path:
    """An archive as ``docker save`` of an engine before 25 writes it."""
    entries: dict[str, bytes] = {}
    names = []
    for number, layer in enumerate(layers):
        names.append(f"{number:064x}/layer.tar")
        entries[names[-1]] = tar(layer)
    config = json.dumps({"config": {"Env": list(environment)}}).encode()
    manifest = [{"Config": "config.json", "RepoTags": ["api:1"], "Layers": names}]
    entries |= {"config.json": config, "manifest.json": json.dumps(manifest).encode()}
    path.write_bytes(tar(entries))
    return path


def oci(
    path: Path,
    layers: Sequence[Layer],
    *,
    compressed: bool = True,
    architectures: Sequence[str] = ("amd64",),
    nested: bool = False,
) -> Path:
    """An OCI archive, with an image for each architecture and an attestation beside."""
    entries: dict[str, bytes] = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}

    def blob(content: bytes, **more: object) -> dict[str, object]:
        digest = hashlib.sha256(content).hexdigest()
        entries[f"blobs/sha256/{digest}"] = content
        return {"digest": f"sha256:{digest}", "size": len(content), **more}

    def image(architecture: str) -> dict[str, object]:
        config = json.dumps({"config": {"Env": list(ENVIRONMENT)}, "for": architecture}).encode()
        plain = [tar(layer) for layer in layers]
        blobs = [blob(gzip.compress(layer) if compressed else layer) for layer in plain]
        manifest = json.dumps({"config": blob(config), "layers": blobs}).encode()
        return blob(manifest, platform={"os": "linux", "architecture": architecture})

    attestation = blob(b"{}", annotations={"vnd.docker.reference.type": "attestation-manifest"})
    manifests = [*map(image, architectures), attestation]
    if nested:
        manifests = [blob(json.dumps({"manifests": manifests}).encode())]
    entries["index.json"] = json.dumps({"manifests": manifests}).encode()
    path.write_bytes(tar(entries))
    return path

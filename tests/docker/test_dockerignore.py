"""Whether .dockerignore is read as a real engine reads it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.unit.preflight.shipping.test_dockerignore import CASES

DOCKERFILE = "FROM scratch\nCOPY . /\n"
TEXTS = sorted({text for text, _, _ in CASES})


@pytest.mark.parametrize("text", TEXTS)
def test_the_engine_leaves_out_the_same_files(tmp_path: Path, text: str) -> None:
    context, taken = tmp_path / "context", tmp_path / "taken"
    expected = {path: left_out for given, path, left_out in CASES if given == text}
    for path in expected:
        (context / path).parent.mkdir(parents=True, exist_ok=True)
        (context / path).write_text("", encoding="utf-8")
    (context / ".dockerignore").write_text(text, encoding="utf-8")

    subprocess.run(
        ["docker", "build", "--quiet", "--file", "-", "--output", taken, context],
        input=DOCKERFILE.encode(),
        env={**os.environ, "DOCKER_BUILDKIT": "1"},
        check=True,
        capture_output=True,
    )

    assert {path: not (taken / path).exists() for path in expected} == expected

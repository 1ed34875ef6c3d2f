"""The storage emulator's account key."""

from __future__ import annotations

import base64

from funcyard.project.account_key import generate_key


def test_a_key_is_64_bytes_in_standard_base64() -> None:
    key = generate_key()
    assert len(key) == 88
    assert key.endswith("==")
    assert len(base64.b64decode(key, validate=True)) == 64


def test_no_two_keys_are_the_same_and_the_randomness_can_be_given() -> None:
    assert generate_key() != generate_key()
    assert generate_key(lambda count: b"\xff" * count) == "/" * 85 + "w=="

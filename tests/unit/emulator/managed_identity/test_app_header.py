"""The header by which an app proves which identities it has."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.managed_identity.app_header import Told, header, told_by

_KEY = bytes(range(32))
_IDS = ["/subscriptions/s/One", "/subscriptions/s/two"]


def test_a_header_names_its_identities_as_ids_are_compared() -> None:
    told = Told([one.lower() for one in _IDS], "/sites/one")
    assert told_by(_KEY, header(_KEY, _IDS, "/sites/One")) == told


def test_another_location_s_header_is_none() -> None:
    assert told_by(bytes(32), header(_KEY, _IDS)) is None


@given(st.integers(0), st.integers(1, 255))
def test_no_byte_of_a_header_can_be_changed(at: int, change: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(header(_KEY, _IDS)))
    raw[at % len(raw)] ^= change
    assert told_by(_KEY, base64.urlsafe_b64encode(raw).decode()) is None


@given(st.text())
def test_whatever_is_sent_is_no_fault_of_the_server(text: str) -> None:
    assert told_by(_KEY, text) is None

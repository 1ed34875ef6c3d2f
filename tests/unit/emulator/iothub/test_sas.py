"""A signature opens what it was made for, until it expires, and nothing else."""

from __future__ import annotations

import base64
import contextlib

import pytest
from azure.iot.hub.sastoken import SasToken
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.iothub import sas
from funcyard.emulator.iothub.errors import HubError

_KEY = base64.b64encode(b"k" * 32).decode()
_HOST = "127.77.1.1"


def _signature(resource: str = _HOST, *, key: str = _KEY, name: str | None = None) -> sas.Signature:
    return sas.read(str(SasToken(resource, key, name, 60)))


def test_what_the_service_sdk_signs_counts_until_it_expires() -> None:
    found = _signature(name="owner+/=")
    assert found.policy == "owner+/="
    found.check((base64.b64encode(b"o" * 32).decode(), _KEY), found.expires - 1)
    with pytest.raises(HubError, match="expired"):
        found.check((_KEY,), found.expires)


def test_a_signature_of_another_key_or_resource_does_not_count() -> None:
    found = _signature(key=base64.b64encode(b"o" * 32).decode())
    with pytest.raises(HubError):
        found.check((_KEY,), 0)
    text = str(SasToken(_HOST, _KEY, None, 60))
    changed = sas.read(text.replace(_HOST, "127.77.1.2"))
    with pytest.raises(HubError):
        changed.check((_KEY,), 0)


@pytest.mark.parametrize("expires", ["", "soon", "-1", "1" * 19, "1" * 400, "1" * 5000])
def test_a_time_that_is_none_makes_a_signature_none(expires: str) -> None:
    text = str(SasToken(_HOST, _KEY, None, 60))
    before, _, rest = text.partition("&se=")
    with pytest.raises(HubError) as refused:
        sas.read(f"{before}&se={expires}&{rest.partition('&')[2]}")
    assert refused.value.status == 401


def test_a_key_that_is_none_opens_nothing() -> None:
    with pytest.raises(HubError):
        _signature().check(("no base64", ""), 0)


@pytest.mark.parametrize(
    ("resource", "path", "opens"),
    [
        (_HOST, "/devices/a", True),
        (f"{_HOST}:8443", "/devices/a", True),
        ("127.77.1.2", "/devices/a", False),
        (f"{_HOST}/devices/a", "/devices/a/messages/events", True),
        (f"{_HOST}/devices/A", "/devices/a", True),
        (f"{_HOST}/devices/a", "/devices/ab", False),
        (f"{_HOST}/devices/a", "/twins/a", False),
        (f"{_HOST}/devices", "/devices/a", True),
    ],
)
def test_a_signature_opens_what_its_resource_begins(
    resource: str, path: str, *, opens: bool
) -> None:
    assert _signature(resource).opens(f"{_HOST}:443", path) is opens


@given(st.text(max_size=80) | st.from_regex(r"SharedAccessSignature [sr&=ig%e0-9a]{0,40}"))
def test_whatever_else_is_said_is_refused_as_no_signature(text: str) -> None:
    with contextlib.suppress(HubError):
        sas.read(text)

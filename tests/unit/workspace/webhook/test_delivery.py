"""A delivery is believed for its signature, and for nothing else."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.workspace.webhook.delivery import (
    LARGEST_BODY,
    BodyTooLargeError,
    Delivery,
    DeliveryError,
    SignatureError,
    is_signed,
)

BODY = b'{"zen":"Keep it logically awesome."}'
SECRET = "It's a Secret to Everybody"  # noqa: S105 - of GitHub's own example


def signature(body: bytes, secret: str = SECRET) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def headers(**changes: str | None) -> dict[str, str]:
    told = {
        "X-Hub-Signature-256": signature(BODY),
        "X-GitHub-Event": "ping",
        "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    }
    changed = told | {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in changed.items() if value is not None}


def test_githubs_own_example_is_accepted() -> None:
    # https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    assert is_signed(b"Hello, World!", expected, [SECRET])


def test_one_of_several_secrets_is_enough_and_an_empty_one_never_counts() -> None:
    assert is_signed(BODY, signature(BODY), ["newer", SECRET])
    assert not is_signed(BODY, signature(BODY), ["newer"])
    assert not is_signed(BODY, signature(BODY), [])
    assert not is_signed(BODY, signature(BODY, ""), [""])


@given(st.text() | st.just("sha256=é" * 8) | st.just("\ud800"))
def test_any_other_signature_is_wrong_and_no_fault(text: str) -> None:
    assert not is_signed(BODY, text, [SECRET])


@given(st.binary())
def test_a_changed_body_is_not_signed(body: bytes) -> None:
    assert is_signed(body, signature(BODY), [SECRET]) == (body == BODY)


def test_headers_are_read_whatever_their_case() -> None:
    delivery = Delivery.of({name.lower(): value for name, value in headers().items()}, BODY)

    assert (delivery.event, delivery.id[:8]) == ("ping", "72d3162e")
    assert delivery.signed_by([SECRET])


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("X_Hub_Signature_256", None, SignatureError),
        ("X_Hub_Signature_256", "", SignatureError),
        ("X_GitHub_Event", None, DeliveryError),
        ("X_GitHub_Event", "a\r\nb", DeliveryError),
        ("X_GitHub_Delivery", None, DeliveryError),
        ("X_GitHub_Delivery", "../../x", DeliveryError),
        ("X_GitHub_Delivery", "a" * 65, DeliveryError),
    ],
)
def test_every_header_is_needed(name: str, value: str | None, kind: type[DeliveryError]) -> None:
    with pytest.raises(kind) as raised:
        Delivery.of(headers(**{name: value}), BODY)

    assert type(raised.value) is kind


def test_more_than_github_ever_delivers_is_refused() -> None:
    assert len(Delivery.of(headers(), b"x" * LARGEST_BODY).body) == LARGEST_BODY
    with pytest.raises(BodyTooLargeError):
        Delivery.of(headers(), b"x" * (LARGEST_BODY + 1))

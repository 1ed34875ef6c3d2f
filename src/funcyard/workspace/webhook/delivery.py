"""A delivery as it came: its headers and its raw body, before anything in it is believed.

https://docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LARGEST_BODY: Final = 25 * 1024 * 1024
"""GitHub delivers no more than that."""

_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
_EVENT: Final = re.compile(r"[a-z0-9_]{1,64}", re.ASCII)
_SIGNATURE: Final = re.compile(rb"sha256=[0-9a-f]{64}")


class DeliveryError(UserError):
    """The delivery cannot be taken: a header is missing, or its body is no payload."""

    code = "webhook-delivery"


class SignatureError(DeliveryError):
    """The signature is missing, or it is not one of this connection's."""

    code = "webhook-signature"


class BodyTooLargeError(DeliveryError):
    """The body is larger than GitHub ever delivers."""

    code = "webhook-too-large"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery whose headers are all there.

    Attributes:
        event: What happened: ``push``, ``ping``.
        id: GitHub's own; the same when a person has it delivered again.
        signature: The header as it came.
        body: The raw body.
        form: Whether the body is a form that holds the payload.
    """

    event: str
    id: str
    signature: str
    body: bytes
    form: bool = False

    @classmethod
    def of(cls, headers: Mapping[str, str], body: bytes) -> Self:
        """Read the headers, whatever their case.

        Raises:
            BodyTooLargeError: There is too much of it.
            SignatureError: There is no signature.
            DeliveryError: Another header is missing, or cannot be meant.
        """
        known = {name.lower(): value.strip() for name, value in headers.items()}
        if len(body) > LARGEST_BODY:
            raise BodyTooLargeError(f"the body is larger than {LARGEST_BODY >> 20} MB")
        signature = known.get("x-hub-signature-256", "")
        if not signature:
            raise SignatureError(
                "the delivery has no X-Hub-Signature-256", hint="set the webhook's secret"
            )
        event, identity = known.get("x-github-event", ""), known.get("x-github-delivery", "")
        if not _EVENT.fullmatch(event):
            raise DeliveryError("the delivery has no X-GitHub-Event")
        if not _ID.fullmatch(identity):
            raise DeliveryError("the delivery has no X-GitHub-Delivery")
        kind = known.get("content-type", "").partition(";")[0].strip().lower()
        return cls(event, identity, signature, body, kind == "application/x-www-form-urlencoded")

    @property
    def digest(self) -> str:
        """SHA-256 of the body."""
        return hashlib.sha256(self.body).hexdigest()

    def signed_by(self, secrets: Iterable[str]) -> bool:
        """Whether one of the secrets made the signature; every one is tried."""
        return is_signed(self.body, self.signature, secrets)


def is_signed(body: bytes, signature: str, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets made a signature of a body: HMAC-SHA256, compared in one time.

    Args:
        body: As it came, byte for byte.
        signature: The header; whatever is no ``sha256=`` and 64 digits is wrong.
        secrets: Those that count now. Empty ones never do.
    """
    given = signature.encode(errors="replace")
    right = bool(_SIGNATURE.fullmatch(given))
    found = False
    for secret in secrets:
        made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        same = hmac.compare_digest(given, f"sha256={made}".encode())
        found |= same and right and bool(secret)
    return found

"""The registry's own tokens, had by a token of Entra ID, by user and password, or by each other.

https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md; for ``GET /oauth2/token`` also
https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from funcyard.emulator.registries import errors
from funcyard.emulator.registries.call import document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.registries.call import Call, Reply

_LARGEST_FORM: Final = 64 * 1024


async def exchange(call: Call) -> Reply:
    """Return a refresh token for a token of Entra ID, to who has a role here."""
    form = await _form(call)
    kind = _one(form, "grant_type")
    if kind not in {"access_token", "access_token_refresh_token"}:
        raise _bad(f"grant_type {kind!r} is not served here: access_token")
    _check_service(call, form)
    subject = call.access.subject_of_entra_token(_one(form, "access_token"))
    if subject is None:
        raise errors.unauthorized(call.access.challenge())
    return document(200, {"refresh_token": call.access.refresh_token(subject)})


async def of_form(call: Call) -> Reply:
    """Return an access token for a refresh token, or for user and password."""
    form = await _form(call)
    _check_service(call, form)
    kind = _one(form, "grant_type")
    if kind == "refresh_token":
        subject = call.access.subject_of_refresh_token(_one(form, "refresh_token"))
    elif kind == "password":
        # Without a user it is somebody who proves nothing, as the SDK of registries asks then.
        user, password = _one(form, "username"), _one(form, "password")
        anybody = call.access.anonymous if not user else None
        subject = anybody or call.access.subject_of_password(user, password)
    else:
        raise _bad(f"grant_type {kind!r} is not served here: refresh_token, password")
    return _answer(call, subject, form.get("scope", []))


async def of_basic(call: Call) -> Reply:
    """Return an access token to a user with a password, or to anybody who may pull."""
    _check_service(call, call.query)
    authorization = call.headers.get("authorization", "")
    subject = call.access.subject_of_basic(authorization)
    if not authorization:
        subject = call.access.anonymous
    return _answer(call, subject, call.query.get("scope", []))


def _answer(call: Call, subject: str | None, scopes: list[str]) -> Reply:
    if subject is None:
        raise errors.unauthorized(call.access.challenge())
    wanted = [one for text in scopes for one in text.split()]
    return document(200, {"access_token": call.access.access_token(subject, wanted)})


def _check_service(call: Call, given: Mapping[str, list[str]]) -> None:
    service = _one(given, "service")
    if service != call.access.service:
        raise _bad(f"service {service!r} is not this registry, {call.access.service}")


async def _form(call: Call) -> dict[str, list[str]]:
    body = await call.body(_LARGEST_FORM)
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)


def _one(given: Mapping[str, list[str]], name: str) -> str:
    return given.get(name, [""])[-1]


def _bad(message: str) -> errors.RegistryError:
    return errors.RegistryError(400, "BAD_REQUEST", message)

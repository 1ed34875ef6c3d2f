"""The source of a copy or rename: a URL of this server, and whether the request may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from funcyard.emulator.files import names, sas
from funcyard.emulator.files.authentication import with_any
from funcyard.emulator.files.call import Source
from funcyard.emulator.files.errors import StorageError
from funcyard.emulator.files.operation import Operation
from funcyard.emulator.files.request import Request, address_of
from funcyard.emulator.files.signature import query_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.files.call import Answer, Call
    from funcyard.emulator.files.request import Address
    from funcyard.emulator.files.store.store import Store

_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def resolve(
    call: Call, url: str, permission: str, *, keys: Mapping[str, tuple[str, ...]]
) -> Source:
    """Return the file or directory that a URL names.

    Args:
        call: The request that names it.
        url: Of a share of this server; another server's is not reached from here.
        permission: What a token must grant on it.
        keys: Account name to its keys.

    Raises:
        StorageError: It is not of this server, not there, or may not be read.
    """
    try:
        parsed = urlsplit(url)
        ours = _is_ours(call, parsed.hostname or "", parsed.netloc)
        address = address_of(parsed.netloc, parsed.path, secure=parsed.scheme == "https")
    except ValueError:
        raise StorageError("CannotVerifyCopySource") from None
    if not ours or address.share is None or address.account not in keys:
        raise StorageError("CannotVerifyCopySource")
    query = query_of(parsed.query)
    _check_allowed(call, address, query, permission, keys[address.account])
    share = call.store.share(address.account, address.share, query.get("sharesnapshot", ""))
    if share is None:
        raise StorageError("CannotVerifyCopySource")
    dots = call.request.flag("x-ms-source-allow-trailing-dot")
    parts = names.parts_of(address.path, trailing_dots=dots)
    return Source(url.partition("?")[0], share, parts)


def policy_finder(store: Store, account: str) -> sas.FindPolicy:
    """Return what finds a stored access policy of an account's shares."""

    def find(share: str, identifier: str) -> sas.Policy | None:
        found = store.share(account, share)
        values = found.policies.get(identifier) if found else None
        return sas.Policy.read(values) if values is not None else None

    return find


def _is_ours(call: Call, host: str, netloc: str) -> bool:
    own = call.request.headers.get("host", "")
    if netloc == own:
        return True
    _, _, own_rest = own.partition(".file.")
    _, _, rest = netloc.partition(".file.")
    if own_rest and rest:
        return own_rest == rest
    return host in _HOSTS and netloc.rpartition(":")[2] == own.rpartition(":")[2]


def _check_allowed(
    call: Call, address: Address, query: dict[str, str], permission: str, keys: tuple[str, ...]
) -> None:
    if not sas.is_sas(query):
        same = address.account == call.address.account
        if same and call.grant.permissions is None:
            return
        if same and call.grant.covers(address.share or "") and call.grant.allows(permission):
            return
        raise StorageError("CannotVerifyCopySource")
    request = Request("GET", "", query, {}, client=call.request.client, secure=call.request.secure)
    operation = Operation("Get File", _never, "object", permission, permission)
    policy, now = policy_finder(call.store, address.account), call.store.now()
    try:
        with_any(
            keys,
            lambda key: sas.verify(request, address, operation, key=key, now=now, policy=policy),
        )
    except StorageError as fault:
        raise StorageError("CannotVerifyCopySource", CopySourceErrorCode=fault.code) from fault


def _never(call: Call) -> Answer:
    raise AssertionError(call)

"""Which function answers what: addresses of the distribution API and of the exchange of tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.registries import blobs, errors, images, listing, metadata, tokens, uploads

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from funcyard.emulator.registries.call import Reply

    Handler = Callable[..., Awaitable[Reply]]

_ROUTES: Final[tuple[tuple[str, Mapping[str, Handler]], ...]] = (
    ("/v2/?", {"GET": listing.ping, "HEAD": listing.ping}),
    ("/v2/_catalog", {"GET": listing.catalog}),
    ("/v2/(.+)/tags/list", {"GET": listing.tags}),
    (
        "/v2/(.+)/manifests/([^/]+)",
        {"GET": images.get, "HEAD": images.get, "PUT": images.put, "DELETE": images.delete},
    ),
    ("/v2/(.+)/blobs/uploads/?", {"POST": uploads.begin}),
    (
        "/v2/(.+)/blobs/uploads/([^/]+)",
        {
            "GET": uploads.status,
            "PATCH": uploads.append,
            "PUT": uploads.finish,
            "DELETE": uploads.cancel,
        },
    ),
    ("/v2/(.+)/blobs/([^/]+)", {"GET": blobs.get, "HEAD": blobs.get, "DELETE": blobs.delete}),
    ("/acr/v1/_catalog", {"GET": listing.catalog}),
    ("/acr/v1/(.+)/_tags", {"GET": metadata.tags}),
    ("/acr/v1/(.+)/_tags/([^/]+)", {"GET": metadata.tag, "DELETE": metadata.delete_tag}),
    ("/acr/v1/(.+)/_manifests", {"GET": metadata.manifests}),
    ("/acr/v1/(.+)/_manifests/([^/]+)", {"GET": metadata.manifest}),
    ("/acr/v1/(.+)", {"GET": metadata.repository, "DELETE": metadata.delete_repository}),
    ("/oauth2/exchange", {"POST": tokens.exchange}),
    ("/oauth2/token", {"GET": tokens.of_basic, "POST": tokens.of_form}),
)


def find(method: str, path: str) -> tuple[Handler, tuple[str, ...]]:
    """Return what answers a request, and the names in its address.

    Raises:
        RegistryError: Nothing does.
    """
    for pattern, handlers in _ROUTES:
        if found := re.fullmatch(pattern, path):
            handler = handlers.get(method)
            if handler is None:
                raise errors.unsupported(f"{method} is not served at {path}")
            return handler, found.groups()
    raise errors.not_served(path)

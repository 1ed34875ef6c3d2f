"""The optional ``azurefunctions.extensions`` of an app: SDK types and streamed HTTP.

An app that uses them has imported their common base by the time its functions are bound; where the
base was not imported, neither feature is in use. Follows ``bindings/meta.py`` and ``http_v2.py`` of
azure-functions-runtime 1.3.0.
"""

from __future__ import annotations

import sys
from typing import Any

_BASE = "azurefunctions.extensions.base"


def sdk_types() -> Any:  # noqa: ANN401 - a class of the app's own library
    """Return the registry of bindings that hand over SDK clients, or None."""
    base = sys.modules.get(_BASE)
    return base.get_binding_registry() if base is not None else None


def streamed_http() -> Any:  # noqa: ANN401 - a module of the app's own library
    """Return the base extension where a web extension (HTTP v2) was imported, else None.

    It switches every HTTP function of the app to the web framework's request and response.
    """
    base = sys.modules.get(_BASE)
    return base if base is not None and base.HttpV2FeatureChecker.http_v2_enabled() else None


def is_sdk_type(annotation: Any) -> bool:  # noqa: ANN401 - an annotation may be any object
    """Whether a parameter so annotated receives an SDK client (a deferred binding)."""
    registry = sdk_types()
    return registry is not None and bool(registry.check_supported_type(annotation))


def is_settlement_client(annotation: Any) -> bool:  # noqa: ANN401 - an annotation may be any object
    """Whether a parameter so annotated receives a client that settles messages."""
    registry = sdk_types()
    try:
        return registry is not None and bool(registry.check_supported_grpc_client_type(annotation))
    except Exception:  # noqa: BLE001 - the official worker takes any failure of the check as a no
        return False

"""Retry policies: read from a function and held against what the official worker can transmit.

Follows ``build_retry_protos`` in ``loader.py`` of azure-functions-runtime 1.3.0; the names of the
strategies are the labels of ``RetryStrategy`` in the worker's protocol (FunctionRpc.proto).
"""

from __future__ import annotations

import json
import time
from typing import Any

_STRATEGIES = frozenset({"exponential_backoff", "fixed_delay"})


def retry_policy(function: Any) -> dict[str, Any] | None:  # noqa: ANN401 - azure.functions' Function
    """Return the settings of a function's retry policy as given, in JSON's terms, or None.

    Raises:
        ValueError, TypeError: A count is no number, an interval is not ``HH:MM:SS``, or the
            strategy is unknown; each fails the whole app.
    """
    try:
        policy: dict[str, Any] | None = function.get_settings_dict("retry_policy")
    except AttributeError:
        return None
    if not policy:
        return None
    strategy = policy.get("strategy")
    int(policy.get("max_retry_count"))  # type: ignore[arg-type]  # None must fail as it does there
    if strategy == "fixed_delay":
        _interval(policy.get("delay_interval"))
    else:
        for key in ("minimum_interval", "maximum_interval"):
            if policy.get(key):
                _interval(policy[key])
    if isinstance(strategy, str) and strategy not in _STRATEGIES:
        raise ValueError(f'unknown enum label "{strategy}"')
    kept: dict[str, Any] = json.loads(json.dumps(policy, default=str))
    return kept


def _interval(text: Any) -> None:  # noqa: ANN401 - None must fail as it does there
    time.strptime(text, "%H:%M:%S")

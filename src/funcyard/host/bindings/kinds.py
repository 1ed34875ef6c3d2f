"""What reads and what writes the bindings of a type, imported when a function first has one."""

from __future__ import annotations

import functools
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from funcyard.functions.model import Binding
    from funcyard.host.bindings.binder import Binder
    from funcyard.host.invocation import Value

    Reader = Callable[[Binding, Binder], Awaitable[Value | None]]
    Writer = Callable[[Binding, Binder, Value], Awaitable[None]]

_READERS = {
    "blob": ("funcyard.host.bindings.blob", "read_blob"),
    "table": ("funcyard.host.bindings.table", "read_table"),
}
_WRITERS = {
    "blob": ("funcyard.host.bindings.blob", "write_blob"),
    "eventGrid": ("funcyard.host.bindings.event_grid", "write_event_grid"),
    "queue": ("funcyard.host.bindings.queue", "write_queue"),
    "table": ("funcyard.host.bindings.table", "write_table"),
}


@functools.cache
def reader(kind: str) -> Reader | None:
    """Return what reads an input of a type, None for a type that cannot be read here."""
    return cast("Reader", _found(*_READERS[kind])) if kind in _READERS else None


@functools.cache
def writer(kind: str) -> Writer | None:
    """Return what writes an output of a type, None for a type that cannot be written here."""
    return cast("Writer", _found(*_WRITERS[kind])) if kind in _WRITERS else None


def _found(module: str, name: str) -> object:
    return getattr(import_module(module), name)

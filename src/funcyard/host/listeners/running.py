"""The listeners of one app that run now, changed as its functions change."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from funcyard.errors import FuncyardError
from funcyard.host.events import Event
from funcyard.host.functions_view import REQUESTED
from funcyard.host.listeners.build import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from funcyard.functions.model import Function
    from funcyard.host.functions_view import FunctionView
    from funcyard.host.host_json import HostJson
    from funcyard.host.listeners.listener import Listener, ListenerContext


class RunningListeners:
    """Starts and stops listeners so that they are those of the newest code."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[Function, Listener]] = {}
        self._host_json: HostJson | None = None

    async def listen(
        self,
        views: Sequence[FunctionView],
        functions: Mapping[str, Function],
        context: ListenerContext,
    ) -> list[FunctionView]:
        """Listen for the triggers of new code, and tell which functions cannot run, and why.

        Args:
            views: How its functions stand so far.
            functions: Its functions by name.
            context: What a listener may use.

        Returns:
            How they stand now.
        """
        wanted = {
            view.name: functions[view.name]
            for view in views
            if view.trigger not in REQUESTED and view.state == "listening"
        }
        failures = await self._change(wanted, context)
        views = [
            replace(view, state="failed", reason=failures[view.name])
            if view.name in failures
            else view
            for view in views
        ]
        for view in views:
            if view.reason and view.state != "disabled":
                context.events.publish(
                    Event.of_listener(context.app, view.name, "warning", view.reason)
                )
        return views

    async def _change(
        self, wanted: Mapping[str, Function], context: ListenerContext
    ) -> dict[str, str]:
        """Stop listeners whose function changed or went, start those that are new.

        A listener whose bindings stay the same goes on undisturbed, unless host.json changed.

        Returns:
            For each function whose listener could not start, why.
        """
        kept = {
            name
            for name, (function, _) in self._running.items()
            if name in wanted
            and wanted[name].bindings == function.bindings
            and context.host_json == self._host_json
        }
        await self.stop(name for name in self._running if name not in kept)
        self._host_json = context.host_json
        failures: dict[str, str] = {}
        for name, function in wanted.items():
            if name in kept:
                continue
            try:
                listener = build(function, context)
                await listener.start()
            except FuncyardError as fault:
                failures[name] = fault.message
            else:
                self._running[name] = (function, listener)
        return failures

    async def stop(self, names: Iterable[str] | None = None) -> None:
        """Stop some listeners, or all, and wait until their work is drained."""
        chosen = list(self._running if names is None else names)
        stopping = [self._running.pop(name)[1].stop() for name in chosen]
        if stopping:
            await asyncio.gather(*stopping)

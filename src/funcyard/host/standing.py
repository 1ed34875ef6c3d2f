"""How an app stands: whether it serves, why not, with which functions; each change is told.

The state is what ``status`` and the views show; the event of its change is what the log shows.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal

from funcyard.host.events import Event
from funcyard.host.functions_view import tally

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.functions.model import Index, LoadFailure
    from funcyard.host.events import Events
    from funcyard.host.functions_view import FunctionView

AppState = Literal["starting", "ready", "failed", "restarting", "stopped"]


class Standing:
    """How one app stands.

    Args:
        app: The app's name.
        events: Where changes are published.

    Attributes:
        state: Whether it serves.
        reason: Why it does not, or what is wrong although it does; else empty.
        functions: Those of the code that serves.
        tried: Set once the code has been loaded, or could not be.
    """

    def __init__(self, app: str, events: Events) -> None:
        self.state: AppState = "starting"
        self.reason = ""
        self.functions: tuple[FunctionView, ...] = ()
        self.tried = asyncio.Event()
        self._app = app
        self._events = events

    def ready(self, views: Sequence[FunctionView], seconds: float, *, reloaded: bool) -> None:
        """Tell that code serves.

        Args:
            views: Its functions.
            seconds: How long it took to load.
            reloaded: Whether it follows other code that served.
        """
        self.state = "ready"
        self.functions = tuple(views)
        self.reason = "" if views else "0 functions: nothing is registered on the app"
        self._events.publish(
            Event(
                "reload" if reloaded else "app",
                f"ready: {tally(self.functions)}, loaded in {seconds:.2f} s",
                app=self._app,
                data={"functions": [view.name for view in views]},
            )
        )

    def restarting(self, exit_code: int | None, delay: float) -> None:
        """Tell that the worker died and is replaced in ``delay`` seconds."""
        self.state = "restarting"
        self.reason = f"the worker ended with exit code {exit_code}"
        message = f"{self.reason}; restarting in {delay:g} s"
        self._events.publish(Event("app", message, app=self._app, level="error"))

    def load_failed(self, failure: LoadFailure | None, problem: str, *, serving: bool) -> None:
        """Tell that code cannot serve, with its traceback where there is one.

        Args:
            failure: What stopped its loading, if that did.
            problem: See :func:`problem_of`.
            serving: Whether the last good code goes on serving.
        """
        data: dict[str, Any] = {}
        if failure is not None:
            data = {"file": failure.file, "line": failure.line, "kind": failure.kind}
            if failure.traceback:
                self._events.publish(
                    Event("log", failure.traceback.rstrip(), app=self._app, level="error")
                )
        self.failed(problem, data=data, serving=serving)

    def failed(
        self,
        message: str,
        *,
        hint: str | None = None,
        data: Mapping[str, Any] | None = None,
        serving: bool,
    ) -> None:
        """Tell that the app, or its new code, cannot serve.

        Args:
            message: Why.
            hint: What helps.
            data: Whatever else a tool may want.
            serving: Whether the last good code goes on serving.
        """
        self.tried.set()
        self.reason = message
        if not serving:
            self.state = "failed"
        text = f"{message}{f' ({hint})' if hint else ''}"
        if serving:
            text += "; the last good code keeps serving"
        self._events.publish(
            Event(
                "reload" if serving else "app",
                text,
                app=self._app,
                level="error",
                data=data or {},
            )
        )


def problem_of(index: Index) -> str | None:
    """Return why an app cannot serve, None when it can; no functions at all is not a failure."""
    if index.legacy:
        script = index.missing_script
        why = f"there is no {script}" if script else "the script registers no function"
        return f"{why}: the programming model v1 (function.json folders) cannot run here yet"
    if index.missing_script:
        return f"there is no {index.missing_script} in the app's folder"
    if index.failure is None:
        return None
    where = f"{index.failure.file}:{index.failure.line}: " if index.failure.file else ""
    return f"{where}{index.failure.kind}: {index.failure.message}"

"""The decorators of azure-functions: which parameter each binds, to what, and what may be written.

https://learn.microsoft.com/azure/azure-functions/functions-reference-python#triggers-and-inputs
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RETURN = "$return"

_TYPES = {
    "activity_trigger": "activityTrigger",
    "blob_input": "blob",
    "blob_output": "blob",
    "blob_trigger": "blobTrigger",
    "cosmos_db_input": "cosmosDB",
    "cosmos_db_output": "cosmosDB",
    "cosmos_db_trigger": "cosmosDBTrigger",
    "durable_client_input": "durableClient",
    "entity_trigger": "entityTrigger",
    "event_grid_output": "eventGrid",
    "event_grid_trigger": "eventGridTrigger",
    "event_hub_message_trigger": "eventHubTrigger",
    "event_hub_output": "eventHub",
    "generic_input_binding": "",
    "generic_output_binding": "",
    "generic_trigger": "",
    "kafka_output": "kafka",
    "kafka_trigger": "kafkaTrigger",
    "orchestration_trigger": "orchestrationTrigger",
    "queue_output": "queue",
    "queue_trigger": "queueTrigger",
    "route": "httpTrigger",
    "schedule": "timerTrigger",
    "service_bus_queue_output": "serviceBus",
    "service_bus_queue_trigger": "serviceBusTrigger",
    "service_bus_topic_output": "serviceBus",
    "service_bus_topic_trigger": "serviceBusTrigger",
    "sql_input": "sql",
    "sql_output": "sql",
    "sql_trigger": "sqlTrigger",
    "table_input": "table",
    "table_output": "table",
    "timer_trigger": "timerTrigger",
    "warm_up_trigger": "warmupTrigger",
}
"""The decorators that bind a parameter, and the type of their bindings."""

_CLASSES = {
    "blob": "InputStream",
    "blobTrigger": "InputStream",
    "cosmosDB": "DocumentList",
    "cosmosDBTrigger": "DocumentList",
    "eventGridTrigger": "EventGridEvent",
    "eventHubTrigger": "EventHubEvent",
    "httpTrigger": "HttpRequest",
    "kafkaTrigger": "KafkaEvent",
    "queueTrigger": "QueueMessage",
    "serviceBusTrigger": "ServiceBusMessage",
    "sql": "SqlRowList",
    "sqlTrigger": "SqlRowList",
    "timerTrigger": "TimerRequest",
}
_NAMING = ("arg_name", "input_name", "context_name", "client_name", "trigger_arg_name")
_NAMES = {
    "function_name": "name",
    "activity_trigger": "activity",
    "orchestration_trigger": "orchestration",
    "entity_trigger": "entity_name",
}
"""The decorators that may name the function, and the argument that does."""


@dataclass(frozen=True, slots=True)
class Decorator:
    """One decorator, ``@app.queue_trigger(…)``.

    Attributes:
        name: ``queue_trigger``.
        node: The call.
        holder: What it is called on, ``app``; empty unless that is a name.
    """

    name: str
    node: ast.Call
    holder: str

    @property
    def line(self) -> int:
        """Where it stands."""
        return self.node.lineno

    @property
    def is_output(self) -> bool:
        """Whether its parameter is an ``Out``."""
        return "_output" in self.name

    @property
    def type(self) -> str:
        """The type of its binding, such as ``queueTrigger``; empty for none or an unknown one."""
        known = _TYPES.get(self.name, "")
        return known if known or not self.name.startswith("generic_") else self.text("type")

    @property
    def parameter(self) -> str:
        """The parameter that it binds; empty where it binds none or that cannot be read."""
        for naming in _NAMING:
            if found := self.text(naming):
                return found
        if self.name == "route":
            return "req"
        return self.text("", 0) if self.name in _TYPES else ""

    @property
    def function_name(self) -> str:
        """The name that it gives the function; empty for none."""
        naming = _NAMES.get(self.name)
        if naming is None:
            return ""
        return self.text(naming, 0 if self.name == "function_name" else None)

    def argument(self, name: str, position: int | None = None) -> ast.expr | None:
        """Return an argument by its name or position, None where it is not given."""
        for keyword in self.node.keywords:
            if keyword.arg == name:
                return keyword.value
        if position is not None and position < len(self.node.args):
            return self.node.args[position]
        return None

    def text(self, name: str, position: int | None = None) -> str:
        """Return an argument that is written as text, else nothing."""
        given = self.argument(name, position)
        return (
            given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""
        )

    def line_of(self, *names: str) -> int:
        """Return the line of the first of these arguments that is given, else the decorator's."""
        for name in names:
            if (given := self.argument(name)) is not None:
                return given.lineno
        return self.line


def decorators_of(nodes: Iterable[ast.expr]) -> Iterator[Decorator]:
    """Yield the decorators that are calls of a method."""
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            holder = node.func.value
            name = holder.id if isinstance(holder, ast.Name) else ""
            yield Decorator(node.func.attr, node, name)


def class_for(binding_type: str) -> str:
    """Return the class of azure.functions that a binding hands over, empty for none of its own."""
    return _CLASSES.get(binding_type, "")

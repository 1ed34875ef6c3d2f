"""A strategy of function apps as source text: what people come up with, in every combination.

Decorators, bindings, annotations, parameters, blueprints and their registration are drawn apart
from each other, so most apps are wrong in some way and many are right. Simple choices come first in
every list: what hypothesis shrinks to is a short app.
"""

from __future__ import annotations

from hypothesis import strategies as st

HEAD = """\
import abc, collections, dataclasses, enum, functools, typing
import azure.functions as func
"""
OWN_TYPES = """\
T = typing.TypeVar("T")
class Own: ...
class Box(typing.Generic[T]): ...
class Text(str): ...
class Message(func.QueueMessage): ...
class Out(typing.Generic[T]): ...
class Colour(enum.Enum):
    RED = 1
class Shape(typing.TypedDict):
    side: int
class Shaped(typing.Protocol): ...
@dataclasses.dataclass
class Row:
    side: int = 0
Name = typing.NewType("Name", str)
"""
EXTENSIONS = {
    "df": "import azure.durable_functions as df\n",
    "blobs": "import azurefunctions.extensions.bindings.blob as blobs\n",
    "fastapi": "from azurefunctions.extensions.http.fastapi import Request, Response\n",
    "base": "from azurefunctions.extensions.base import GrpcClientType\n"
    "class Actions(GrpcClientType): ...\n",
}
_HINTS = {
    "df": ("df.DurableOrchestrationContext", "df.DurableOrchestrationClient"),
    "blobs": ("blobs.BlobClient", "blobs.ContainerClient", "blobs.StorageStreamDownloader"),
    "fastapi": ("Request", "Response"),
    "base": ("Actions",),
}
"""What each extension brings to annotate with."""

_LONG = {
    "topic": 'topic_name="t", subscription_name="s"',
    "container": 'database_name="d", container_name="c"',
}
_NAMES = ("message", "req", "timer", "data", "out", "context", "x", "name")
_TRIGGERS = (
    'route(route="r", trigger_arg_name="{name}"{more})',
    'queue_trigger(arg_name="{name}", queue_name="queue", connection="S"{data})',
    'timer_trigger(arg_name="{name}", schedule="0 * * * * *"{data})',
    'blob_trigger(arg_name="{name}", path="incoming/x", connection="S"{data})',
    'service_bus_queue_trigger(arg_name="{name}", connection="C", queue_name="queue"{data}{many})',
    'service_bus_topic_trigger(arg_name="{name}", connection="C", {topic}{data}{many})',
    'event_hub_message_trigger(arg_name="{name}", connection="C", event_hub_name="h"{data}{many})',
    'event_grid_trigger(arg_name="{name}"{data})',
    'cosmos_db_trigger(arg_name="{name}", connection="C", {container}{data})',
    'kafka_trigger(arg_name="{name}", topic="t", broker_list="b"{data}{many})',
    'sql_trigger(arg_name="{name}", table_name="rows", connection_string_setting="C"{data})',
    'warm_up_trigger(arg_name="{name}"{data})',
    'generic_trigger(arg_name="{name}", type="httpTrigger"{data})',
    'generic_trigger(arg_name="{name}", type="queueTrigger"{data})',
    'generic_trigger(arg_name="{name}", type="neverHeardOfTrigger"{data}, note=object())',
    'generic_trigger(arg_name="{name}", type="neverHeardOf"{data})',
    'dapr_topic_trigger(arg_name="{name}", pub_sub_name="p", topic="t"{data})',
    'activity_trigger(input_name="{name}")',
    'orchestration_trigger(context_name="{name}")',
    'entity_trigger(context_name="{name}")',
)
_BINDINGS = (
    'queue_output(arg_name="{name}", queue_name="queue", connection="S"{data})',
    'blob_output(arg_name="{name}", path="files/b", connection="S"{data})',
    'blob_input(arg_name="{name}", path="files/b", connection="S"{data})',
    'table_input(arg_name="{name}", connection="S", table_name="rows"{data})',
    'table_output(arg_name="{name}", connection="S", table_name="rows"{data})',
    'cosmos_db_input(arg_name="{name}", connection="C", {container}{data})',
    'cosmos_db_output(arg_name="{name}", connection="C", {container}{data})',
    'event_hub_output(arg_name="{name}", connection="C", event_hub_name="h"{data})',
    'event_grid_output(arg_name="{name}", topic_endpoint_uri="U", topic_key_setting="K"{data})',
    'service_bus_queue_output(arg_name="{name}", connection="C", queue_name="queue"{data})',
    'sql_input(arg_name="{name}", command_text="q", connection_string_setting="C"{data})',
    'sql_output(arg_name="{name}", command_text="q", connection_string_setting="C"{data})',
    'kafka_output(arg_name="{name}", topic="t", broker_list="b"{data})',
    'generic_input_binding(arg_name="{name}", type="neverHeardOf"{data})',
    'generic_output_binding(arg_name="{name}", type="http"{data})',
    'generic_output_binding(arg_name="{name}", type="neverHeardOf"{data})',
    'generic_output_binding(arg_name="{name}", type="timerTrigger"{data})',
    'durable_client_input(client_name="{name}")',
)
_OTHERS = (
    'function_name("g{f}")',
    'function_name("same")',
    'retry(strategy="fixed_delay", max_retry_count="3", delay_interval="00:00:05")',
    'retry(strategy="exponential_backoff", max_retry_count="3", minimum_interval="00:00:01")',
    'retry(strategy="never", max_retry_count="3")',
    'retry(strategy="fixed_delay", max_retry_count="3")',
    'retry(strategy="fixed_delay", max_retry_count=None, delay_interval="00:00:05")',
    'retry(strategy="fixed_delay", max_retry_count="3", delay_interval="5 s")',
    'http_type("wsgi")',
)
_FITTING = {
    "route": "func.HttpRequest",
    "queue_trigger": "func.QueueMessage",
    "timer_trigger": "func.TimerRequest",
    "blob_trigger": "func.InputStream",
    "service_bus_queue_trigger": "func.ServiceBusMessage",
    "service_bus_topic_trigger": "typing.List[func.ServiceBusMessage]",
    "event_hub_message_trigger": "func.EventHubEvent",
    "event_grid_trigger": "func.EventGridEvent",
    "cosmos_db_trigger": "func.DocumentList",
    "kafka_trigger": "func.KafkaEvent",
    "activity_trigger": "dict",
    "blob_input": "func.InputStream",
    "cosmos_db_input": "func.DocumentList",
    "sql_input": "func.SqlRowList",
    "cosmos_db_output": "func.Out[func.Document]",
    "event_grid_output": "func.Out[func.EventGridOutputEvent]",
    "sql_output": "func.Out[func.SqlRow]",
}
"""By decorator, the annotation that the documentation shows; else ``str`` or ``Out[str]``."""

_PLAIN = (
    "str", "bytes", "dict", "list", "int", "object", "None", "bool", "bytearray", "tuple", "type",
    "func.QueueMessage", "func.HttpRequest", "func.HttpResponse", "func.TimerRequest",
    "func.InputStream", "func.ServiceBusMessage", "func.EventHubEvent", "func.EventGridEvent",
    "func.DocumentList", "func.Document", "func.KafkaEvent", "func.SqlRowList", "func.SqlRow",
    "func.Context", "func.EventGridOutputEvent", "func.Out", "Out",
    "Own", "Box", "Text", "Message", "Colour", "Shape", "Shaped", "Row", "Name", "T",
    "typing.Any", "typing.List", "typing.Dict", "typing.Tuple", "typing.Type", "typing.Callable",
    "typing.Optional", "typing.Union", "typing.Generic", "typing.ClassVar", "typing.NoReturn",
    "typing.Hashable", "typing.IO", "typing.Text", "typing.Literal[1]", "abc.ABC", "collections",
    "'str'", "'func.HttpRequest'", "'func.Out[str]'", "'Nowhere'", "'not a type'", "3", "...",
)  # fmt: skip
_AROUND = (
    "{}", "{}", "{}", "func.Out[{}]", "func.Out[{}]", "typing.List[{}]", "typing.Optional[{}]",
    "list[{}]", "dict[str, {}]", "typing.Dict[str, {}]", "{} | None", "typing.Union[{}, bytes]",
    "func.Out[typing.List[{}]]", "func.Out[list[{}]]", "typing.Annotated[{}, 1]", "Box[{}]",
    "Out[{}]", "typing.Tuple[{}, int]", "tuple[{}, ...]", "typing.Type[{}]", "type[{}]",
    "typing.Callable[[{}], str]", "typing.Final[{}]", "typing.ClassVar[{}]", "typing.Iterable[{}]",
    "func.Out[typing.Optional[{}]]", "func.Out[{}, int]", "typing.Awaitable[{}]",
)  # fmt: skip
_HOLDERS = (
    "app = func.FunctionApp()\n",
    "app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)\n",
    "app = df.DFApp()\n",
    "app = func.FunctionApp()\nalias = app\n",
    "app = func.FunctionApp()\nother = func.FunctionApp()\n",
    "app = func.Blueprint()\n",
    "class Mine(func.FunctionApp): ...\napp = Mine()\n",
)
_BLUEPRINTS = ("func.Blueprint()", "df.Blueprint()", "func.FunctionApp()")
_REGISTRATIONS = (
    "app.register_functions({name})\n",
    "app.register_blueprint({name})\n",
    "",
    "app.register_functions({name})\napp.register_functions({name})\n",
)
_DEFINITIONS = (
    ("def {f}({parameters}){returns}: ...\n", "{f}"),
    ("async def {f}({parameters}){returns}: ...\n", "{f}"),
    ("def {f}({parameters}){returns}:\n    yield 1\n", "{f}"),
    ("def {f}({parameters}){returns}: ...\n", "functools.partial({f})"),
    ("def {f}({parameters}){returns}: ...\n", "functools.wraps({f})(lambda **given: None)"),
    ("class {f}:\n    def __call__(self, {parameters}){returns}: ...\n", "{f}()"),
    ("class {f}:\n    def run(self, {parameters}){returns}: ...\n", "{f}().run"),
    ("class {f}:\n    @staticmethod\n    def run({parameters}){returns}: ...\n", "{f}.run"),
    ("", "lambda {names}: None"),
)
"""How a function is defined, and the expression that is decorated."""

_PARAMETERS = (
    "{name}",
    "{name}: {fits}",
    "{name}: {fits}",
    "{name}: {hint}",
    "{name}: {hint} = None",
)
_EXTRA_PARAMETERS = (
    "context", "context: func.Context", "more", "more: {hint}", "*rest", "**rest", "*, more=None",
    "/",
)  # fmt: skip


def _weighted(usual: str, *others: str, share: int = 4) -> st.SearchStrategy[str]:
    """Draw the usual text, and one time out of ``share`` another one."""
    return st.sampled_from([usual] * (share - 1) * len(others) + list(others))


_DATA = _weighted(
    "",
    ', data_type="string"',
    ', data_type="undefined"',
    ", data_type=func.DataType.BINARY",
    ', data_type="bogus"',
    share=8,
)
_MANY = _weighted("", ', cardinality="many"', ", cardinality=func.Cardinality.ONE")
_MORE = _weighted(
    "",
    ', methods=["GET", "post"]',
    ', auth_level="admin"',
    ", trigger_extra_fields=dict(a=1)",
    ', auth_level="bogus"',
)


@st.composite
def _hint(draw: st.DrawFn, plain: tuple[str, ...]) -> str:
    return draw(st.sampled_from(_AROUND)).format(draw(st.sampled_from(plain)))


@st.composite
def _function(draw: st.DrawFn, number: int, holder: str, hints: tuple[str, ...]) -> str:
    """Draw the definition of one function and its decoration by ``holder``."""
    f = f"f{number}"
    templates = draw(st.lists(st.sampled_from(_BINDINGS), max_size=2))
    if draw(_weighted("trigger", "none", share=10)) == "trigger":
        templates.insert(0, draw(st.sampled_from(_TRIGGERS)))
    count = len(templates)
    names = draw(st.lists(st.sampled_from(_NAMES), min_size=count, max_size=count, unique=True))
    if names and draw(_weighted("named", "returned", share=6)) == "returned":
        names[-1] = "$return"
    applied = [
        template.format(
            name=name, f=f, data=draw(_DATA), many=draw(_MANY), more=draw(_MORE), **_LONG
        )
        for template, name in zip(templates, names, strict=True)
    ]
    if draw(_weighted("none", "another")) == "another":
        applied.append(draw(st.sampled_from(_OTHERS)).format(f=f))
    applied = draw(st.permutations(applied))
    fitting = {name: _fitting(text) for name, text in zip(names, templates, strict=True)}
    parameters = draw(_parameters(fitting, hints))
    returns = draw(st.sampled_from(["", " -> str", " -> {}"])).format(draw(_hint(hints)))
    usual, *others = _DEFINITIONS
    definition, expression = draw(st.sampled_from([usual] * 3 * len(others) + others))
    expression = expression.format(f=f, names=", ".join(filter(str.isidentifier, names)))
    for decorator in reversed(applied):
        expression = f"{holder}.{decorator}({expression})"
    text = definition.format(f=f, parameters=parameters, returns=returns)
    return f"{text}{f} = {expression}\n"


def _fitting(decorator: str) -> str:
    kind = decorator.partition("(")[0]
    return _FITTING.get(kind, "func.Out[str]" if "output" in kind else "str")


@st.composite
def _parameters(draw: st.DrawFn, fitting: dict[str, str], hints: tuple[str, ...]) -> str:
    """Draw parameters that mostly are those of the bindings."""
    wanted = [name for name in fitting if name.isidentifier()]
    if draw(_weighted("all", "fewer", share=10)) == "fewer":
        wanted = wanted[1:]
    told = [
        draw(st.sampled_from(_PARAMETERS)).format(
            name=name, fits=fitting[name], hint=draw(_hint(hints))
        )
        for name in wanted
    ]
    # A parameter without a default must not follow one that has it.
    told.sort(key=lambda text: text.endswith("None"))
    more = draw(_weighted("", *_EXTRA_PARAMETERS, share=6)).format(hint=hints[-1])
    if more.partition(":")[0] in {"context", "more"}:
        told = told if more.startswith("context") and "context" in wanted else [more, *told]
    elif more and (told or more != "/"):
        told.append(more)
    return ", ".join(told)


@st.composite
def apps(draw: st.DrawFn) -> dict[str, str]:
    """Draw an app: text by file name."""
    chosen = []
    if draw(_weighted("plain", "extended", share=3)) == "extended":
        chosen = sorted(draw(st.sets(st.sampled_from(sorted(EXTENSIONS)), min_size=1, max_size=2)))
    hints = _PLAIN + tuple(hint for name in chosen for hint in _HINTS[name])
    head = draw(_weighted("", "from __future__ import annotations\n")) + HEAD
    head += "".join(EXTENSIONS[name] for name in chosen) + OWN_TYPES
    holders = [text for text in _HOLDERS if "df" in chosen or "df." not in text]
    blueprints = [text for text in _BLUEPRINTS if "df" in chosen or "df." not in text]
    script, parts, number = head + draw(_weighted(*holders, share=6)), head, 0
    for blueprint in range(draw(st.sampled_from([0, 0, 1, 2]))):
        name = f"bp{blueprint}"
        text = f"{name} = {draw(_weighted(*blueprints, share=10))}\n"
        for _ in range(draw(st.sampled_from([1, 1, 2]))):
            text += draw(_function(number, name, hints))
            number += 1
        if draw(st.booleans()):
            parts += text
            script += f"from parts import {name}\n"
        else:
            script += text
        script += draw(_weighted(*_REGISTRATIONS)).format(name=name)
    for _ in range(draw(st.sampled_from([1, 1, 2, 3, 0]))):
        script += draw(_function(number, "app", hints))
        number += 1
    return {"function_app.py": script, "parts.py": parts}

"""A call that tries an HTTP function once: the ``curl`` line that README and setup notes show.

The trigger's ``example`` fills it: values of the route's parameters go into the address, the others
into a JSON body, or into the query where the method carries none. A parameter without an example
stands there in capitals.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from funcyard.project.routes import parts_of

if TYPE_CHECKING:
    from funcyard.project.spec import HttpTrigger

_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
_METHODS = {"GET": "", "HEAD": " --head"}


def route_of(trigger: HttpTrigger) -> str:
    """Return the path below ``/api`` that a function answers, without slashes around it."""
    return (trigger.name if trigger.route is None else trigger.route).strip("/")


def body_method_of(trigger: HttpTrigger) -> str:
    """Return the first of a function's methods that carries a body, or nothing."""
    return next((method for method in trigger.methods if method not in _WITHOUT_BODY), "")


def curl(trigger: HttpTrigger, port: int, *, host: str = "127.0.0.1") -> str:
    """Return one line for a shell that calls the function on this machine.

    Args:
        trigger: Of the function.
        port: Of its app.
        host: Name or address of this machine.
    """
    left = dict(trigger.example)
    path = ""
    for part in parts_of(route_of(trigger)):
        if part.name:
            value = left.pop(part.name, None)
            shown = part.name.upper() if value is None else _text(value)
            path += quote(shown, safe="/" if part.catch_all else "")
        else:
            path += quote(part.text, safe="/$&'()+,;=:@%!*~")
    address = f"http://{host}:{port}/api/{path}"
    method = body_method_of(trigger) or next(iter(trigger.methods), "GET")
    if method in _WITHOUT_BODY and left:
        address += "?" + urlencode({name: _text(value) for name, value in left.items()})
    line = f"curl{_METHODS.get(method, f' -X {method}')} {shlex.quote(address)}"
    if method in _WITHOUT_BODY:
        return line
    return f'{line} -H "Content-Type: application/json" -d {shlex.quote(json.dumps(left))}'


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)

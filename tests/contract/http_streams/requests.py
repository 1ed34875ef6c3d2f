"""The requests that both sides are given, and what is told of an answer.

Runs on the judge's interpreter, too: standard library only.
"""

from __future__ import annotations

import socket
from typing import Any, NamedTuple


class Case(NamedTuple):
    """One request: the function it is for, and itself."""

    name: str
    function: str
    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    parameters: tuple[tuple[str, str], ...] = ()
    chunked: bool = False


_FORM = (("content-type", "application/x-www-form-urlencoded"),)
_PARTS = (("content-type", "multipart/form-data; boundary=edge"),)
_UPLOAD = (
    b'--edge\r\ncontent-disposition: form-data; name="note"\r\n\r\nhere\r\n'
    b'--edge\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n'
    b"content-type: application/x-thing\r\n\r\n\x00\xff\r\x01\r\n--edge--\r\n"
)
_WHERE = (("kind", "a b"), ("number", "7"))
_LARGE = b"x" * 3_000_000
_HEADERS = (("cookie", "one=1; two=2"), ("x-seen", "first"), ("x-seen", "second"))

CASES = (
    Case("parameters", "told", "/api/told/a%20b/7?x=1&x=2&y=%C3%A4", parameters=_WHERE),
    Case("headers", "told", "/api/told/a%20b/7", headers=_HEADERS, parameters=_WHERE),
    Case("binary body", "told", "/api/told/a%20b/7", "POST", (), bytes(range(256)), _WHERE),
    Case("body of DELETE", "told", "/api/told/a%20b/7", "DELETE", (), b"x", _WHERE),
    Case("body in chunks", "told", "/api/told/a%20b/7", "PUT", (), b"abc", _WHERE, chunked=True),
    Case("large body", "pieces", "/api/pieces", "POST", body=_LARGE),
    Case("large body in chunks", "pieces", "/api/pieces", "POST", body=_LARGE, chunked=True),
    Case("no body", "pieces", "/api/pieces", "POST"),
    Case("form", "form", "/api/form", "POST", _FORM, b"a=1&b=%20&a=2"),
    Case("upload", "form", "/api/form", "POST", _PARTS, _UPLOAD),
    *(
        Case(name, name, f"/api/{name}")
        for name in (
            "sync", "text", "model", "values", "nothing", "html", "moved", "empty", "raw", "file",
            "sized", "short", "long", "breaks", "raises", "refuses", "old", "later",
        )
    ),
    *(Case(f"HEAD {name}", name, f"/api/{name}", "HEAD") for name in ("raw", "file", "sized")),
    Case("body that is no JSON", "out", "/api/out", "POST", (), b"{"),
)  # fmt: skip


def answer_of(address: tuple[str, int], case: Case, *extra: tuple[str, str]) -> dict[str, Any]:
    """Send a request on a connection of its own and tell what came back before its end."""
    headers = [("host", "example.test"), ("connection", "close"), *case.headers, *extra]
    if case.chunked:
        headers.append(("transfer-encoding", "chunked"))
        half = len(case.body) // 2
        parts = (case.body[:half], case.body[half:], b"")
        body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    else:
        body = case.body
        if body:
            headers.append(("content-length", str(len(body))))
    lines = [f"{case.method} {case.path} HTTP/1.1", *(f"{n}: {v}" for n, v in headers), "", ""]
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall("\r\n".join(lines).encode() + body)
        received = bytearray()
        while piece := connection.recv(65536):
            received += piece
    return _told(bytes(received), case.method)


def _told(received: bytes, method: str) -> dict[str, Any]:
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    headers = sorted((name.lower(), value) for name, value in pairs)
    named = dict(headers)
    whole = True
    if method != "HEAD":
        if named.get("transfer-encoding") == "chunked":
            body, whole = _unchunked(body)
        elif "content-length" in named:
            whole = len(body) == int(named["content-length"])
    dropped = {"date", "server", "connection", "last-modified"}
    return {
        "status": status.split(" ")[1],
        "headers": [[name, value] for name, value in headers if name not in dropped],
        "body": body.hex(),
        "whole": whole,
    }


def _unchunked(body: bytes) -> tuple[bytes, bool]:
    content = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return content, True
        content, body = content + body[:length], body[length + 2 :]
    return content, False

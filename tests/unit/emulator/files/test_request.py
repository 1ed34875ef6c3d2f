from __future__ import annotations

import pytest

from funcyard.emulator.files.errors import StorageError
from funcyard.emulator.files.request import Request, address_of
from funcyard.emulator.files.signature import query_of, shared_key_lite_strings, shared_key_strings


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("127.0.0.1:10003", "/acc1/share/a%20b/c", ("acc1", "share", "a b/c", "http://127.0.0.1:10003/acc1/")),
        ("acc1.file.localhost:10003", "/share/a", ("acc1", "share", "a", "http://acc1.file.localhost:10003/")),
        ("ACC1.file.core.windows.net", "/", ("acc1", None, "", "http://ACC1.file.core.windows.net/")),
        ("localhost", "/acc1", ("acc1", None, "", "http://localhost/acc1/")),
        ("localhost", "/acc1/share", ("acc1", "share", "", "http://localhost/acc1/")),
    ],
)  # fmt: skip
def test_an_account_is_named_in_the_host_or_in_the_path(
    host: str, path: str, expected: tuple[str, str | None, str, str]
) -> None:
    found = address_of(host, path)
    assert (found.account, found.share, found.path, found.endpoint) == expected


@pytest.mark.parametrize(
    ("path", "code"),
    [("/", "InvalidUri"), ("/no_account/share", "InvalidUri"), ("/acc1/%ff", "InvalidUri"),
     ("/acc1/Share", "InvalidResourceName"), ("/acc1/..%2fetc", "InvalidResourceName")],
)  # fmt: skip
def test_what_is_no_address_is_refused(path: str, code: str) -> None:
    with pytest.raises(StorageError, match=code):
        address_of("localhost", path)


def test_what_is_signed_is_what_the_reference_says() -> None:
    request = Request(
        "GET",
        "/myshare/my%20file",
        query_of("timeout=20&Comp=metadata&a=2&a=1"),
        {"x-ms-date": "Fri, 26 Jun 2015 23:39:12 GMT", "date": "ignored", "content-length": "0",
         "x-ms-version": "2015-02-21", "range": "bytes=0-9", "content-type": "text/plain"},
    )  # fmt: skip
    ours = "x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n"

    lines = "GET\n\n\n\n\ntext/plain\n\n\n\n\n\nbytes=0-9\n"
    resource = "/acc/myshare/my%20file\na:1,2\ncomp:metadata\ntimeout:20"
    assert list(shared_key_strings(request, "acc")) == [f"{lines}{ours}{resource}"]
    assert list(shared_key_lite_strings(request, "acc")) == [
        f"GET\n\ntext/plain\n\n{ours}/acc/myshare/my%20file?comp=metadata"
    ]


def test_headers_may_be_signed_in_either_order() -> None:
    request = Request("PUT", "/s", {}, {"x-ms-meta-b": "1", "x-ms-metaa": "2"})
    assert len(set(shared_key_strings(request, "acc"))) == 2

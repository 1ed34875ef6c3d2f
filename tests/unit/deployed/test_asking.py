from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.unit.deployed.site import STOPPED_APP, Reply, host, serving

from funcyard.deployed.answers import Standing
from funcyard.deployed.asking import ask_app, ask_home
from funcyard.preflight.target import Online


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes a connection and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def _says(
    words: bytes, *, stays: bool = False, goes_on: bytes = b""
) -> tuple[str, threading.Thread]:
    """A server that answers anything with these bytes, once.

    One that stays leaves only once who asked has; one that goes on says more until then.
    """
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()

    def answer() -> None:
        with listening:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(words)
                connection.settimeout(0.02 if goes_on else None)
                while stays:
                    try:
                        stays_open = connection.recv(1)
                    except TimeoutError:
                        connection.sendall(goes_on)
                    except ConnectionError:
                        return
                    else:
                        if not stays_open:
                            return

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}", thread


def test_a_running_host_tells_its_state_and_its_functions() -> None:
    with serving(host("ingest", "Clean_up"), key="sesame") as site:
        deployed = ask_app(site.url, "sesame")

    assert deployed.standing is Standing.TOLD
    assert (deployed.state, deployed.errors) == ("Running", ())
    assert deployed.names == ("ingest", "Clean_up")
    assert deployed.skew is not None
    assert abs(deployed.skew) < 60


def test_the_key_goes_to_the_admin_routes_only_and_not_where_a_redirect_leads() -> None:
    with serving(host()) as elsewhere:
        away = {"Location": f"{elsewhere.url}/admin/host/status"}
        with serving({"/": Reply(204), "/admin/host/status": Reply(307, headers=away)}) as site:
            deployed = ask_app(site.url, "sesame")

    assert sorted(site.asked) == [
        ("/", None),
        ("/admin/functions", "sesame"),
        ("/admin/host/status", "sesame"),
    ]
    assert elsewhere.asked == []
    assert deployed.standing is Standing.UNREACHABLE
    assert deployed.why_unreachable == f"it redirects to {elsewhere.url}/admin/host/status"


@pytest.mark.parametrize("key", ["", "wrong"])
def test_another_key_is_refused(key: str) -> None:
    with serving(host(), key="sesame") as site:
        deployed = ask_app(site.url, key)

    assert deployed.standing is Standing.REFUSED
    assert deployed.with_key == bool(key)
    assert deployed.names is None


def test_a_sign_in_before_the_host_is_a_refusal() -> None:
    sign_in = {"Location": "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?x=1"}
    with serving(
        {"/": Reply(302, headers=sign_in), "/admin/host/status": Reply(302, headers=sign_in)}
    ) as site:
        assert ask_app(site.url).standing is Standing.REFUSED


def test_a_host_that_is_not_ready_says_so_itself() -> None:
    down = Reply(503, "Function host is not running.")
    with serving({"/": down, "/admin/host/status": down, "/admin/functions": down}) as site:
        assert ask_app(site.url).standing is Standing.DOWN


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(404, STOPPED_APP), "the ingress knows no running container app of that name"),
        (Reply(404), "the address is not that of a Functions host"),
        (Reply(503, "no healthy upstream"), "no healthy replica"),
        (
            Reply(503, "upstream connect error or disconnect/reset before headers."),
            "nothing listens on the target port",
        ),
        (Reply(504, "stream timeout"), "waited for the container in vain"),
        (Reply(502, "Bad Gateway"), "it answers 502"),
        (Reply(200, "<html>welcome</html>"), "something else than a Functions host"),
        (Reply(200, "[]"), "something else than a Functions host"),
    ],
)
def test_what_stands_before_the_host_is_told_by_its_words(reply: Reply, why: str) -> None:
    with serving({"/": reply, "/admin/host/status": reply}) as site:
        deployed = ask_app(site.url)

    assert deployed.standing is Standing.UNREACHABLE
    assert why in deployed.why_unreachable


def test_a_name_that_is_none_does_not_resolve() -> None:
    deployed = ask_app("https://no-such-app.invalid")

    assert deployed.why_unreachable == "the name no-such-app.invalid does not resolve"
    assert deployed.status is None


@pytest.mark.parametrize("label", ["a" * 64, "a..b"])
def test_a_name_that_can_be_none_is_no_traceback(label: str) -> None:
    assert ask_app(f"https://{label}.example").standing is Standing.UNREACHABLE


def test_where_nothing_listens_the_connection_is_refused(free_port: int) -> None:
    deployed = ask_app(f"http://127.0.0.1:{free_port}")

    assert deployed.why_unreachable == "the connection is refused: nothing listens there"


def test_who_never_answers_is_not_waited_for_longer_than_said(silent: str) -> None:
    deployed = ask_app(silent, patience=0.2)

    assert deployed.why_unreachable == "no answer came within 0.2 seconds"


def test_plain_http_under_an_https_address_is_no_tls() -> None:
    with serving(host()) as site:
        deployed = ask_app(site.url.replace("http:", "https:"))

    assert "127.0.0.1 does not speak TLS" in deployed.why_unreachable


def test_a_certificate_that_nobody_vouches_for_is_told(tmp_path: Path) -> None:
    with serving(host(), certificate=_certificate(tmp_path)) as site:
        deployed = ask_app(site.url, "sesame")

    assert "the certificate of localhost is not accepted: self-signed" in deployed.why_unreachable
    assert site.asked == []


def _certificate(folder: Path) -> Path:
    """A certificate for localhost that only itself vouches for, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM
    path = folder / "both.pem"
    path.write_bytes(
        key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(form)
    )
    return path


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "what answers does not speak HTTP"),
        (b"", "the connection was closed without an answer"),
    ],
)
def test_what_speaks_something_else_is_told(words: bytes, why: str) -> None:
    url, thread = _says(words)

    deployed = ask_app(url)

    thread.join(20)
    assert why in deployed.why_unreachable


def test_the_clock_is_held_against_the_app_s() -> None:
    late = {**host(), "date": Reply(body=formatdate(time.time() - 3600, usegmt=True))}
    with serving(late) as site:
        deployed = ask_app(site.url)

    assert deployed.skew is not None
    assert 3590 < deployed.skew < 3700


def test_a_date_that_is_none_tells_nothing() -> None:
    with serving({**host(), "date": Reply(body="yesterday")}) as site:
        assert ask_app(site.url).skew is None


def test_the_key_is_in_no_text_of_it() -> None:
    assert "sesame" not in repr(Online("https://app.example", "sesame"))


def test_a_key_that_no_header_can_hold_is_told_without_it() -> None:
    with serving(host("ingest")) as site:
        deployed = ask_app(site.url, "sesame\n")

    assert deployed.standing is Standing.UNREACHABLE
    assert deployed.why_unreachable == "the key holds what no header can"


def test_an_answer_that_goes_on_for_ever_is_taken_as_far_as_it_comes_in_time() -> None:
    url, thread = _says(b"HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n", stays=True)

    home = ask_home(url, patience=0.2)

    thread.join(20)
    assert (home.status, home.body) == (200, "data: 1\n\n")


def test_an_answer_of_which_ever_more_comes_is_ended() -> None:
    url, thread = _says(b"HTTP/1.1 200 OK\r\n\r\n", stays=True, goes_on=b"x")

    home = ask_home(url, patience=0.2)

    thread.join(20)
    assert home.status == 200
    assert set(home.body) == {"x"}

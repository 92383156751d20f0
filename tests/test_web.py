"""Pictures on the web: from public addresses alone, in bounded time and size, wherever they are redirected."""

from __future__ import annotations

import io
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pdfs import written
from twins import VIN, label

from vinchar import web
from vinchar.imaging import ImageError, load
from vinchar.reader import Reader
from vinchar.urls import Url, is_url
from vinchar.web import Network, fetch, is_public

PUBLIC = "93.184.215.14"
Answer = Callable[[BaseHTTPRequestHandler], None]


def png() -> bytes:
    buffer = io.BytesIO()
    label().save(buffer, "PNG")
    return buffer.getvalue()


def sends(data: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in ({"Content_Length": str(len(data))} | headers).items():
            if value:
                request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(data)

    return answer


def moves(address: str, status: int = 302) -> Answer:
    return sends(b"", status, Location=address)


class Site:
    """A server on this machine that plays any host: ``answers`` by path; ``asked``: hosts, ports and paths."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        site = self
        self.answers, self.asked, self.hosts = answers, [], {}  # type: ignore[var-annotated]

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.headers["Host"], self.path))
                site.answers.get(self.path, sends(b"", 404))(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.connected: list[tuple[str, int]] = []

    @property
    def network(self) -> Network:
        def connect(address: tuple[str, int], seconds: float) -> socket.socket:
            self.connected.append(address)
            return socket.create_connection(self.server.server_address[:2], seconds)  # type: ignore[arg-type]

        return Network(lambda host, port: self.hosts.get(host, [PUBLIC]), connect)

    def fetch(self, address: str) -> bytes:
        return fetch(Url(address), self.network)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site({"/a.png": sends(png())})
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def test_a_picture_on_the_web_is_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "INTERNET", site.network)
    site.answers["/three.pdf?of=a%20b&c=%C3%BC"] = sends(written("none", VIN, size=14))
    reader = Reader()
    reading = reader.read(Url("http://pictures.example/a.png"))
    assert (reading.vin, reading.image) == (VIN, "http://pictures.example/a.png")
    assert load(Url("http://pictures.example:8080/three.pdf?of=a b&c=ü#2")).shape == (2339, 1653)
    assert reader.read(Url("http://pictures.example/three.pdf?of=a%20b&c=%C3%BC#2")).vin == VIN
    assert [one.status for one in reader.read_many([Url("http://pictures.example/none")])] == ["error"]
    assert site.asked[:2] == [
        ("pictures.example", "/a.png"),
        ("pictures.example:8080", "/three.pdf?of=a%20b&c=%C3%BC"),
    ]
    assert set(site.connected) == {(PUBLIC, 80), (PUBLIC, 8080)}  # the address that was checked, and not the name


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1",
        "fe80::1%1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:93.184.215.14", "::93.184.215.14",
        "64:ff9b::a00:1", "64:ff9b::5db8:d70e", "2002:a00:1::", "2002:5db8:d70e::1", "2001::1", "2001:db8::1", "1::",
    ],
)  # fmt: skip
def test_what_is_not_public_is_not_fetched(address: str, site: Site) -> None:
    assert not is_public(address)
    for found in ([address], [PUBLIC, address], [address, PUBLIC]):
        site.hosts["inner.example"] = found
        with pytest.raises(ImageError, match="no public address") as error:
            site.fetch("http://inner.example/a.png")
        assert error.value.code == "unreadable-file"
    assert site.connected == []


def test_the_next_address_is_tried_where_one_cannot_be_reached(site: Site) -> None:
    first, second = "2606:2800:21f:cb07:6820:80da:af6b:8b2c", PUBLIC
    site.hosts["pictures.example"] = [first, second]

    def connect(address: tuple[str, int], seconds: float) -> socket.socket:
        if address[0] == first:
            raise OSError(101, "Network is unreachable")
        return site.network.connect(address, seconds)

    url = Url("http://pictures.example/a.png")
    assert fetch(url, Network(site.network.resolve, connect)) == png()
    site.hosts["pictures.example"] = [first]
    with pytest.raises(ImageError, match="Network is unreachable"):
        fetch(url, Network(site.network.resolve, connect))


def test_public_addresses_are_public() -> None:
    for address in (PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2a00:1450:4001:82a::200e"):
        assert is_public(address)
    assert not any(is_public(str(one)) for one in ipaddress.ip_network("127.0.0.0/29"))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:7f00:1]", "localhost", "0177.0.0.1"]
)
def test_this_machine_by_any_name(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the resolver of the system, which knows many ways to write an address."""
    monkeypatch.undo()  # nothing is looked up beyond this machine
    refused = Network(web.INTERNET.resolve, lambda *_: pytest.fail("it was connected to"))
    with pytest.raises(ImageError, match=r"no public address|cannot be fetched"):
        fetch(Url(f"http://{host}:9/a.png"), refused)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_checked(status: int, site: Site) -> None:
    site.answers |= {"/old": moves("/newer?a=1", status), "/newer?a=1": moves("//other.example/a.png", status)}
    assert site.fetch("http://pictures.example/old") == png()
    assert [host for host, _ in site.asked] == ["pictures.example", "pictures.example", "other.example"]
    site.hosts["inner.example"] = ["10.0.0.1"]
    site.answers["/old"] = moves("http://inner.example/a.png", status)
    count = len(site.connected)
    with pytest.raises(ImageError, match="no public address"):
        site.fetch("http://pictures.example/old")
    assert len(site.connected) == count + 1


@pytest.mark.parametrize("target", ["ftp://pictures.example/a", "file:///etc/passwd", "data:,x", "gopher://a"])
def test_redirects_lead_nowhere_else(target: str, site: Site) -> None:
    site.answers["/old"] = moves(target)
    with pytest.raises(ImageError, match="no address on the web"):
        site.fetch("http://pictures.example/old")


def test_a_redirect_without_end(site: Site) -> None:
    site.answers["/round"] = moves("/round")
    with pytest.raises(ImageError, match="redirected more than 5 times"):
        site.fetch("http://pictures.example/round")
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://pictures.example/none", "the server says 404 Not Found"),
        ("http://anna:secret@pictures.example/a.png", "it has a user's name in it"),
        ("http://pictures.example:99999/a.png", "it cannot be fetched"),
        ("http://pictures example/a.png", "it cannot be fetched"),
        ("http:///a.png", "no address on the web"),
        ("http://" + "x" * 70 + ".example/a.png", "it cannot be fetched"),
    ],
)
def test_what_cannot_be_fetched_says_why(address: str, said: str, site: Site) -> None:
    with pytest.raises(ImageError, match=said) as error:
        site.fetch(address)
    assert error.value.code == "unreadable-file"


def test_a_host_that_nobody_knows() -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    network = Network(resolve, lambda *_: pytest.fail("it was connected to"))
    with pytest.raises(ImageError, match=r"it cannot be fetched .Name or service not known"):
        fetch(Url("http://nobody.example/a.png"), network)
    with pytest.raises(ImageError, match="no public address"):
        fetch(Url("http://nobody.example/a.png"), Network(lambda *_: [], network.connect))


def test_what_is_too_large_is_not_taken(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.answers["/said"] = sends(b"x", Content_Length=str(300 * 2**20))
    with pytest.raises(ImageError, match="the file is too large: 300 MB") as error:
        site.fetch("http://pictures.example/said")
    assert error.value.code == "too-large"
    monkeypatch.setattr(web, "MAX_BYTES", 1000)
    monkeypatch.setattr("vinchar.decoding.MAX_BYTES", 1000)
    site.answers["/silent"] = sends(bytes(100_000), Content_Length="")
    with pytest.raises(ImageError, match="the file is too large"):
        site.fetch("http://pictures.example/silent")
    site.answers["/empty"] = sends(b"")
    with pytest.raises(ImageError, match="the file is empty"):
        site.fetch("http://pictures.example/empty")


def test_what_breaks_off_is_said(site: Site) -> None:
    site.answers["/half"] = sends(png()[:500], Content_Length=str(len(png())))
    with pytest.raises(ImageError, match=r"it cannot be fetched .the connection broke off"):
        site.fetch("http://pictures.example/half")


@pytest.mark.parametrize("slow", ["body", "head", "silent"])
def test_a_slow_server_is_left_in_time(slow: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "SECONDS", 0.4)
    stop = threading.Event()
    start = {"body": b"HTTP/1.1 200 OK\r\n\r\n", "head": b"HTTP/1.1 200 OK\r\nX-", "silent": b""}[slow]

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                connection.sendall(start)
                while not stop.wait(0.03):
                    connection.sendall(b"" if slow == "silent" else b"x")
            except OSError:
                pass

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        connect = lambda _, seconds: socket.create_connection(listener.getsockname(), seconds)  # noqa: E731
        started = time.monotonic()
        with pytest.raises(ImageError, match="fetching it takes more than"):
            fetch(Url("http://pictures.example/a.png"), Network(lambda *_: [PUBLIC], connect))
        assert time.monotonic() - started < 5
        stop.set()
        thread.join()


def test_https_holds_the_server_to_its_name(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def wrap(self: ssl.SSLContext, sock: socket.socket, **how: Any) -> socket.socket:
        assert self.check_hostname
        assert self.verify_mode == ssl.CERT_REQUIRED
        asked.update(how)
        sock.close()
        raise ssl.SSLCertVerificationError(1, "the certificate is of another host")

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    with pytest.raises(ImageError, match=r"it cannot be fetched .the certificate is of another host"):
        site.fetch("https://pictures.example/a.png")
    assert asked["server_hostname"] == "pictures.example"
    assert site.connected == [(PUBLIC, 443)]


def test_a_server_that_does_not_speak_tls(site: Site) -> None:
    with pytest.raises(ImageError, match="it cannot be fetched"):
        site.fetch("https://pictures.example/a.png")


def test_addresses_are_told_from_paths() -> None:
    assert is_url("https://a.example/b.jpg")
    assert is_url("HTTP://a.example")
    assert not any(map(is_url, ("a.jpg", "ftp://a", "https:/a", "C:\\a.jpg", "file:///a", "")))
    texts = ("http://a/b.pdf#12", "http://a/b.pdf#page=2", "http://a/b.pdf", "http://a/#0")
    assert [Url(text).page for text in texts] == [12, None, None, 0]

"""Pictures on the web: fetched from public addresses alone, in bounded time and size."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, ip_address
from typing import Any, NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from vinchar.decoding import MAX_BYTES, check_bytes
from vinchar.pixels import ImageError
from vinchar.urls import Url

SECONDS = 60.0  # for all of it, whatever the server does
MAX_REDIRECTS = 5
_PORTS = {"http": 80, "https": 443}
_KEPT = "%/:=&?~+!$,;'@()*[]"  # in a path and a query, which may be quoted already


class Network(NamedTuple):
    """How to find the addresses of a host and port, as text, and how to connect to one of them within seconds."""

    resolve: Callable[[str, int], Sequence[str]]
    connect: Callable[[tuple[str, int], float], socket.socket]


def _resolve(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


INTERNET = Network(_resolve, socket.create_connection)


def fetch(url: Url, network: Network | None = None) -> bytes:
    """Return what lies at an address on the web, following redirects.

    Every address that a host has must be public, and it is these that are connected to, not the name once more. Proxies
    are not used. Raises ``ImageError`` if it cannot be had.
    """
    deadline, address = time.monotonic() + SECONDS, url.address
    for _ in range(MAX_REDIRECTS + 1):
        try:
            answer = _ask(address, network or INTERNET, deadline)
        except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
            if isinstance(error, ImageError):
                raise
            if time.monotonic() >= deadline:
                raise _unreadable(f"fetching it takes more than {SECONDS:.0f} seconds") from None
            raise _unreadable(f"it cannot be fetched ({_said(error)})") from None
        if isinstance(answer, bytes):
            return answer
        address = urljoin(address, answer)
    raise _unreadable(f"it is redirected more than {MAX_REDIRECTS} times")


def _ask(address: str, network: Network, deadline: float) -> bytes | str:
    """Return what lies at an address, or another address to which it is redirected."""
    parts = urlsplit(address)
    host = (parts.hostname or "").encode("idna").decode()
    if parts.scheme not in _PORTS or not host:
        raise _unreadable("it leads to what is no address on the web")
    if parts.username is not None or parts.password is not None:
        raise _unreadable("it has a user's name in it, which is not sent")
    port = parts.port or _PORTS[parts.scheme]
    connection = _Connection(host, port, parts.scheme == "https", _public(host, port, network), network, deadline)
    watch = threading.Timer(max(deadline - time.monotonic(), 0), connection.break_off)
    watch.daemon = True
    watch.start()
    try:
        connection.request("GET", _target(parts), headers={"User-Agent": "vinchar", "Accept-Encoding": "identity"})
        with connection.getresponse() as response:
            return _content(response, deadline)
    finally:
        watch.cancel()
        connection.close()


def _content(response: http.client.HTTPResponse, deadline: float) -> bytes | str:
    """Return what a server sends, or where it says that this lies now."""
    moved, said = response.getheader("Location"), response.getheader("Content-Length")
    if response.status in (301, 302, 303, 307, 308) and moved:
        return moved
    if response.status != 200:
        raise _unreadable(f"the server says {response.status} {response.reason}".rstrip())
    check_bytes(1 if said is None else int(said))
    data = response.read(MAX_BYTES + 1)
    if time.monotonic() >= deadline or (said is not None and len(data) < int(said)):
        raise ConnectionError("the connection broke off")
    check_bytes(len(data))
    return data


def _public(host: str, port: int, network: Network) -> Sequence[str]:
    """Return the addresses of a host. Raises ``ImageError`` if any of them is not public."""
    found = network.resolve(host, port)
    if not found or not all(map(is_public, found)):
        raise _unreadable("its server has no public address: what lies in a private network is not fetched")
    return found


def is_public(address: str) -> bool:
    """Tell whether an IP address is one that anybody on the internet may talk to, and stands for no other address."""
    ip = ip_address(address)
    odd = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved or ip.is_unspecified
    if odd or not ip.is_global:
        return False
    return isinstance(ip, IPv4Address) or (ip.sixtofour is None and ip.teredo is None)


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=_KEPT)
    return path + (f"?{quote(parts.query, safe=_KEPT)}" if parts.query else "")


def _unreadable(reason: str) -> ImageError:
    return ImageError(reason, "unreadable-file")


def _said(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


class _Connection(http.client.HTTPConnection):
    """Talks to one of the addresses that were checked, whatever the host's name stands for by now, until a deadline."""

    def __init__(
        self, host: str, port: int, secure: bool, addresses: Sequence[str], network: Network, deadline: float
    ) -> None:
        super().__init__(host, port)
        self.default_port = _PORTS["https" if secure else "http"]
        self._secure, self._addresses, self._network, self._deadline = secure, addresses, network, deadline
        self.sock: Any = None
        self._open: socket.socket | None = None  # the same, also once nothing more is to be asked through it

    def connect(self) -> None:
        self._open = self.sock = self._connected()
        if self._secure:
            context = ssl.create_default_context()
            self._open = self.sock = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def _connected(self) -> socket.socket:
        """Return a connection to the first address that can be reached: one of IPv6 often cannot."""
        for address in self._addresses:
            try:
                left = max(self._deadline - time.monotonic(), 0.001)
                return self._network.connect((address, self.port), left)
            except OSError as error:
                refused = error
        raise refused

    def break_off(self) -> None:
        """End it now, however little at a time the server says."""
        if self._open is not None:
            with contextlib.suppress(OSError):
                self._open.shutdown(socket.SHUT_RDWR)

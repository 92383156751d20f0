"""What the service is told when it starts, and what it checks of that."""

from __future__ import annotations

import hmac
import ipaddress
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vinchar.service.desk.tasks import LONGEST_REVIEWER, MOST_LOOKS

LIMITS = "limits"
OFFLINE = (Path(__file__).parent / "offline", Path(__file__).parents[2] / "web" / "dist")  # installed, in a checkout
LONGEST_KEPT = 36_500  # days
KEY_LENGTH = 16  # characters, at least: a shorter key can be guessed


@dataclass(frozen=True, slots=True)
class Key:
    """A secret that opens the service, and whose it is; without a name it is anybody's."""

    name: str | None
    secret: str


def _limit(default: float, told: str) -> Any:
    return field(default=default, metadata={"help": told, "group": LIMITS})


@dataclass(frozen=True, slots=True)
class Settings:
    """All that ``vinchar serve`` can be told; those of the group of limits become flags by their names.

    ``reader``: arguments of ``Reader`` beside the model. ``keep``: days for which uploads are kept, 0: not at all.
    ``looks``: how many people must agree on a kept picture. ``origins``: pages of other hosts that may ask (CORS).
    ``offline``: where the page that reads in the browser is built, None: where it is by itself, if it is.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    model: Path | None = None
    reader: dict[str, Any] = field(default_factory=dict)
    store: str = "vinchar.db"
    keep: float = 0
    looks: int = 1
    keys: tuple[Key, ...] = ()
    origins: tuple[str, ...] = ()
    offline: Path | None = None
    workers: int = _limit(0, "processes that read; 0: one for each core")
    queue: int = _limit(0, "pictures that may wait for one; 0: two for each process")
    max_mb: float = _limit(32.0, "megabytes of a picture")
    max_megapixels: float = _limit(64.0, "millions of pixels of a picture")
    max_batch: int = _limit(1000, "pictures in a batch")
    concurrency: int = _limit(64, "requests for readings at a time")
    rate: float = _limit(50.0, "requests for readings a second by one client; 0: any number")
    body_seconds: float = _limit(30.0, "seconds in which a picture must have come")
    read_seconds: float = _limit(20.0, "seconds that reading a picture may take")

    def __post_init__(self) -> None:
        if not 1 <= self.looks <= MOST_LOOKS:
            raise ValueError(f"looks: got {self.looks}, expected 1 to {MOST_LOOKS}")
        if not 0 <= self.port <= 65535:
            raise ValueError(f"port: got {self.port}, expected 0 to 65535")
        for name in ("max_mb", "max_megapixels", "max_batch", "concurrency", "body_seconds", "read_seconds"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: got {getattr(self, name):g}, expected more than 0")
        for name in ("workers", "queue", "rate", "keep"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}: got {getattr(self, name):g}, expected 0 or more")
        if self.keep > LONGEST_KEPT:
            raise ValueError(f"keep: got {self.keep:g}, expected at most {LONGEST_KEPT} days")
        for origin in self.origins:
            parts = urlsplit(origin)
            if not (
                parts.scheme in ("http", "https") and parts.netloc and origin == f"{parts.scheme}://{parts.netloc}"
            ):
                raise ValueError(f"cors: got {origin!r}, expected an origin such as https://shop.example")
        if self.offline is not None and not _is_page(self.offline):
            raise ValueError(f"offline: got {self.offline}, expected the folder that npm run build makes in web/: dist")
        if not self.is_local and not self.keys:
            raise ValueError(
                f"host: got {self.host}, which others can reach, and no key: set VINCHAR_API_KEY or name a file by "
                "--keys, or listen on 127.0.0.1"
            )

    @property
    def is_local(self) -> bool:
        """Tell whether it listens to this machine alone."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def processes(self) -> int:
        """Return how many processes read."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return self.workers or cores

    @property
    def waiting(self) -> int:
        """Return how many pictures may wait."""
        return self.queue or 2 * self.processes

    @property
    def max_bytes(self) -> int:
        """Return how many bytes a picture may have."""
        return round(self.max_mb * 2**20)

    @property
    def max_pixels(self) -> int:
        """Return how many pixels a picture may have."""
        return round(self.max_megapixels * 10**6)

    @property
    def offline_folder(self) -> Path | None:
        """Return where the page that reads in the browser is built; None if it is not."""
        return self.offline or next(filter(_is_page, OFFLINE), None)

    def key_of(self, secret: str) -> Key | None:
        """Return whose key it is; every one is compared, in a time that does not tell how much of it is right."""
        found = [key for key in self.keys if hmac.compare_digest(key.secret.encode(), secret.encode())]
        return found[0] if found else None


def _is_page(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("index.html", "vinchar.js"))


def read_keys(file: Path | None, environment: str | None) -> tuple[Key, ...]:
    """Return the keys in a file, a name and a key a line, and that of the environment, which has no name.

    Raises ``ValueError`` for a line that is something else, a key that is too short or there twice.
    """
    keys = [Key(None, environment.strip())] if environment and environment.strip() else []
    if file is not None:
        for number, line in enumerate(file.read_text(encoding="utf-8-sig").splitlines(), 1):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if len(words) != 2:
                raise ValueError(f"{file}, line {number}: got {len(words)} words, expected a name and a key")
            keys.append(Key(*words))
        if not keys:
            raise ValueError(f"{file}: got no key, expected a line of a name and a key for each")
    for key in keys:
        if len(key.name or "") > LONGEST_REVIEWER:
            raise ValueError(f"the name {(key.name or '')[:20]!r}...: expected at most {LONGEST_REVIEWER} characters")
        if not key.secret.isascii():  # what else there may be in a header is not agreed on
            raise ValueError(f"the key of {key.name or 'VINCHAR_API_KEY'}: expected ASCII characters alone")
        if len(key.secret) < KEY_LENGTH:
            said = f"got {len(key.secret)} characters, expected at least {KEY_LENGTH}"
            raise ValueError(f"the key of {key.name or 'VINCHAR_API_KEY'}: {said}")
    for what, values in (("name", [key.name for key in keys]), ("key", [key.secret for key in keys])):
        if len(set(values)) < len(values):
            raise ValueError(f"keys: got a {what} that is there twice, expected each once")
    return tuple(keys)

"""What the service refuses, and why, in the form of RFC 9457: JSON that a client can act on by its code."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

MEDIA_TYPE = "application/problem+json"

# Every code with its HTTP status and its title. Codes are for programs and stay as they are.
CODES: dict[str, tuple[int, str]] = {
    "empty": (400, "There is nothing to read"),
    "bad-request": (400, "The request cannot be understood"),
    "key-required": (401, "An API key is required"),
    "origin-refused": (403, "Pages of this origin may not ask"),
    "not-found": (404, "There is no such thing"),
    "method-not-allowed": (405, "This cannot be done there"),
    "too-slow": (408, "The request came too slowly"),
    "taken": (409, "Somebody else has it"),
    "too-large": (413, "The request is too large"),
    "too-many-pixels": (413, "The picture has too many pixels"),
    "not-a-picture": (415, "It is not a picture"),
    "unsupported-format": (415, "Pictures of this format are not read"),
    "broken-picture": (422, "The picture cannot be decoded"),
    "too-small": (422, "The picture is too small"),
    "queue-full": (429, "The service has as much to do as it can take"),
    "rate-limited": (429, "Too many requests from one client"),
    "internal-error": (500, "The service made a mistake"),
    "worker-died": (503, "The process that read the picture died"),
    "model-error": (503, "The model cannot be used"),
    "not-ready": (503, "The service is not ready"),
    "timed-out": (504, "Reading took too long"),
}


@dataclass(eq=False)  # not frozen: a traceback is put on what is raised
class Problem(Exception):
    """Ends a request with an answer that says why: ``code`` of ``CODES``, ``detail`` a sentence for people.

    ``retry_after``: seconds from which on another try makes sense.
    """

    code: str
    detail: str
    retry_after: float | None = None

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return CODES[self.code][0]

    def to_dict(self) -> dict[str, Any]:
        """Return the problem as JSON types."""
        status, title = CODES[self.code]
        kind = f"urn:vinchar:problem:{self.code}"
        return {"type": kind, "title": title, "status": status, "code": self.code, "detail": self.detail}

    def headers(self) -> dict[str, str]:
        """Return the headers that go with it."""
        found = {} if self.retry_after is None else {"Retry-After": str(max(1, math.ceil(self.retry_after)))}
        return found | ({"WWW-Authenticate": "Bearer"} if self.code == "key-required" else {})

"""Addresses of pictures on the web."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Url:
    """The address of a picture, fetched whenever it is loaded; ``https://…/scan.pdf#2`` is page 2."""

    address: str

    def __str__(self) -> str:
        return self.address

    @property
    def page(self) -> int | None:
        """The page that it asks for."""
        named = re.search(r"#([0-9]{1,6})$", self.address)
        return None if named is None else int(named[1])


def is_url(text: str) -> bool:
    """Tell an address on the web from a path."""
    return re.match(r"https?://", text, re.IGNORECASE) is not None

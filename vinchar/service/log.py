"""What the service writes down, in which there is no VIN."""

from __future__ import annotations

import logging
import re

FORMAT = "%(asctime)s %(levelname)s %(message)s"
_VIN = re.compile("[0-9A-HJ-NPR-Z]{17}", re.IGNORECASE)


def without_vins(text: str) -> str:
    """Return a text with a mark in place of each VIN, and of what looks like one."""
    return _VIN.sub("<VIN>", text)


class WithoutVins(logging.Formatter):
    """Writes down what is told, and what was raised, whose words may be those of anybody."""

    def format(self, record: logging.LogRecord) -> str:
        return without_vins(super().format(record))

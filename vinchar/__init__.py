"""Read vehicle identification numbers in pictures.

>>> from vinchar import read
>>> read("door.jpg").vin
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vinchar.reader import Reader, read
    from vinchar.types import Reading

__version__ = "0.1.0"
__all__ = ["Reader", "Reading", "__version__", "read"]


def __getattr__(name: str) -> Any:
    """Import the reader when it is first asked for, so that ``vinchar.vin`` alone needs no OpenCV."""
    if name in ("Reader", "read"):
        from vinchar import reader

        return getattr(reader, name)
    if name == "Reading":
        from vinchar.types import Reading

        return Reading
    raise AttributeError(f"module 'vinchar' has no attribute {name!r}")

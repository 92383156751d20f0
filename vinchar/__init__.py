"""Read vehicle identification numbers (VINs) in pictures.

>>> from vinchar import read
>>> reading = read("door.jpg")
>>> reading.vin, reading.status
('1HGCM82633A004352', 'ok')

``read`` reads one picture with the shipped model. A ``Reader`` reads many, with settings of its own:

>>> from vinchar import Reader, readings_to_rows
>>> reader = Reader(barcodes=True, target_error=0.01)
>>> rows = readings_to_rows(reader.read_many(["door.jpg", "windscreen.jpg"], workers=2))

A picture is a path, the bytes of a file, an open file, an array, or a PIL image. One that cannot be read gives a
``Reading`` whose status is ``error``, with the reason. ``Reading.to_dict`` is what the command line writes as JSON.

``vinchar.vin`` knows the number itself: its check digit, its parts, its maker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vinchar.reader import Reader, read
    from vinchar.reading import Reading, readings_to_rows

__version__ = "0.1.0"
__all__ = ["Reader", "Reading", "read", "readings_to_rows"]

if not TYPE_CHECKING:  # who checks types sees no more than the names above

    def __getattr__(name: str) -> object:
        """Import what is asked for when it is, so that ``vinchar.vin`` and ``--help`` need no OpenCV."""
        if name not in __all__:
            raise AttributeError(f"module 'vinchar' has no attribute {name!r}")
        from vinchar.reader import Reader, read
        from vinchar.reading import Reading, readings_to_rows

        found = {"Reader": Reader, "Reading": Reading, "read": read, "readings_to_rows": readings_to_rows}
        globals().update(found)
        return found[name]

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})

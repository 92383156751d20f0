"""A reading as a row of a Parquet file: the keys of its JSON, flat, and the whole of it as JSON beside them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from vinchar.quality import FAULTS
from vinchar.reading import CORNERS, Reading, readings_to_rows, writable
from vinchar.scale.sources import File

_TEXTS = pa.list_(pa.string())
_QUALITY = tuple(fault.name for fault in FAULTS)
_FLAT = (  # keys of ``reading.ROW``
    *("image", "kind", "vin", "status", "confidence", "source", "check_digit", "maker", "region", "second"),
    *("second_confidence", "without_list", *CORNERS, "model", "frame"),
)
SCHEMA = pa.schema(
    [
        ("image", pa.string()),
        ("file", pa.string()),
        ("size", pa.int64()),
        ("modified", pa.timestamp("us", tz="UTC")),
        ("kind", pa.string()),
        ("vin", pa.string()),
        ("status", pa.string()),
        ("confidence", pa.float64()),
        ("source", pa.string()),
        ("check_digit", pa.string()),
        ("maker", pa.string()),
        ("region", pa.string()),
        ("model_year", pa.list_(pa.int32())),
        ("reasons", _TEXTS),
        ("fault", pa.string()),
        ("second", pa.string()),
        ("second_confidence", pa.float64()),
        ("others", _TEXTS),
        ("barcodes", _TEXTS),
        ("without_list", pa.string()),
        *((name, pa.float64()) for name in CORNERS),
        *((f"quality_{name}", pa.float64()) for name in _QUALITY),
        ("model", pa.string()),
        ("frame", pa.float64()),
        ("frames", pa.list_(pa.float64())),
        ("reading", pa.string()),
    ]
)
DIED = "reader-died"  # a fault: the process that read a picture died of it
UNEXPECTED = "internal-error"  # a mistake of ours or of a library
UNREADABLE = "broken-picture"  # a video that cannot be read
PASSING = ("unreadable-file", DIED, UNEXPECTED)  # faults that may be gone the next time


class Row(NamedTuple):
    """What was read in a picture of a file; ``fault``: if it could not be used, why, in a word for programs."""

    file: File
    reading: Reading
    fault: str | None = None


def to_parquet(rows: Sequence[Row]) -> bytes:
    """Return rows as a Parquet file of the columns ``SCHEMA``."""
    return encoded(pa.Table.from_pylist([_values(row) for row in rows], SCHEMA))


def encoded(table: pa.Table) -> bytes:
    """Return a table as a Parquet file."""
    content = io.BytesIO()
    pq.write_table(table, content, compression="zstd")
    return content.getvalue()


def _values(row: Row) -> dict[str, Any]:
    file, reading, fault = row
    flat = readings_to_rows([reading])[0]
    quality = {f"quality_{name}": reading.quality.get(name) for name in _QUALITY}
    return {name: flat[name] for name in _FLAT} | quality | {
        "file": writable(file.path),
        "size": file.size,
        "modified": file.modified,
        "model_year": list(reading.model_year),
        "reasons": [writable(reason) for reason in reading.reasons],
        "frames": list(reading.frames),
        "fault": fault,
        "others": [other.vin for other in reading.others],
        "barcodes": [barcode.vin for barcode in reading.barcodes],
        "reading": reading.to_json(),
    }  # fmt: skip

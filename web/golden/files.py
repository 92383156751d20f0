"""Golden values as files: packed JSON, in which a picture is a PNG, and another array its type, shape and bytes."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

GOLDEN = Path(__file__).parents[1] / "test" / "golden"
DIGITS = 9  # of numbers that do not stand in arrays


def write(stage: str, values: Any) -> None:
    """Write the values of a stage."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    text = json.dumps(plain(values), separators=(",", ":"))
    (GOLDEN / f"{stage}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def read(stage: str) -> Any:
    """Return the values of a stage as they were written; tuples are lists then."""
    return json.loads(gzip.decompress((GOLDEN / f"{stage}.json.gz").read_bytes()), object_hook=_unpacked)


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, np.ndarray):
        return _packed(np.ascontiguousarray(value))
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def _packed(array: np.ndarray) -> dict[str, Any]:
    if array.dtype == np.uint8 and array.ndim == 2:
        _, png = cv2.imencode(".png", array, [cv2.IMWRITE_PNG_COMPRESSION, 9])
        return {"png": base64.b64encode(png.tobytes()).decode()}
    return {"dtype": str(array.dtype), "shape": array.shape, "data": base64.b64encode(array.tobytes()).decode()}


def _unpacked(value: dict[str, Any]) -> Any:
    if "png" in value:
        return cv2.imdecode(np.frombuffer(base64.b64decode(value["png"]), np.uint8), cv2.IMREAD_UNCHANGED)
    if "dtype" in value:
        return np.frombuffer(base64.b64decode(value["data"]), value["dtype"]).reshape(value["shape"])
    return value


def write_archives() -> None:
    """Write an archive of every kind of numbers, and one that is not packed."""
    names = ("u1", "i1", "u2", "i2", "u4", "i4", "i8", "f4", "f8")
    kinds = {name: np.arange(6).reshape(2, 3).astype(name) for name in names}
    kinds["turned"] = np.asfortranarray(np.arange(24).reshape(2, 3, 4).astype(np.int16))
    np.savez_compressed(GOLDEN / "packed.npz", **kinds, one=np.float64(0.5))  # type: ignore[arg-type]
    np.savez(GOLDEN / "stored.npz", **kinds)  # type: ignore[arg-type]

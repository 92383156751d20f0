"""What is known of VINs and of other text, in one file of a model folder."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vinchar.bundle import STRUCTURE, default_folder
from vinchar.structure.model import Learned, Rules, Structure, mixed
from vinchar.structure.text import TextModel
from vinchar.vin import ALPHABET

STEPS = 32  # how finely a log-probability is stored: steps for a nat


@dataclass(frozen=True, eq=False, slots=True)
class Knowledge:
    """How likely strings are as VINs, and as other text."""

    structure: Structure
    text: TextModel

    def likeness(self, vin: str, as_vin: float | None = None) -> float:
        """Return by how much 17 characters are likelier as a VIN than as a piece of other text, in nats.

        ``as_vin``: their log-probability as a VIN, if that is known already.
        """
        string = indices(vin)
        as_vin = float(self.structure.log_prob(string)[0]) if as_vin is None else as_vin
        return as_vin - float(self.text.log_prob(string)[0])


@cache
def shipped() -> Knowledge:
    """Return what is known with the shipped model, loaded at the first call; ``OSError`` if it is not there."""
    return load(default_folder() / STRUCTURE)


def indices(vin: str) -> NDArray[np.intp]:
    """Return the places of a VIN's characters in the alphabet, intp (1, 17)."""
    return np.array([[ALPHABET.index(char) for char in vin]], np.intp)


def to_bytes(knowledge: Knowledge) -> bytes:
    """Return the file: a NumPy archive. The sorted names are stored as steps, and bytes of like weight together."""
    (_, learned), (_, rules) = knowledge.structure.parts
    if not isinstance(learned, Learned) or not isinstance(rules, Rules):
        raise ValueError("structure: got another mixture, expected what was learned and the plain rules")
    steps = np.diff(learned.names, prepend=np.uint32(0))
    logs = np.rint(learned.logs * STEPS).astype(np.int16)
    arrays: dict[str, Any] = {
        "names": steps.view(np.uint8).reshape(-1, 4).T,
        "logs": logs.view(np.uint8).reshape(-1, 2).T,
        "alone": learned.alone,
    }
    arrays |= {f"text_{name}": array for name, array in knowledge.text.arrays().items()}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def load(path: Path) -> Knowledge:
    """Return what ``to_bytes`` made. Raises ``ValueError`` if the file is something else, ``OSError`` if not there."""
    try:
        with np.load(io.BytesIO(path.read_bytes())) as file:
            arrays = dict(file)
        steps = np.ascontiguousarray(arrays["names"].T).view(np.uint32)[:, 0]
        logs = np.ascontiguousarray(arrays["logs"].T).view(np.int16)[:, 0].astype(np.float32) / np.float32(STEPS)
        text = {name.removeprefix("text_"): array for name, array in arrays.items() if name.startswith("text_")}
        learned = Learned(np.cumsum(steps, dtype=np.uint32), logs, arrays["alone"])
        return Knowledge(mixed(learned), TextModel.from_arrays(text))
    except (KeyError, IndexError, EOFError, NotImplementedError, ValueError, zlib.error, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: got something else than what is known of VINs ({error!r})") from error

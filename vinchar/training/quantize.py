"""An ONNX network in eight-bit integers: on a processor it takes half the time, and it is half as large.

Static quantization with one scale for each filter; where activations lie is measured on real input. Jacob et al.,
"Quantization and training of neural networks for efficient integer-arithmetic-only inference" (2018), arXiv 1712.05877.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from vinchar.files import whole_file
from vinchar.session import open_session
from vinchar.training.cache import SceneCache, StripCache

Batches = Sequence[NDArray[np.float32]]
STRIPS, PHOTOS, BATCH = 256, 40, 8  # pictures that ranges are measured on, and strips at a time


class _Calibration(CalibrationDataReader):  # type: ignore[misc]
    """Hands batches of input to the calibration, each once."""

    def __init__(self, name: str, batches: Batches) -> None:
        self._left = iter([{name: batch} for batch in batches])

    def get_next(self) -> dict[str, Any] | None:
        return next(self._left, None)


def quantize(path: Path, batches: Batches, exact: int = 0) -> float:
    """Turn the network in ``path`` to integers, in place; return the share of answers that are highest where they were.

    ``batches``: input such as it meets in use, float32, on which the ranges of its activations are measured.
    ``exact``: so many of its last convolutions and products stay as they are, with all that follows the first of them.
    """
    before = open_session(path)
    name = before.get_inputs()[0].name
    with whole_file(path) as done, tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(path, prepared, skip_symbolic_shape=True)
        level = logging.getLogger().level
        quantize_static(
            prepared,
            done,
            _Calibration(name, batches),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            nodes_to_exclude=_last(prepared, exact),
        )
        logging.getLogger().setLevel(level)
        after = open_session(done)
        same = []
        for batch in batches:
            (want,), (got,) = (session.run(None, {name: batch}) for session in (before, after))
            same.append(float((want.argmax(axis=-1) == got.argmax(axis=-1)).mean()))
    return float(np.mean(same))


def _last(path: Path, exact: int) -> list[str]:
    """Return the names of the nodes of a network from the ``exact``-last convolution or product on."""
    nodes = onnx.load(path).graph.node
    heavy = [i for i, node in enumerate(nodes) if node.op_type in ("Conv", "MatMul", "Gemm")]
    return [node.name for node in nodes[heavy[-exact] :]] if exact else []


def strip_inputs(strips: StripCache) -> Batches:
    """Return strips as a recogniser's network meets them, float32 (8, 40, 400, 1) each."""
    some = strips.gray[:STRIPS, ..., None]
    return [(some[i : i + BATCH] / np.float32(255)).astype(np.float32) for i in range(0, len(some), BATCH)]


def locator_inputs(photos: SceneCache) -> Batches:
    """Return photos as the locator meets them, one each, float32 (1, H, W, 1)."""
    some = (photos.gray(i)[None, ..., None] for i in range(min(PHOTOS, len(photos))))
    return [(gray / np.float32(255)).astype(np.float32) for gray in some]

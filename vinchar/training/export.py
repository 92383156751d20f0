"""Networks to files: Keras for training on, ONNX for reading, checked against each other.

Keras exports through TensorFlow; a network trained by another backend is exported in a process that has that one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import onnx

from vinchar.files import whole_file
from vinchar.session import open_session

TOLERANCE = 1e-4
SMALL = 64  # numbers: what has fewer is not worth the step that makes it float32 again


def export(build: Callable[[], keras.Model], trained: keras.Model, example: tuple[int, ...], stem: Path) -> float:
    """Write ``stem.keras`` and ``stem.onnx`` and return how far, at most, the two differ on random input.

    ``build`` makes the same network anew in float32, whatever the precision it was trained in; ``example`` is the
    shape of one input without the batch. Both files keep the weights in the eleven binary digits of float16, half the
    size, and compute in float32. Raises ``ValueError`` if the logits differ by more than 1e-4 relative to their size
    before the ONNX file's weights, into which it has multiplied others, are rounded too.
    """
    policy = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("float32")
    try:
        model = build()
        model.set_weights([weight.astype(np.float16).astype(np.float32) for weight in trained.get_weights()])
        batch = np.random.default_rng(0).random((3, *example), np.float32)
        want = np.asarray(keras.ops.convert_to_numpy(model(batch, training=False)))
        with whole_file(stem.with_suffix(".keras")) as saved, whole_file(stem.with_suffix(".onnx")) as exported:
            model.save(saved)
            if keras.backend.backend() == "tensorflow":
                _to_onnx(model, exported)
            else:
                _to_onnx_elsewhere(saved, exported, batch.shape)
            session = open_session(exported)
            (got,) = session.run(None, {session.get_inputs()[0].name: batch})
            difference = float(np.abs(got - want).max() / max(1.0, float(np.abs(want).max())))
            if difference > TOLERANCE:
                raise ValueError(
                    f"{stem.name}: ONNX and Keras differ by {difference:.1e}, expected at most {TOLERANCE}"
                )
            _pack(saved)
            _halve(exported)
    finally:
        keras.mixed_precision.set_dtype_policy(policy)
    return difference


def _to_onnx(model: keras.Model, path: Path) -> None:
    model.export(path, format="onnx", verbose=False)


def _to_onnx_elsewhere(saved: Path, path: Path, shape: tuple[int, ...]) -> None:
    """Export a network in a file of Keras's in a process of its own, by TensorFlow on the processor."""
    own = {"KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-m", __name__, saved, path, *map(str, shape)], env=os.environ | own, check=True)


def _halve(path: Path) -> None:
    """Keep the weights of an ONNX file as float16, which the runtime makes float32 again when it loads them."""
    model = onnx.load(path)
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type == onnx.TensorProto.FLOAT and np.prod(weight.dims) >= SMALL:
            name = weight.name
            half = onnx.numpy_helper.to_array(weight).astype(np.float16)
            weight.CopyFrom(onnx.numpy_helper.from_array(half, f"{name}/half"))
            casts.append(onnx.helper.make_node("Cast", [weight.name], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _pack(path: Path) -> None:
    """Compress what is in a Keras file, which is a ZIP archive that Keras does not compress: bzip2 does most."""
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2, compresslevel=9) as file:
        for name, part in parts.items():
            file.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_BZIP2)


if __name__ == "__main__":
    from vinchar.training import nets  # noqa: F401  (whose layers are in the file)

    loaded = keras.saving.load_model(sys.argv[1], compile=False)
    loaded(np.zeros([int(size) for size in sys.argv[3:]], np.float32))  # one that was never called has no inputs
    _to_onnx(loaded, Path(sys.argv[2]))

"""Networks to files: ONNX says what Keras says, in float32, and what does not is refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from vinchar.session import open_session
from vinchar.training import export as exporting
from vinchar.training import nets
from vinchar.training.cache import StripCache
from vinchar.training.export import TOLERANCE, export
from vinchar.training.quantize import quantize, strip_inputs


def build() -> keras.Model:
    """A network with what the real ones have: a convolution, a normalisation, any width."""
    inputs = keras.Input((8, None, 1))
    x = keras.layers.Conv2D(4, (8, 3))(inputs)
    x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    return keras.Model(inputs, keras.layers.Dense(3, dtype="float32")(keras.layers.Reshape((-1, 4))(x)))


@pytest.fixture(autouse=True)
def _policy() -> Iterator[None]:
    before = keras.mixed_precision.dtype_policy()
    yield
    keras.mixed_precision.set_dtype_policy(before)


def answers(path: Path, batch: np.ndarray) -> np.ndarray:
    session = open_session(path)
    return np.asarray(session.run(None, {session.get_inputs()[0].name: batch})[0])


def test_onnx_and_keras_agree_on_any_batch_and_width(tmp_path: Path) -> None:
    keras.utils.set_random_seed(2)
    trained = build()
    assert export(build, trained, (8, 24, 1), tmp_path / "net") <= TOLERANCE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.keras", "net.onnx"]
    loaded = keras.saving.load_model(tmp_path / "net.keras")
    for width in (16, 40):
        batch = np.random.default_rng(1).random((5, 8, width, 1), np.float32)
        want = np.asarray(keras.ops.convert_to_numpy(loaded(batch, training=False)))
        assert np.allclose(answers(tmp_path / "net.onnx", batch), want, atol=2e-3)
        assert np.allclose(keras.ops.convert_to_numpy(trained(batch, training=False)), want, atol=2e-3)
    for kept, given in zip(loaded.get_weights(), trained.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, given.astype(np.float16))


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files of a classifier lie, without their suffix."""
    keras.utils.set_random_seed(5)
    stem = tmp_path_factory.mktemp("exported") / "net"
    export(nets.classifier, nets.classifier(), (40, 400, 1), stem)
    return stem


def test_both_files_take_two_bytes_a_weight(classifier: Path) -> None:
    numbers = nets.classifier().count_params()
    assert classifier.with_suffix(".keras").stat().st_size < 2.6 * numbers
    assert classifier.with_suffix(".onnx").stat().st_size < 2.3 * numbers


def test_a_network_trained_in_bfloat16_is_written_in_float32(tmp_path: Path) -> None:
    keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
    trained = build()
    export(build, trained, (8, 24, 1), tmp_path / "net")
    assert keras.mixed_precision.dtype_policy().name == "mixed_bfloat16"
    assert keras.saving.load_model(tmp_path / "net.keras").layers[1].compute_dtype == "float32"


class _Wrong:
    """A session whose first answer is off by a part of its size."""

    def __init__(self, path: Path, error: float) -> None:
        self._session, self._error = open_session(path), error

    def get_inputs(self) -> Any:
        return self._session.get_inputs()

    def run(self, *args: Any) -> list[np.ndarray]:
        (got,) = self._session.run(*args)
        return [got * (1 + self._error) + self._error]


def test_a_mismatch_is_refused_and_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "open_session", lambda path: _Wrong(path, 1e-3))
    with pytest.raises(ValueError, match=r"net: ONNX and Keras differ by .*, expected at most 0\.0001"):
        export(build, build(), (8, 24, 1), tmp_path / "net")
    assert not list(tmp_path.iterdir())


def test_the_classifier_keeps_its_width_open(classifier: Path) -> None:
    """One file reads strips of 400 columns and windows of 64."""
    for width in (64, 400):
        batch = np.random.default_rng(0).random((2, 40, width, 1), np.float32)
        assert answers(classifier.with_suffix(".onnx"), batch).shape == (2, width // 2, 34)


@pytest.mark.slow
def test_a_network_of_another_backend_is_exported_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a process that runs TensorFlow: what can be tried here is whether it makes the same of the file."""
    keras.utils.set_random_seed(3)
    trained = nets.rectifier()
    export(nets.rectifier, trained, (*nets.LINE_SIZE, 1), tmp_path / "here")
    monkeypatch.setattr(keras.backend, "backend", lambda: "another")
    export(nets.rectifier, trained, (*nets.LINE_SIZE, 1), tmp_path / "there")
    batch = np.random.default_rng(1).random((2, *nets.LINE_SIZE, 1), np.float32)
    np.testing.assert_array_equal(answers(tmp_path / "there.onnx", batch), answers(tmp_path / "here.onnx", batch))


def test_in_integers_a_network_answers_much_the_same_and_its_file_is_smaller(classifier: Path, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    shutil.copyfile(classifier.with_suffix(".onnx"), path)
    rng = np.random.default_rng(3)
    strips = StripCache(rng.integers(0, 255, (12, 40, 400)).astype(np.uint8), *(np.zeros((12, 17)),) * 2, np.zeros(12))
    (*batches, last) = strip_inputs(strips)
    assert [len(batch) for batch in (*batches, last)] == [8, 4]
    before, size = answers(path, last), path.stat().st_size
    same = quantize(path, [*batches, last])
    after = answers(path, last)
    assert path.stat().st_size < 0.7 * size
    assert 0.5 < same <= 1
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.95
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".onnx"] == ["net.onnx"]
    assert answers(path, batches[0][:1]).shape == (1, 200, 34)  # any batch

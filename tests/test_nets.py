"""The networks: shapes, sizes, and one set of weights for strips and single glyphs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from vinchar.classify import STRIDE, WINDOW
from vinchar.ctc import STEP
from vinchar.detect import ANCHORS, CELL
from vinchar.rectify import LINE_HEIGHT, LINE_WIDTH
from vinchar.training import nets
from vinchar.vin import ALPHABET

PUBLISHED_PARAMETERS = 5_051_937
FIELD = 77  # columns that an answer of the classifier depends on


@pytest.fixture(scope="module")
def classifier() -> keras.Model:
    keras.utils.set_random_seed(1)
    return nets.classifier()


def answers(model: keras.Model, pictures: np.ndarray) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(model(pictures.astype(np.float32), training=False)))


def test_training_and_reading_agree_on_the_geometry() -> None:
    assert len(ALPHABET) + 1 == nets.CLASSES
    assert nets.STRIDE == STRIDE
    assert nets.LINE_SIZE == (LINE_HEIGHT, LINE_WIDTH)


@pytest.mark.parametrize("width", [WINDOW, 400])
def test_the_classifier_answers_for_every_second_column(classifier: keras.Model, width: int) -> None:
    assert answers(classifier, np.zeros((2, 40, width, 1))).shape == (2, width // 2, 34)


def test_the_baseline_is_the_published_network() -> None:
    model = nets.baseline()
    assert model.count_params() == PUBLISHED_PARAMETERS
    assert answers(model, np.zeros((2, 28, 28, 1))).shape == (2, 33)


def test_the_classifier_has_a_tenth_of_its_parameters_at_most(classifier: keras.Model) -> None:
    assert classifier.count_params() <= PUBLISHED_PARAMETERS / 10


def test_the_rectifier_answers_for_every_fourth_column() -> None:
    model = nets.rectifier()
    assert answers(model, np.zeros((2, 64, 256, 1))).shape == (2, 64, 7)
    assert model.count_params() < 500_000


def test_a_window_of_a_strip_reads_as_the_strip_does_there(classifier: keras.Model) -> None:
    strip = np.random.default_rng(0).random((1, 40, 400, 1))
    whole = answers(classifier, strip)
    start, width = 120, 160
    window = answers(classifier, strip[:, :, start : start + width])
    inner = FIELD // 2 // STRIDE + 2  # at its sides a window has nothing where the strip goes on
    assert np.allclose(window[0, inner:-inner], whole[0, start // 2 + inner : (start + width) // 2 - inner], atol=1e-4)
    assert not np.allclose(window[0, 0], whole[0, start // 2], atol=1e-2)


def test_characters_can_be_favoured_and_no_glyph_stays(classifier: keras.Model) -> None:
    strip = np.random.default_rng(0).random((1, 40, 64, 1))
    before = answers(classifier, strip)
    more = np.linspace(-1, 1, 33, dtype=np.float32)
    nets.favour(classifier, more)
    after = answers(classifier, strip)
    nets.favour(classifier, -more)
    np.testing.assert_allclose(after - before, np.broadcast_to(np.append(more, 0), before.shape), atol=1e-4)


def test_an_answer_depends_on_the_columns_round_it(classifier: keras.Model) -> None:
    """What changes in one column reaches half the field to either side, and no further."""
    strip = np.random.default_rng(0).random((1, 40, 400, 1))
    other = strip.copy()
    other[:, :, 200] = 1 - other[:, :, 200]
    changed = np.flatnonzero(np.abs(answers(classifier, strip) - answers(classifier, other))[0].max(1) > 1e-5) * STRIDE
    assert 40 < np.ptp(changed) <= FIELD + STRIDE
    assert abs(changed.mean() - 199) < 3


def test_a_standard_convolution_heeds_the_form_of_its_kernels_alone() -> None:
    layer = nets.StandardConv(4, 3, padding="same", activation="relu")
    picture = np.random.default_rng(0).normal(size=(1, 12, 12, 2)).astype(np.float32)
    before = np.asarray(keras.ops.convert_to_numpy(layer(picture)))
    layer.kernel.assign(3 * keras.ops.convert_to_numpy(layer.kernel) + 0.7)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(layer(picture)), before, atol=1e-4)
    layer.gain.assign([0.0, 2, 1, 1])
    after = np.asarray(keras.ops.convert_to_numpy(layer(picture)))
    np.testing.assert_allclose(after[..., :2], before[..., :2] * [0, 2], atol=1e-4)


def test_activations_keep_their_size_through_the_network() -> None:
    """Noise through many standard convolutions stays of about unit mean square, without any normalisation."""
    x = np.random.default_rng(0).normal(size=(2, 16, 16, 32)).astype(np.float32)
    for _ in range(6):
        x = np.asarray(keras.ops.convert_to_numpy(nets.StandardConv(32, 3, padding="same", activation="relu")(x)))
    assert 0.3 < x[:, 4:-4, 4:-4].std() < 3


def test_weights_saved_are_the_weights_loaded(classifier: keras.Model, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    classifier.set_weights([w + 0.05 * rng.normal(size=w.shape) for w in classifier.get_weights()])
    classifier.save_weights(tmp_path / "net.weights.h5")
    other = nets.classifier()
    other.load_weights(tmp_path / "net.weights.h5")
    assert all(np.array_equal(a, b) for a, b in zip(classifier.get_weights(), other.get_weights(), strict=True))


@pytest.mark.parametrize(
    ("build", "shape"), [(nets.ctc, (100, 34)), (nets.detector, (50, len(ANCHORS), nets.BOX_OUTPUTS))]
)
def test_the_other_recognisers_are_about_as_large_and_begin_as_the_classifier(
    classifier: keras.Model, build: Callable[[], keras.Model], shape: tuple[int, ...]
) -> None:
    model = build()
    assert answers(model, np.zeros((2, 40, 400, 1))).shape == (2, *shape)
    assert 1 <= model.count_params() / classifier.count_params() <= 1.2
    head = [weight.copy() for weight in model.layers[-1 if build is nets.ctc else -2].get_weights()]
    nets.begin_as(model, classifier)
    trunk = len(classifier.get_weights()) - 2
    for one, other in zip(model.get_weights()[:trunk], classifier.get_weights(), strict=False):
        np.testing.assert_array_equal(one, other)
    for before, after in zip(head, model.layers[-1 if build is nets.ctc else -2].get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_steps_and_cells_are_those_that_are_read() -> None:
    assert answers(nets.ctc(), np.zeros((1, 40, 80, 1))).shape[1] == 80 // STEP
    assert answers(nets.detector(), np.zeros((1, 40, 80, 1))).shape[1] == 80 // CELL

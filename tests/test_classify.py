"""What the network answers, and how a single glyph is shown to it: as a strip would show it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper, save

from vinchar.classify import STRIDE, WINDOW, Answers, Classifier, glyph_window, log_softmax

NONE = 33


def logits_with(*glyphs: tuple[int, int]) -> NDArray[np.float32]:
    """Answers float32 (200, 34): none anywhere but at (answer, class)."""
    logits = np.zeros((200, 34), np.float32)
    logits[:, NONE] = 12
    for column, char in glyphs:
        logits[column] = 0
        logits[column, char] = 12
    return logits


def test_answers_part_the_character_from_whether_there_is_one() -> None:
    answers = Answers.of(logits_with((20, 5), (21, 5), (60, 7))[None])
    assert answers.log_probs.shape == (1, 200, 33)
    assert answers.log_probs[0, [20, 60]].argmax(1).tolist() == [5, 7]
    np.testing.assert_allclose(np.exp(answers.log_probs).sum(-1), 1, atol=1e-5)
    assert (answers.log_glyph[0, [20, 21, 60]] > -0.01).all()
    assert (answers.log_gap[0, [20, 21, 60]] < -10).all()
    assert answers.log_glyph[0, 40] < -5
    assert answers.log_gap[0, 40] > -0.01


def test_an_answer_that_is_wholly_sure_stays_finite() -> None:
    logits = np.full((1, 200, 34), -1e4, np.float32)
    logits[..., NONE] = 1e4
    answers = Answers.of(logits)
    assert np.isfinite(answers.log_glyph).all()
    assert np.isfinite(answers.log_gap).all()


def test_some_of_a_batch_can_be_taken() -> None:
    batch = Answers.of(np.stack([logits_with((20, 5)), logits_with((60, 7)), logits_with()]))
    some = batch.take(np.array([1]))
    assert (len(batch), len(some)) == (3, 1)
    np.testing.assert_array_equal(some.log_probs[0], batch.log_probs[1])


def test_log_softmax_of_large_values() -> None:
    values = np.array([[1e4, 1e4, -1e4]], np.float32)
    np.testing.assert_allclose(log_softmax(values)[0, :2], np.log(0.5), atol=1e-5)


def glyph(height: int, width: int, size: tuple[int, int] = (96, 96), at: tuple[int, int] = (5, 9)) -> np.ndarray:
    picture = np.zeros(size, np.uint8)
    picture[at[0] : at[0] + height, at[1] : at[1] + width] = 200
    return picture


@pytest.mark.parametrize(("height", "width"), [(60, 30), (13, 7), (20, 3), (90, 60)])
def test_a_glyph_stands_in_the_middle_at_the_strips_height(height: int, width: int) -> None:
    window = glyph_window(glyph(height, width))
    assert window.shape == (40, WINDOW)
    rows, columns = np.flatnonzero((window > 100).any(1)), np.flatnonzero((window > 100).any(0))
    assert (rows[0], rows[-1]) == (7, 32)
    assert np.ptp(columns) + 1 == pytest.approx(26 * width / height, abs=1)
    assert columns.mean() == pytest.approx((WINDOW - 1) / 2, abs=0.5)


def test_a_wide_glyph_is_shrunk_to_fit() -> None:
    window = glyph_window(glyph(10, 80))
    columns = np.flatnonzero((window > 100).any(0))
    assert np.ptp(columns) + 1 <= 0.6 * WINDOW
    assert columns.mean() == pytest.approx((WINDOW - 1) / 2, abs=0.5)


def test_nothing_to_show_is_an_empty_window() -> None:
    assert not glyph_window(np.zeros((20, 20), np.uint8)).any()
    assert not glyph_window(np.full((20, 20), 20, np.uint8)).any()  # faint noise is no ink


def test_faint_noise_does_not_move_the_glyph() -> None:
    noisy = np.maximum(glyph(60, 30), np.random.default_rng(2).integers(0, 20, (96, 96))).astype(np.uint8)
    np.testing.assert_allclose(glyph_window(noisy), glyph_window(glyph(60, 30)), atol=1)


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    """A network without training: class 4 wherever it is light, none where it is dark."""
    weights = np.zeros((1, 34), np.float32)
    weights[0, 4], weights[0, NONE] = 20, -20
    nodes = [
        helper.make_node("Transpose", ["strips"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("AveragePool", ["planes"], ["means"], kernel_shape=[40, 2], strides=[40, 2]),
        helper.make_node("Squeeze", ["means", "axes"], ["rows"]),
        helper.make_node("Unsqueeze", ["rows", "last"], ["columns"]),
        helper.make_node("Sub", ["columns", "half"], ["centred"]),
        helper.make_node("MatMul", ["centred", "weights"], ["logits"]),
    ]
    constants = {"axes": np.array([1, 2]), "last": np.array([2]), "weights": weights, "half": np.float32(0.5)}
    graph = helper.make_graph(
        nodes,
        "light",
        [helper.make_tensor_value_info("strips", TensorProto.FLOAT, ["B", 40, "W", 1])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["B", "C", 34])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    path = tmp_path_factory.mktemp("model") / "light.onnx"
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    return Classifier(path)


def strip_lit_at(column: int) -> NDArray[np.uint8]:
    gray = np.zeros((40, 400), np.uint8)
    gray[:, column - 4 : column + 4] = 255
    return gray


def test_a_strip_reads_as_its_row_of_a_batch(classifier: Classifier) -> None:
    strips = np.stack([strip_lit_at(100), strip_lit_at(300)])
    batched = classifier.logits(strips)
    for strip, row in zip(strips, batched, strict=True):
        np.testing.assert_allclose(classifier.logits(strip[None])[0], row, atol=1e-5)


def test_glyphs_are_counted_by_the_answers_that_see_one() -> None:
    logits = np.zeros((2, 200, 34), np.float32)
    logits[:, :, NONE] = 20
    logits[1, :30, NONE] = -20
    assert Answers.of(logits).glyphs().sum(axis=1) == pytest.approx([0, 8], abs=0.01)


def test_the_network_sees_values_from_0_to_1_and_answers_for_every_second_column(classifier: Classifier) -> None:
    logits = classifier.logits(strip_lit_at(100)[None])
    assert logits.shape == (1, 200, 34)
    assert logits[0, 50, 4] == pytest.approx(10)
    assert logits[0, 0, 4] == pytest.approx(-10)


def test_a_single_glyph_is_read_in_the_middle_of_its_window(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def answer(strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        asked.append(strips)
        logits = np.zeros((len(strips), WINDOW // STRIDE, 34), np.float32)
        logits[:, :, 3] = 9  # what is beside the middle does not count
        for i, one in enumerate(logits):
            one[15:17, :4] = 0
            one[15:17, 10 + i] = 9
            one[15:17, NONE] = 9 if i else -9
        return logits

    monkeypatch.setattr(classifier, "logits", answer)
    pictures = [cv2.circle(np.zeros((50, 40), np.uint8), (20, 25), 15, 255, 4), glyph(60, 30)]
    log_probs = classifier.glyphs(pictures)
    assert log_probs.shape == (2, 34)
    assert log_probs[:, :NONE].argmax(1).tolist() == [10, 11]
    np.testing.assert_allclose(np.exp(log_probs).sum(1), 1, atol=1e-5)
    np.testing.assert_allclose(np.exp(log_probs[:, NONE]), [0, 0.5], atol=1e-2)
    np.testing.assert_array_equal(asked[0][1], glyph_window(pictures[1]))

"""Muon moves every direction of a kernel alike, and leaves all other weights to AdamW."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from vinchar.training.muon import KernelMuon
from vinchar.training.nets import StandardConv, baseline, classifier

RATE, DECAY = 0.01, 0.01


def stepped(weights: list[keras.Variable], gradients: list[np.ndarray], times: int = 1) -> list[np.ndarray]:
    """How far one optimiser moves these weights."""
    before = [keras.ops.convert_to_numpy(weight).copy() for weight in weights]
    optimizer = KernelMuon(RATE, weight_decay=DECAY, rms_rate=0.5)
    for _ in range(times):
        optimizer.apply(gradients, weights)
    return [keras.ops.convert_to_numpy(weight).copy() - old for weight, old in zip(weights, before, strict=True)]


@pytest.mark.parametrize("shape", [(3, 3, 8, 16), (1, 1, 32, 8), (5, 3, 4, 24), (3, 3, 1, 16)])
def test_a_step_of_a_kernel_is_orthogonal_and_of_one_length(shape: tuple[int, int, int, int]) -> None:
    height, width, channels, filters = shape
    conv = StandardConv(filters, (height, width))
    conv.build((None, None, None, channels))
    rng = np.random.default_rng(1)
    gradient = rng.normal(size=shape) * np.geomspace(1, 1e-2, filters)  # some directions say much more than others
    (step,) = stepped([conv.kernel], [gradient.astype(np.float32)])
    assert np.sum(step * gradient) < 0  # downhill
    size = np.linalg.svd(step.reshape(-1, filters), compute_uv=False)
    assert size.max() / size.min() < 2
    root_mean_square = np.sqrt(np.mean(step**2)) / RATE
    assert root_mean_square == pytest.approx(0.5, rel=0.3)


def test_what_is_no_kernel_of_a_standard_convolution_is_moved_by_adamw() -> None:
    rng = np.random.default_rng(2)
    weights = [w for net in (classifier(0.5), baseline()) for w in net.trainable_variables]
    others = [w for w in weights if "standard_conv" not in w.path or not w.path.endswith("/kernel")]
    assert {len(w.shape) for w in others} == {1, 2, 4}
    others = [w for w in others if np.prod(w.shape) < 20_000]
    gradients = [rng.normal(size=w.shape).astype(np.float32) for w in others]
    before = [keras.ops.convert_to_numpy(w).copy() for w in others]
    moved = stepped(others, gradients, times=3)
    for weight, old in zip(others, before, strict=True):
        weight.assign(old)
    adamw = keras.optimizers.AdamW(RATE, weight_decay=DECAY)
    for _ in range(3):
        adamw.apply(gradients, others)
    for weight, old, step in zip(others, before, moved, strict=True):
        np.testing.assert_allclose(step, keras.ops.convert_to_numpy(weight).copy() - old, atol=1e-6)

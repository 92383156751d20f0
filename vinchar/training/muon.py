"""The optimiser of the networks: Muon for the kernels of their convolutions, AdamW for all other weights."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops


class KernelMuon(keras.optimizers.Muon):  # type: ignore[misc]
    """Muon on the kernels of ``nets.StandardConv``, which Keras's own leaves to AdamW as all that is no matrix.

    A kernel counts as a matrix of (height x width x channels, filters), and each step of it is made orthogonal, so that
    all its directions are learned alike (Jordan et al. 2024, kellerjordan.github.io/posts/muon; step length after Liu
    et al. 2025, arXiv 2502.16982). A network without such layers is trained by AdamW. ``weight_decay``: of all weights,
    times the learning rate.
    """

    def __init__(self, learning_rate: Any, weight_decay: float, **more: Any) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, adam_weight_decay=weight_decay, **more)

    def _should_use_adamw(self, variable: Any) -> bool:
        return "standard_conv" not in variable.path or len(variable.shape) != 4

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        """Return about the orthogonal matrix nearest to a step of a kernel, in the kernel's shape."""
        matrix = ops.reshape(x, (-1, x.shape[-1]))
        return ops.reshape(super().zeropower_via_newtonschulz5(matrix, steps), x.shape)

    def lr_adjust(self, x: Any) -> Any:
        """Scale a step so that its root mean square is ``rms_rate``, whatever the kernel's shape."""
        return x * (self.rms_rate * math.sqrt(max(math.prod(x.shape[:-1]), x.shape[-1])))

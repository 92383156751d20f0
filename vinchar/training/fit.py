"""Fit one network: seeded, resumable after a kill, with a moving average of the weights and a progress bar."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import keras
import numpy as np
from tqdm import tqdm
from tqdm.keras import TqdmCallback

from vinchar.files import whole_file, write_whole
from vinchar.training.muon import KernelMuon
from vinchar.training.nets import begin_as

Batch = tuple[Any, ...]
EPOCH_STEPS = 50  # a checkpoint may be written after each
CHECKPOINT_SECONDS = 60  # from which on one is written: with that of an epoch, a killed run loses two minutes at most
SEEDED = 200  # batches are counted by so many, and within them: what a seed stands for does not hang on the epochs
DECAY = 0.01  # of the weights, times the learning rate


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches drawn on the fly; batch ``i`` depends on the seed and on ``i`` alone, so a resumed run sees the same."""

    def __init__(self, draw: Callable[[np.random.Generator], Batch], steps: int, seed: int) -> None:
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=8)
        self._draw, self._steps, self._seed = draw, steps, seed
        self.epoch = 0

    def __len__(self) -> int:
        return self._steps

    def __getitem__(self, index: int) -> Batch:
        return self._draw(np.random.default_rng([self._seed, *divmod(self.epoch * self._steps + index, SEEDED)]))


class _Backup(keras.callbacks.BackupAndRestore):  # type: ignore[misc]
    """Keras's checkpoints, only where the last one is old enough: a large network takes its time to write."""

    def __init__(self, folder: Path, seconds: float) -> None:
        # Of two checkpoints one is whole whenever the kill comes.
        super().__init__(str(folder), double_checkpoint=True, delete_checkpoint=False)
        self._written, self._seconds = monotonic(), seconds

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if monotonic() - self._written >= self._seconds:
            super().on_epoch_end(epoch, logs)
            self._written = monotonic()


def precision(wanted: str) -> str:
    """Return the Keras dtype policy: for ``auto`` bfloat16 if this processor computes in it, else float32."""
    if wanted != "auto":
        return wanted
    info = Path("/proc/cpuinfo")
    flags = info.read_text() if info.exists() else ""
    return "mixed_bfloat16" if "avx512_bf16" in flags or "amx_bf16" in flags else "float32"


def fit(
    name: str,
    model: keras.Model,
    draw: Callable[[np.random.Generator], Batch],
    loss: Any,
    *,
    steps: int,
    seed: int,
    learning_rate: float,
    work: Path,
    start_from: keras.Model | None = None,
    optimizer: Callable[..., keras.optimizers.Optimizer] = KernelMuon,
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
) -> tuple[list[dict[str, float]], str]:
    """Train ``model`` for ``steps`` batches of ``draw(rng)``, in whole epochs, and leave its averaged weights in it.

    A finished run lies in ``work/NAME.weights.h5`` and is loaded instead of trained again; a killed one continues at
    its last checkpoint, of at most two minutes ago where 50 steps take no more than one. ``start_from``: a model whose
    weights to begin with, as far as the two are the same from the first layer on. ``optimizer``: makes one of a rate,
    ``weight_decay`` and what Keras's take for an average of the weights. ``checkpoint_seconds``: an epoch that ends
    after so many is kept. Returns the history, a dict an epoch, and the backend and devices it was finished on.
    """
    work.mkdir(parents=True, exist_ok=True)
    done, history, backup = work / f"{name}.weights.h5", work / f"{name}.csv", work / f"{name}.backup"
    devices = work / f"{name}.devices"
    if not done.exists():
        keras.utils.set_random_seed(seed)
        if start_from is not None:
            begin_as(model, start_from)
        epochs = max(1, -(-steps // EPOCH_STEPS))
        epoch_steps = min(EPOCH_STEPS, steps)
        warmup = max(1, epochs * epoch_steps // 20)
        rate = keras.optimizers.schedules.CosineDecay(
            learning_rate * 0.05,
            max(1, epochs * epoch_steps - warmup),
            alpha=0.01,
            warmup_target=learning_rate,
            warmup_steps=warmup,
        )
        memory = max(0.9, 1 - 20 / steps)  # the average reaches back over a twentieth of the run
        stepping = optimizer(rate, weight_decay=DECAY, use_ema=True, ema_momentum=memory)
        # JAX runs each operation by itself otherwise; TensorFlow on a processor only loses time by it.
        model.compile(stepping, loss, jit_compile=keras.backend.backend() == "jax")
        if not backup.exists():
            history.unlink(missing_ok=True)
        batches = Batches(draw, epoch_steps, seed)
        # History goes on before the checkpoint: a resumed run repeats epochs, and their rows win below.
        model.fit(
            batches,
            epochs=epochs,
            verbose=0,
            shuffle=False,  # they are drawn at random; shuffled, a resumed run would see them in another order
            callbacks=[
                keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: setattr(batches, "epoch", epoch)),
                keras.callbacks.CSVLogger(history, append=True),
                _Backup(backup, checkpoint_seconds),
                TqdmCallback(epochs, verbose=0, tqdm_class=tqdm, desc=name, mininterval=2, smoothing=0.05),
            ],
        )
        write_whole(devices, f"{keras.backend.backend()} on {', '.join(keras.distribution.list_devices())}")
        with whole_file(done) as part:
            model.save_weights(part)
        shutil.rmtree(backup, ignore_errors=True)
    model.load_weights(done)
    return _rows(history), devices.read_text()


def _rows(history: Path) -> list[dict[str, float]]:
    """Return the rows of a log of Keras's, one an epoch, the last one written; without what a full disk cut off."""
    with history.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if None not in row and None not in row.values()]
    last = {int(row["epoch"]): row for row in rows}
    kept = [name for name in rows[0] if not name.startswith("val_")]  # Keras has columns for these, with nothing in
    return [{name: float(last[epoch][name]) for name in kept} for epoch in sorted(last)]

"""Fit one network: seeded, resumable after a kill, with a moving average of the weights and a progress bar."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from vinchar.files import write_whole
from vinchar.training.muon import KernelMuon

Batch = tuple[Any, ...]
EPOCH_STEPS = 200  # a checkpoint is written after each
DECAY = 0.01  # of the weights, times the learning rate


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches drawn on the fly; batch ``i`` depends on the seed and on ``i`` alone, so a resumed run sees the same."""

    def __init__(self, draw: Callable[[np.random.Generator], Batch], steps: int, seed: int) -> None:
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=8)
        self._draw, self._steps, self._seed = draw, steps, seed
        self.epoch = 0

    def __len__(self) -> int:
        return min(EPOCH_STEPS, self._steps)

    def __getitem__(self, index: int) -> Batch:
        return self._draw(np.random.default_rng([self._seed, self.epoch, index]))


class _Progress(keras.callbacks.Callback):  # type: ignore[misc]
    """A tqdm bar over all steps, on standard error."""

    def __init__(self, name: str, epochs: int, epoch_steps: int) -> None:
        super().__init__()
        self._epoch_steps = epoch_steps
        self._bar = tqdm(total=epochs * epoch_steps, desc=name, unit="step", mininterval=2, smoothing=0.05)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._bar.n = epoch * self._epoch_steps  # a resumed run does not begin at 0

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._bar.update()
        if logs and batch % 20 == 0:
            self._bar.set_postfix({name: f"{value:.4f}" for name, value in logs.items()}, refresh=False)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        self._bar.close()


class _History(keras.callbacks.Callback):  # type: ignore[misc]
    """One line of JSON an epoch, so that the curves survive a kill."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        row = {"epoch": epoch, **{name: float(value) for name, value in (logs or {}).items()}}
        with self._path.open("a") as file:
            file.write("\n" + json.dumps(row))  # a row that a full disk cut off stays alone on its line


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
) -> tuple[list[dict[str, float]], str]:
    """Train ``model`` for ``steps`` batches of ``draw(rng)``, in whole epochs, and leave its averaged weights in it.

    A finished run lies in ``work/NAME.weights.h5`` and is loaded instead of trained again; a killed one continues at
    its last full epoch of 200 steps. ``start_from``: a model whose weights to begin with. ``optimizer``: makes one of a
    rate, ``weight_decay`` and what Keras's take for an average of the weights. Returns the history, a dict an epoch,
    and the backend and devices it was finished on.
    """
    work.mkdir(parents=True, exist_ok=True)
    done, history, backup = work / f"{name}.weights.h5", work / f"{name}.jsonl", work / f"{name}.backup"
    devices = work / f"{name}.devices"
    if not done.exists():
        keras.utils.set_random_seed(seed)
        if start_from is not None:
            model.set_weights(start_from.get_weights())
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
        # History is written before the backup: a kill between the two repeats an epoch, and its row wins below. Of two
        # backups one is whole whenever the kill comes.
        model.fit(
            batches,
            epochs=epochs,
            verbose=0,
            shuffle=False,  # they are drawn at random; shuffled, a resumed run would see them in another order
            callbacks=[
                keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: setattr(batches, "epoch", epoch)),
                _History(history),
                keras.callbacks.BackupAndRestore(str(backup), double_checkpoint=True, delete_checkpoint=False),
                _Progress(name, epochs, epoch_steps),
            ],
        )
        partial = work / f"{name}.partial.weights.h5"
        model.save_weights(partial)
        write_whole(devices, f"{keras.backend.backend()} on {', '.join(keras.distribution.list_devices())}")
        partial.replace(done)
        shutil.rmtree(backup, ignore_errors=True)
    model.load_weights(done)
    rows = {row["epoch"]: row for row in _whole_rows(history)}
    return [rows[epoch] for epoch in sorted(rows)], devices.read_text()


def _whole_rows(history: Path) -> Iterator[dict[str, float]]:
    for line in history.read_text().splitlines():
        with suppress(ValueError):  # what a full disk cut off
            yield json.loads(line)

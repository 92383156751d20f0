"""Fitting one network: seeded, averaged, resumed after a kill as if nothing had been, loaded when it is done.

The network has no dropout: where there is one, a resumed run drops others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from conftest import train_eagerly
from vinchar.training import fit as fitting
from vinchar.training.fit import fit, precision

EPOCH, EPOCHS = 3, 4
SECONDS = fitting.CHECKPOINT_SECONDS
Weights = list[np.ndarray]
Run = tuple[Weights, list[dict[str, float]]]
# Where a source dies, as a killed process, nothing closes the log.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True, scope="module")
def _short_epochs() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "EPOCH_STEPS", EPOCH)
        train_eagerly(patch)
        yield


def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Give a batch of a plane that a tiny network can learn."""
    x = rng.normal(size=(8, 3)).astype(np.float32)
    return x, x @ np.array([[1.0], [-2.0], [0.5]], np.float32)


def build() -> keras.Model:
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1)])


def run(work: Path, source: Callable[..., Any] = draw, **more: Any) -> Run:
    model = build()
    settings: dict[str, Any] = {"steps": EPOCH * EPOCHS, "seed": 3, "learning_rate": 0.05}
    settings["checkpoint_seconds"] = 0
    settings["optimizer"] = keras.optimizers.AdamW  # it is made ready in no time
    history, devices = fit("plane", model, source, "mse", work=work, **settings | more)
    assert devices == "tensorflow on cpu:0"
    return model.get_weights(), history


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The weights and the history of a run that nothing disturbed."""
    return run(tmp_path_factory.mktemp("whole"))


def killed_after(batches: int) -> Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]]:
    """A source that dies once it has given so many batches."""
    given = [0]

    def source(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        given[0] += 1
        if given[0] > batches:
            raise RuntimeError("killed")
        return draw(rng)

    return source


def equal(one: Weights, other: Weights) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_run_learns_and_has_a_row_an_epoch(tmp_path: Path, whole: Run) -> None:
    weights, history = whole
    assert [row["epoch"] for row in history] == list(range(EPOCHS))
    long, curve = run(tmp_path, steps=45)
    assert curve[-1]["loss"] < 0.5 * curve[0]["loss"]
    assert not equal(long, weights)


def test_every_epoch_has_batches_of_its_own(tmp_path: Path) -> None:
    seen = set()
    run(tmp_path, lambda rng: seen.add(rng.bit_generator.state["state"]["state"]) or draw(rng))
    assert len(seen) == EPOCH * EPOCHS


def test_the_seed_decides(tmp_path: Path, whole: Run) -> None:
    assert equal(run(tmp_path / "one")[0], whole[0])
    assert not equal(run(tmp_path / "two", seed=4)[0], whole[0])


@pytest.mark.parametrize("batches", [EPOCH + 3, 2 * EPOCH + 3, EPOCH * EPOCHS + 1])
def test_a_killed_run_ends_as_if_it_had_not_been_killed(tmp_path: Path, batches: int, whole: Run) -> None:
    with pytest.raises(Exception, match="killed"):
        run(tmp_path / "killed", killed_after(batches))
    assert not (tmp_path / "killed" / "plane.weights.h5").exists()
    drawn = []
    weights, history = run(tmp_path / "killed", lambda rng: drawn.append(1) or draw(rng))
    assert len(drawn) < EPOCH * EPOCHS  # it went on, and did not begin again
    assert history == whole[1]
    assert equal(weights, whole[0])


def test_a_kill_loses_two_minutes_of_slow_steps_at_most(
    tmp_path: Path, whole: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Epochs of 45 seconds, by a clock that goes on whenever it is asked: a checkpoint after the second one."""
    monkeypatch.setattr(fitting, "monotonic", itertools.count(0, 45).__next__)
    with pytest.raises(Exception, match="killed"):
        run(tmp_path / "killed", killed_after(3 * EPOCH + 3), checkpoint_seconds=SECONDS)
    drawn = []
    weights, history = run(tmp_path / "killed", lambda rng: drawn.append(1) or draw(rng))
    assert 2 * EPOCH <= len(drawn) < 3 * EPOCH
    assert history == whole[1]
    assert equal(weights, whole[0])


def test_a_half_written_backup_costs_an_epoch_and_no_more(tmp_path: Path, whole: Run) -> None:
    with pytest.raises(Exception, match="killed"):
        run(tmp_path / "killed", killed_after(3 * EPOCH + 3))
    backup = tmp_path / "killed" / "plane.backup" / "latest.weights.h5"
    backup.write_bytes(backup.read_bytes()[:1000])
    weights, history = run(tmp_path / "killed")
    assert history == whole[1]
    assert equal(weights, whole[0])


def test_a_finished_run_is_loaded(tmp_path: Path) -> None:
    first, curve = run(tmp_path, steps=EPOCH)
    weights, history = run(tmp_path, killed_after(0), steps=EPOCH)  # not one batch is drawn
    assert history == curve
    assert equal(weights, first)
    names = ["plane.csv", "plane.devices", "plane.weights.h5"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_it_starts_from_another_network_and_leaves_that_alone(tmp_path: Path) -> None:
    other = build()
    other.set_weights([np.full_like(w, 7) if w.dtype == np.float32 else w for w in other.get_weights()])
    weights, _ = run(tmp_path, steps=1, learning_rate=1e-6, start_from=other)
    assert np.abs(weights[0] - 7).max() < 0.01
    assert np.all(other.get_weights()[0] == 7)


def test_the_weights_left_are_an_average(tmp_path: Path, whole: Run) -> None:
    averaged, _ = whole
    last, _ = run(
        tmp_path / "two", optimizer=lambda *rate, **how: keras.optimizers.AdamW(*rate, **how | {"use_ema": False})
    )
    start = build().get_weights()[0]
    assert 0 < np.abs(averaged[0] - start).max() < np.abs(last[0] - start).max()


@pytest.mark.parametrize("steps", [1, 2, EPOCH])
def test_runs_shorter_than_an_epoch(tmp_path: Path, steps: int) -> None:
    drawn = []
    _, history = run(tmp_path, lambda rng: drawn.append(1) or draw(rng), steps=steps)
    assert len(history) == 1
    assert len(drawn) >= steps


def test_precision() -> None:
    assert precision("float32") == "float32"
    assert precision("mixed_bfloat16") == "mixed_bfloat16"
    assert precision("auto") in ("float32", "mixed_bfloat16")


def test_a_row_that_a_full_disk_cut_off_is_passed_over(tmp_path: Path, whole: Run) -> None:
    with pytest.raises(Exception, match="killed"):
        run(tmp_path, killed_after(2 * EPOCH + 1))
    history = tmp_path / "plane.csv"
    history.write_text(history.read_text()[:-9])
    _, rows = run(tmp_path)
    assert rows == whole[1][2:]  # the next row began on the line that was cut off

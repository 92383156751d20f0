"""What a training run is made of: one frozen dataclass, saved with the model, and the presets built from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Sizes, lengths and rates of one training run.

    Steps are optimiser steps, beyond 200 rounded up to whole epochs of so many, of ``batch`` strips (``written_batch``
    where most are handwritten, ``glyph_batch`` pictures for the baseline, ``line_batch`` line pictures for the
    rectifier, ``photo_batch`` parts of ``photos`` whole ones for the locator). ``scenes``: drawn for the classifier;
    the rectifier learns on the first ``line_scenes`` of them at most, each in ``frames`` cut-outs. ``printed``: share
    of printed characters among the handwritten ones in the batches of the network for single characters; ``nothing``:
    share of pictures that show none, of ``no_glyphs`` drawn ones.
    ``rehearsal``: share of handwritten strips in the classifier's batches.
    ``precision`` is ``float32``, ``mixed_bfloat16`` or ``auto``: bfloat16 where the processor computes in it.
    """

    preset: str = "full"
    seed: int = 7
    scenes: int = 80_000
    line_scenes: int = 80_000
    validation_scenes: int = 4_000
    photos: int = 2_500
    validation_photos: int = 300
    frames: int = 2
    batch: int = 24
    written_batch: int = 20
    glyph_batch: int = 128
    line_batch: int = 48
    photo_batch: int = 8
    emnist_steps: int = 1_600
    baseline_steps: int = 1_600
    rectifier_steps: int = 6_000
    locator_steps: int = 7_000
    glyph_steps: int = 2_600
    classifier_steps: int = 11_000
    learning_rate: float = 6e-3
    printed: float = 0.1875
    nothing: float = 0.2
    rehearsal: float = 0.2
    characters: int = 9_900
    no_glyphs: int = 6_000
    workers: int = 2
    precision: str = "auto"

    def __post_init__(self) -> None:
        for name in (
            *("scenes", "line_scenes", "photos", "validation_photos", "frames", "characters", "no_glyphs", "workers"),
            *("batch", "written_batch", "glyph_batch", "line_batch", "photo_batch"),
            *("emnist_steps", "baseline_steps", "rectifier_steps", "locator_steps", "glyph_steps", "classifier_steps"),
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: got {getattr(self, name)}, expected 1 or more")
        if self.validation_scenes < 2:
            raise ValueError(f"validation_scenes: got {self.validation_scenes}, expected 2 or more")
        if self.precision not in ("auto", "float32", "mixed_bfloat16"):
            raise ValueError(f"precision: got {self.precision!r}, expected auto, float32 or mixed_bfloat16")
        for name in ("printed", "nothing", "rehearsal"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name}: got {getattr(self, name)}, expected a share from 0 to below 1")


PRESETS: dict[str, TrainConfig] = {
    "full": TrainConfig(),
    "large": TrainConfig(preset="large", scenes=240_000, batch=48, classifier_steps=55_000),
    "quick": TrainConfig(
        preset="quick",
        scenes=5_000,
        frames=3,
        validation_scenes=80,
        photos=300,
        validation_photos=30,
        emnist_steps=200,
        baseline_steps=200,
        rectifier_steps=1_000,
        locator_steps=300,
        glyph_steps=200,
        classifier_steps=600,
        characters=1_000,
        no_glyphs=600,
    ),
    "tiny": TrainConfig(
        preset="tiny",
        scenes=48,
        frames=3,
        validation_scenes=16,
        photos=8,
        validation_photos=4,
        batch=8,
        written_batch=8,
        glyph_batch=16,
        line_batch=8,
        photo_batch=2,
        emnist_steps=4,
        baseline_steps=2,
        rectifier_steps=250,
        locator_steps=2,
        glyph_steps=2,
        classifier_steps=4,
        characters=66,
        no_glyphs=24,
        workers=1,
        precision="float32",
    ),
}

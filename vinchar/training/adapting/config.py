"""How a model is adapted: one frozen dataclass, whose fields are flags, as those of ``config.TrainConfig``."""

from __future__ import annotations

from dataclasses import dataclass

from vinchar.training.config import BATCHES, RATES, SIZES, STEPS, USUAL, flag


@dataclass(frozen=True, slots=True)
class AdaptConfig:
    """Sizes, lengths and rates of adapting. Each field says what it is in its metadata, and is a flag."""

    seed: int = flag(7, USUAL, "of the split and of all that is drawn by chance")
    workers: int = flag(2, USUAL, "processes that draw and read; how many changes nothing but the time")
    precision: str = flag("auto", USUAL, "float32, mixed_bfloat16, or auto: bfloat16 where the processor has it")
    recogniser: str = flag("usual", USUAL, "the way to read strips that is taught and kept: one that the base has")
    rounds: int = flag(4, USUAL, "at most so many times photos are read and learned from; fewer once nothing is gained")
    unlabelled_photos: int = flag(3_000, SIZES, "of the photos without a label, at most so many, drawn by chance")
    scenes: int = flag(6_000, SIZES, "drawn scenes of one VIN each among the photos, so that nothing is forgotten")
    photos: int = flag(400, SIZES, "whole drawn photos, for the locator")
    copies: int = flag(3, SIZES, "strips cut of each photo's line, from different rough frames")
    validation_scenes: int = flag(1_000, SIZES, "drawn scenes in held-out faces, to fit the confidence and to compare")
    validation_photos: int = flag(150, SIZES, "drawn photos in held-out faces, to fit the confidence")
    no_glyphs: int = flag(6_000, SIZES, "small pictures without a character, a third of them to tell what shows none")
    steps: int = flag(600, STEPS, "of a network that reads strips: of the first one in each round, of others once")
    locator_steps: int = flag(400, STEPS, "of the locator; 0 leaves it as it is")
    rectifier_steps: int = flag(600, STEPS, "of the rectifier; 0 leaves it as it is")
    batch: int = flag(24, BATCHES, "strips, for the classifier")
    photo_batch: int = flag(8, BATCHES, "parts of photos, for the locator")
    line_batch: int = flag(48, BATCHES, "cut-outs, for the rectifier")
    learning_rate: float = flag(1e-3, RATES, "highest rate of the classifier; the other networks get half of it")
    real: float = flag(0.5, RATES, "share of the owner's photos in each batch")
    rehearsal: float = flag(0.17, RATES, "share of handwritten strips in the classifier's batches, if EMNIST is there")

    def __post_init__(self) -> None:
        for name in (
            *("workers", "rounds", "unlabelled_photos", "scenes", "photos", "copies"),
            *("no_glyphs", "steps", "batch", "photo_batch", "line_batch"),
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: got {getattr(self, name)}, expected 1 or more")
        for name in ("locator_steps", "rectifier_steps"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: got {getattr(self, name)}, expected 0 or more")
        if self.validation_scenes < 2 or self.validation_photos < 1:
            raise ValueError("validation_scenes, validation_photos: got too few, expected 2 and 1 or more")
        if self.precision not in ("auto", "float32", "mixed_bfloat16"):
            raise ValueError(f"precision: got {self.precision!r}, expected auto, float32 or mixed_bfloat16")
        if not 0 < self.real < 1 or not 0 <= self.rehearsal < 1 - self.real:
            raise ValueError(f"real, rehearsal: got {self.real:g} and {self.rehearsal:g}, expected less in all than 1")

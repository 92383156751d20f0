"""What a training run is made of: one frozen dataclass, saved with the model, and the presets built from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# The groups in which ``train.py --help`` lists the fields.
USUAL = "what most runs leave as it is"
SIZES = "sizes: how much is drawn"
STEPS = "steps of the optimiser, rounded up to whole epochs of 50"
BATCHES = "batches: pictures in one step"
RATES = "rates and shares"


def flag(default: Any, group: str, says: str) -> Any:
    """Return a field that becomes a flag, with what its help says."""
    return field(default=default, metadata={"group": group, "help": says})


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Sizes, lengths and rates of one training run. Each field says what it is in its metadata, and is a flag."""

    preset: str = "full"
    seed: int = flag(7, USUAL, "of all that is drawn by chance; held-out scenes are of the next one")
    workers: int = flag(2, USUAL, "processes that draw and read; how many changes nothing but the time")
    precision: str = flag("auto", USUAL, "float32, mixed_bfloat16, or auto: bfloat16 where the processor has it")
    scenes: int = flag(80_000, SIZES, "drawn scenes of one VIN each, for the classifier")
    line_scenes: int = flag(80_000, SIZES, "of these, at most so many for the rectifier")
    frames: int = flag(2, SIZES, "rough cut-outs of each scene, for the rectifier")
    photos: int = flag(2_500, SIZES, "whole drawn photos, for the locator")
    characters: int = flag(9_900, SIZES, "printed characters, for the network for single ones")
    no_glyphs: int = flag(6_000, SIZES, "small pictures without a character, for the same network")
    validation_scenes: int = flag(4_000, SIZES, "scenes in held-out faces, to fit the confidence and to report on")
    validation_photos: int = flag(300, SIZES, "photos in held-out faces, for the same")
    rectifier_steps: int = flag(6_000, STEPS, "of the network that straightens lines")
    locator_steps: int = flag(7_000, STEPS, "of the network that finds VINs in photos")
    baseline_steps: int = flag(1_600, STEPS, "of the published network, for comparison on EMNIST")
    emnist_steps: int = flag(1_600, STEPS, "of the network on EMNIST that the next two begin as")
    glyph_steps: int = flag(10_000, STEPS, "of the network for single characters")
    classifier_steps: int = flag(11_000, STEPS, "of the network that reads strips by a lattice of glyphs")
    ctc_steps: int = flag(4_000, STEPS, "of the one that reads them as a sequence, on from the former; 0: none")
    detector_steps: int = flag(4_000, STEPS, "of the one that detects glyphs, likewise; 0: none")
    batch: int = flag(24, BATCHES, "strips, for the classifier")
    written_batch: int = flag(20, BATCHES, "strips where most are handwritten: EMNIST, single characters")
    glyph_batch: int = flag(128, BATCHES, "single pictures, for the baseline")
    line_batch: int = flag(48, BATCHES, "cut-outs, for the rectifier")
    photo_batch: int = flag(8, BATCHES, "parts of photos, for the locator")
    learning_rate: float = flag(6e-3, RATES, "highest rate of Muon; some networks get a fixed part of it")
    printed: float = flag(0.15, RATES, "share of printed characters where single ones are learned")
    nothing: float = flag(0.25, RATES, "share of pictures without a character there")
    rehearsal: float = flag(0.2, RATES, "share of handwritten strips in the classifier's batches")

    def __post_init__(self) -> None:
        for name in (
            *("scenes", "line_scenes", "photos", "validation_photos", "frames", "characters", "no_glyphs", "workers"),
            *("batch", "written_batch", "glyph_batch", "line_batch", "photo_batch"),
            *("emnist_steps", "baseline_steps", "rectifier_steps", "locator_steps", "glyph_steps", "classifier_steps"),
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: got {getattr(self, name)}, expected 1 or more")
        for name in ("ctc_steps", "detector_steps"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: got {getattr(self, name)}, expected 0 or more")
        if self.validation_scenes < 2:
            raise ValueError(f"validation_scenes: got {self.validation_scenes}, expected 2 or more")
        if self.precision not in ("auto", "float32", "mixed_bfloat16"):
            raise ValueError(f"precision: got {self.precision!r}, expected auto, float32 or mixed_bfloat16")
        for name in ("printed", "nothing", "rehearsal"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name}: got {getattr(self, name)}, expected a share from 0 to below 1")


# What a preset takes on 2 cores and gives; scenes are drawn ones, in faces that were kept out of training.
GIVES = {
    "quick": "a try: under half an hour; 0.64 of drawn scenes, 0.89 of 235 real photos (the shipped model: 0.72, 0.98)",
    "full": "about 3 hours, with --boxed; without what is known of VINs 0.92 of the photos",
    "large": "about 9 hours, less with an accelerator; the shipped classifier began as its: 0.93 without that",
    "tiny": "a minute; reads nothing, for tests of the program",
}
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
        ctc_steps=300,
        detector_steps=300,
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
        ctc_steps=2,
        detector_steps=2,
        characters=66,
        no_glyphs=24,
        workers=1,
        precision="float32",
    ),
}

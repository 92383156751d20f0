"""The folder a trained model lies in: model.json and the networks it names, checked before anything is read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vinchar.types import STRIP_HEIGHT, STRIP_WIDTH
from vinchar.vin import ALPHABET

FORMAT = 7  # raised when a model of an older vinchar can no longer be read
NETWORKS = ("locator", "rectifier", "classifier", "glyph")  # that every model has
EXPERTS = {"lattice": "classifier", "ctc": "ctc", "detector": "detector"}  # the network of each way to read strips
STRUCTURE = "structure.npz"  # what is known of VINs and of other text
WEIGHTS = {"vin": 7, "right": 7}  # of the confidence


class ModelError(ValueError):
    """A model folder that cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure a reading is, and from where on it is called ok.

    ``vin``: weights (7,) of "this line is the VIN", for ``decide.vin_features``; ``right``: weights (7,) of "all 17 are
    right" where it is, for ``decide.right_features``; the last of each is the intercept. ``threshold``: probability
    from which on a reading is ok; ``glyph_threshold``: the same for a single character; ``glyph_least``: probability
    below which a picture shows no character; ``settled``: probability of being the VIN from which on no other line is
    looked for; ``risks``: shares of wrong readings among the accepted ones, ascending, with the threshold for each.
    """

    vin: tuple[float, ...]
    right: tuple[float, ...]
    threshold: float
    glyph_threshold: float
    glyph_least: float
    settled: float
    risks: tuple[tuple[float, float], ...] = ()

    def for_risk(self, risk: float) -> float:
        """Return the threshold from which on at most a share ``risk`` of the readings was wrong where it was fitted.

        Raises ``ValueError`` for a share that is not between the least and the most that was measured.
        """
        if not self.risks:
            raise ValueError("target error: this model does not say which threshold gives which error; train it anew")
        least = self.risks[0][0]
        if not least <= risk < 1:
            raise ValueError(
                f"target error: got {risk:g}, expected a share from {least:g} (the least measured) to below 1"
            )
        return next(threshold for of, threshold in reversed(self.risks) if of <= risk)

    def with_threshold(self, least: float | None, risk: float | None) -> Confidence:
        """Return the same with ok from the probability ``least`` on, or as of ``for_risk``, if one is asked for.

        Raises ``ValueError`` for both, for no probability, and for a share that was not measured.
        """
        if least is not None and risk is not None:
            raise ValueError("min_confidence and target_error: got both, expected one: each sets the threshold of ok")
        if least is not None and not 0 <= least <= 1:
            raise ValueError(f"min_confidence: got {least:g}, expected a probability from 0 to 1")
        if least is not None:
            return replace(self, threshold=least, glyph_threshold=least)
        return self if risk is None else replace(self, threshold=self.for_risk(risk))


@dataclass(frozen=True, slots=True)
class Recognition:
    """A way to read strips: the weight of each of its experts, the first of which parts them, and its confidence."""

    experts: dict[str, float]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked model folder.

    Its networks, what is known of VINs (``structure``), the ways to read strips by name, and which of them is the usual
    one, thresholds of ``quality.FAULTS``, the margin of located lines (see ``locate.Heat``) if it has one of its own,
    and all of model.json. ``version``: the vinchar that trained it, and a digest of all it reads with.
    """

    paths: dict[str, Path]
    structure: Path
    recognisers: dict[str, Recognition]
    recogniser: str
    quality: dict[str, float]
    description: dict[str, Any]
    version: str = "unknown"
    margin: tuple[float, float] | None = None

    @property
    def confidence(self) -> Confidence:
        """That of the usual way to read strips."""
        return self.recognisers[self.recogniser].confidence

    def recognition(self, name: str | None) -> Recognition:
        """Return a way to read strips, the usual one for None. Raises ``ValueError`` for one that the model has not."""
        if name is None:
            return self.recognisers[self.recogniser]
        if name not in self.recognisers:
            raise ValueError(
                f"recogniser: got {name!r}, expected one that the model has: {', '.join(self.recognisers)}"
            )
        return self.recognisers[name]


def default_folder() -> Path:
    """Return the shipped model's folder: inside an installed package, else beside the package in the repository."""
    inside = Path(__file__).parent / "model"
    return inside if inside.is_dir() else Path(__file__).parents[1] / "model"


def sha256(path: Path) -> str:
    """Return the file's SHA-256 as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def open_bundle(folder: Path | None = None) -> Bundle:
    """Check a model folder and return what is in it. Raises ``ModelError`` if it is not whole or not for this code."""
    folder = folder or default_folder()
    description_path = folder / "model.json"
    try:
        description = json.loads(description_path.read_text(encoding="utf-8"))
        if description["format"] != FORMAT:
            raise ModelError(f"{folder}: model format {description['format']}, expected {FORMAT}; train it anew")
        if description["alphabet"] != ALPHABET:
            raise ModelError(f"{folder}: trained for the characters {description['alphabet']!r}, expected {ALPHABET!r}")
        if description["strip"] != [STRIP_HEIGHT, STRIP_WIDTH]:
            raise ModelError(
                f"{folder}: trained for strips of {description['strip']}, expected {[STRIP_HEIGHT, STRIP_WIDTH]}"
            )
        recognisers = {name: _recognition(said, folder) for name, said in description["recognisers"].items()}
        recogniser = str(description["recogniser"])
        if recogniser not in recognisers:
            raise ModelError(f"{folder}: reads by {recogniser!r}, expected one of {', '.join(recognisers)}")
        experts = {expert for one in recognisers.values() for expert in one.experts}
        paths = {name: folder / f"{name}.onnx" for name in (*NETWORKS, *sorted({EXPERTS[one] for one in experts}))}
        structure = folder / STRUCTURE
        for path in (*paths.values(), structure):
            if sha256(path) != description["sha256"][path.name]:
                raise ModelError(f"{path}: not the file that model.json was written for; get or train the model again")
        quality = {name: float(fault["threshold"]) for name, fault in description["quality"].items()}
        along, across = (float(side) for side in description.get("margin", (0.0, 0.0)))
        margin = (along, across) if along > 0 < across else None
        version = _version(description)
    except ModelError:
        raise
    except FileNotFoundError as error:
        raise ModelError(f"{error.filename}: not there; train a model with: python train.py --out {folder}") from error
    except OSError as error:
        raise ModelError(f"{error.filename}: {error.strerror}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{description_path}: not a model description ({error!r}); train the model again") from error
    return Bundle(paths, structure, recognisers, recogniser, quality, description, version, margin)


def _recognition(said: dict[str, Any], folder: Path) -> Recognition:
    """Return a way to read strips as model.json says it."""
    experts = {name: float(weight) for name, weight in said["experts"].items()}
    if not experts or not experts.keys() <= EXPERTS.keys():
        raise ModelError(f"{folder}: has the experts {', '.join(experts)}, expected some of {', '.join(EXPERTS)}")
    numbers = said["confidence"]
    weights = {name: tuple(float(w) for w in numbers[name]) for name in WEIGHTS}
    if any(len(weights[name]) != count for name, count in WEIGHTS.items()):
        raise ModelError(f"{folder}: the confidence has {weights}, expected so many weights: {WEIGHTS}")
    bounds = {name: float(numbers[name]) for name in ("threshold", "glyph_threshold", "glyph_least", "settled")}
    risks = tuple((float(risk), float(threshold)) for risk, threshold in numbers.get("risks", ()))
    return Recognition(experts, Confidence(weights["vin"], weights["right"], risks=risks, **bounds))


def _version(description: dict[str, Any]) -> str:
    named = ("sha256", "recognisers", "recogniser", "quality", "margin")
    said = json.dumps({name: description[name] for name in named if name in description}, sort_keys=True)
    return f"{description['vinchar']}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"

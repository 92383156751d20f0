"""The one place where the stages meet: from a picture to a reading."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

import numpy as np

from vinchar.bundle import Bundle, ModelError, open_bundle
from vinchar.classify import Classifier
from vinchar.decide import Found, Judge
from vinchar.experts import recogniser_of
from vinchar.explain import READABLE, failed, glyph_reading
from vinchar.explainer import Explainer
from vinchar.frames import fused_glyph, vins_in, vins_in_clip
from vinchar.imaging import Channels, ImageError, Source, load, name_of
from vinchar.kind import guess_kind, light_glyph
from vinchar.known import Known, list_of
from vinchar.locate import MARGIN, Locator
from vinchar.many import is_one, read_in_turn, with_names
from vinchar.memory import keep_flat
from vinchar.posterior import NO_PRIORS, Priors
from vinchar.reading import Reading
from vinchar.recognise import Logits
from vinchar.rectify import Rectifier
from vinchar.search import MOST_VINS, Search
from vinchar.session import StripNetwork
from vinchar.straighten import Straightener
from vinchar.structure import store
from vinchar.structure.model import Structure
from vinchar.types import Gray, Kind
from vinchar.video import as_video, open_video
from vinchar.watch import watch

__all__ = ["ModelError", "Reader", "read"]

AskedKind = Kind | Literal["auto"]  # auto: found out from the picture


class Reader:
    """Reads pictures. Making one loads the model (tens of milliseconds); it is safe to share between threads.

    >>> reader = Reader(target_error=0.01)
    >>> for reading in reader.read_many(["door.jpg", "windscreen.jpg"], workers=2):
    ...     print(reading.vin, reading.status, reading.confidence)

    ``model``: a model folder, by default the shipped one.
    ``vin_priors``: use what is known of how VINs are built, softly.
    ``known``: your own list of VINs, or the file of one: these become likelier (see ``known.read_known``).
    ``barcodes``: also look for barcodes that hold a VIN, which takes zxing-cpp and some time.
    ``every``: where a photo shows several VINs, put all but the best into ``Reading.others``.
    ``min_confidence``: the probability of being right from which on a reading is ``ok``, instead of the model's own.
    ``target_error``: choose it so that this share of what is ``ok`` is wrong, as measured on the pictures that the
    model's confidence was fitted on.

    ``recogniser``: which of the model's ways to read strips to take, instead of its usual one: ``lattice``, ``ctc``,
    ``detector`` or ``fused``, if it has them.

    Its networks are ``locator``, ``rectifier``, those of its ``recogniser``, ``classifier`` and, for pictures of one
    character, ``glyph``; ``search`` looks for the VIN with the first three.

    Raises ``ModelError`` if the model is missing or broken, ``ModuleNotFoundError`` if zxing-cpp is, ``ValueError`` for
    a probability or a share that there cannot be, and for a recogniser that the model has not.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | None = None,
        *,
        vin_priors: bool = True,
        known: Known = None,
        barcodes: bool = False,
        every: bool = False,
        min_confidence: float | None = None,
        target_error: float | None = None,
        recogniser: str | None = None,
    ) -> None:
        keep_flat()
        self.bundle: Bundle = open_bundle(None if model is None else Path(model))
        recognition = self.bundle.recognition(recogniser)
        self.version = self.bundle.version + (
            f" {recogniser}" if recogniser not in (None, self.bundle.recogniser) else ""
        )
        self.confidence = recognition.confidence.with_threshold(min_confidence, target_error)
        self.locator = Locator(self.bundle.paths["locator"], self.bundle.margin or MARGIN)
        self.rectifier = Rectifier(self.bundle.paths["rectifier"])
        try:
            self._knowledge = store.load(self.bundle.structure)
        except ValueError as error:
            raise ModelError(f"{error}; train the model again") from error
        self.recogniser = recogniser_of(recognition, self._strip_network)
        self._look_for(NO_PRIORS.structure if not vin_priors else self._knowledge.structure, known, barcodes, every)

    def _look_for(self, structure: Structure, known: Known, barcodes: bool, every: bool) -> None:
        self.priors = Priors(structure, list_of(known))
        judge = Judge(self.priors, self._knowledge, self.confidence)
        self.search = Search(self.locator, Straightener(self.rectifier), self.recogniser, judge)
        self._explainer = Explainer(self.confidence, self.bundle.quality, barcodes, every)
        if barcodes:
            try:
                import zxingcpp  # noqa: F401  (missed now, not at the first picture)
            except ModuleNotFoundError as error:
                said = "barcodes need the package zxing-cpp: python3 -m pip install zxing-cpp"
                raise ModuleNotFoundError(said, name=error.name) from error

    def looking_for(self, *, known: Known = None, barcodes: bool = False, every: bool = False) -> Reader:
        """Return a reader with the networks of this one that looks for something else; that takes no time.

        >>> reader.looking_for(every=True).read("label.jpg").others

        Arguments and errors as of ``Reader``; without ``known`` it has the list of this one.
        """
        other = copy(self)
        other._look_for(self.priors.structure, self.priors.known if known is None else known, barcodes, every)
        return other

    @cached_property
    def classifier(self) -> Classifier:
        """The network of the lattice, by which a picture can be held to a known VIN, too."""
        return Classifier(self.bundle.paths["classifier"])

    def _strip_network(self, name: str) -> Logits:
        return self.classifier if name == "classifier" else StripNetwork(self.bundle.paths[name])

    @cached_property
    def glyph(self) -> Classifier:
        """The network for single characters, loaded when the first one is met."""
        return Classifier(self.bundle.paths["glyph"])

    def read(
        self, source: Source, kind: AskedKind = "auto", name: str | None = None, *, channels: Channels = "BGR"
    ) -> Reading:
        """Read one picture: a path, bytes, a binary file, an array or a Pillow image (see ``imaging.load``).

        >>> Reader().read(frame, "photo", name="camera 3", channels="RGB").to_dict()

        ``channels``: the order of colours in an array, ``BGR`` or ``RGB``.
        ``kind``: what it shows: ``glyph``, ``strip``, ``photo``, or ``auto``. ``name`` goes into ``Reading.image``, by
        default the path. A picture that cannot be used gives a reading with status ``error``; raises ``ValueError``
        for another kind, and for what is no picture at all.

        A video, as a path, bytes or a binary file, gives one reading of all its frames, which takes the extra
        ``video``; further cars in it are its ``others``.
        """
        _expect_kind(kind)
        video = as_video(source)
        if video is None:
            return self.read_frames([source], kind, [name], channels=channels)
        return self._read_video(video, kind, name_of(source) if name is None else name)

    def read_frames(
        self,
        frames: Iterable[Source],
        kind: AskedKind = "auto",
        names: Iterable[str | None] | None = None,
        *,
        channels: Channels = "BGR",
    ) -> Reading:
        """Read pictures of the same VIN, seen a moment apart, as one: what is hard to see in one is clear in another.

        >>> Reader().read_frames(["0.jpg", "1.jpg", "2.jpg"]).image
        '1.jpg'

        ``Reading.image`` is the name of the frame in whose pixels its quads are, the best one. A frame that cannot be
        used is left out; where none can, the status is ``error``. All else as of ``read``; raises ``ValueError``, too,
        for one picture in place of several, for none, and for another number of ``names``.
        """
        _expect_kind(kind)
        grays: dict[int, Gray] = {}
        failures = []
        named = with_names(frames, names)
        last: Gray | None = None
        for number, (source, name) in enumerate(named):
            try:
                gray = load(source, channels=channels)
            except ImageError as error:
                failures.append(failed(name, str(error), kind))
                continue
            if last is None or not np.array_equal(gray, last):  # else a camera that stands still: nothing new
                grays[number] = last = gray
        if last is None:
            return failures[0]
        if kind == "auto":
            kind = Counter(map(guess_kind, grays.values())).most_common(1)[0][0]
        if kind == "glyph":
            log_probs = fused_glyph(self.glyph.glyphs([light_glyph(gray) for gray in grays.values()]))
            readings = [(glyph_reading(log_probs, last.shape, self.confidence), tuple(grays))]
        else:
            readings = self._vins(grays, kind)
        found, *others = (
            replace(
                one,
                image=named[shown[0]][1],
                frame=shown[0] if len(named) > 1 else None,
                frames=tuple(sorted(shown)) if len(named) > 1 else (),
                model=self.version,
            )
            for one, shown in readings
        )
        return replace(found, others=tuple(others))

    def _read_video(self, video: Path | bytes, kind: AskedKind, name: str | None) -> Reading:
        """Return what is read in a video."""
        if kind == "glyph":
            return failed(name, "a video is not read for a single character: send one of its frames", kind)
        try:
            with open_video(video) as frames:
                watched = watch(frames, self.search, kind)
            vins = vins_in_clip(watched.decisions, self.search.judge, READABLE if self._explainer.every else None)
            vins = vins[:MOST_VINS]
            watched.keep((vin.frames[0] for vin in vins), video)
        except ImageError as error:
            return failed(name, str(error), kind)
        why = () if frames.fault is None else (frames.fault,)
        times = [glance.time for glance in watched.glances]
        found, *others = (
            replace(
                one,
                image=name,
                frame=times[shown[0]],
                frames=tuple(times[i] for i in sorted(shown)) if one.vin is not None else (),
                reasons=one.reasons + why,
                model=self.version,
            )
            for one, shown in self._explainer.readings(vins, watched.kept, watched.kind)
        )
        return replace(found, others=tuple(others))

    def _vins(self, grays: Mapping[int, Gray], kind: Kind) -> list[tuple[Reading, tuple[int, ...]]]:
        """Return what is read in frames, and the numbers of the frames where: the VIN and, if asked for, all others."""
        looks: list[list[Found]] = [
            list(self.search.every(gray, kind, READABLE))
            if self._explainer.every
            else [(self.search.read(gray, kind), [])]
            for gray in grays.values()
        ]
        numbers = list(grays)
        vins = vins_in(looks, self.search.judge, READABLE if self._explainer.every else None)
        vins = [vin._replace(frames=tuple(numbers[i] for i in vin.frames)) for vin in vins]
        return self._explainer.readings(vins, grays, kind)

    def read_many(
        self, sources: Iterable[Source], kind: AskedKind = "auto", workers: int = 1, *, channels: Channels = "BGR"
    ) -> Iterator[Reading]:
        """Yield the reading of every picture, in order; ``workers`` threads read, and take few in advance.

        >>> [reading.vin for reading in Reader().read_many(["door.jpg", "windscreen.jpg"])]

        No picture ends the run: what cannot be read, for whatever cause, gives a reading with status ``error``. Raises
        ``ValueError`` for one path or one picture in place of several, and for another kind.
        """
        _expect_kind(kind)
        if is_one(sources):
            got = type(sources).__name__
            raise ValueError(f"pictures: got one {got}, expected several: read_many([picture]), or read")
        if workers < 1:
            raise ValueError(f"workers: got {workers}, expected 1 or more")
        return read_in_turn(partial(self.read, kind=kind, channels=channels), sources, workers)


def _expect_kind(kind: str) -> None:
    if kind not in ("auto", "glyph", "strip", "photo"):
        raise ValueError(f"kind: got {kind!r}, expected auto, glyph, strip or photo")


def read(source: Source, kind: AskedKind = "auto", name: str | None = None, *, channels: Channels = "BGR") -> Reading:
    """Read one picture with the shipped model, which is loaded at the first call and kept.

    >>> read("door.jpg").vin
    '1HGCM82633A004352'

    Parameters and errors as of ``Reader.read``.
    """
    global _shared
    if _shared is None:
        _shared = Reader()
    return _shared.read(source, kind, name, channels=channels)


_shared: Reader | None = None

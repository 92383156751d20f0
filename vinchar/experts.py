"""The recogniser that a model has: its experts, opened and put together."""

from __future__ import annotations

from collections.abc import Callable

from vinchar.bundle import EXPERTS, Recognition
from vinchar.ctc import Ctc
from vinchar.detect import Detector
from vinchar.lattice import Lattice
from vinchar.recognise import Expert, Experts, Logits

MAKE: dict[str, Callable[[Logits], Expert]] = {"lattice": Lattice, "ctc": Ctc, "detector": Detector}


def recogniser_of(recognition: Recognition, network: Callable[[str], Logits]) -> Experts:
    """Return the recogniser of a way to read strips; ``network`` opens the network of a name."""
    return Experts(*((MAKE[name](network(EXPERTS[name])), weight) for name, weight in recognition.experts.items()))

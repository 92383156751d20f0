"""Readings of one picture against each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from test_readings import VIN, assembly, strip_and_lattice

from vinchar.found import Found


def found(log_likelihood: float, likeness: float = 20.0) -> Found:
    read = replace(assembly(VIN), log_likelihood=log_likelihood)
    return Found(*strip_and_lattice(), read, probability=0.5, likeness=likeness)


def test_of_two_vins_the_one_with_the_better_path_ranks_higher() -> None:
    assert found(-3.0).rank > found(-4.0).rank


def test_other_text_must_read_much_better_to_rank_higher_than_a_vin() -> None:
    assert found(-1.0, likeness=-5.0).rank < found(-20.0, likeness=20.0).rank
    assert found(-1.0, likeness=-5.0).rank > found(-30.0, likeness=20.0).rank


def test_the_centres_are_those_of_the_glyphs_in_the_photo() -> None:
    one = found(-1.0)
    boxes = one.lattice.boxes[one.assembly.arcs]
    np.testing.assert_allclose(one.centres(), one.strip.to_photo(boxes).mean(1))
    assert one.centres().shape == (17, 2)


def test_the_outline_has_some_margin_round_every_glyph() -> None:
    one = found(-1.0)
    outline = one.outline()
    boxes = one.lattice.boxes[one.assembly.arcs]
    glyphs = one.strip.to_photo(boxes).reshape(-1, 2)
    assert outline.shape == (68, 2)
    height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    pixel = np.linalg.norm(one.strip.edges[1, 0] - one.strip.edges[0, 0]) / one.strip.gray.shape[0]
    grown = np.concatenate([glyphs.min(0) - outline.min(0), outline.max(0) - glyphs.max(0)]) / pixel
    along, across = 0.25 * one.assembly.pitch, 0.15 * height
    np.testing.assert_allclose(grown, [along, across, along, across], rtol=0.05)

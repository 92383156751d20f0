"""How many cores a network takes: as many as OpenCV may, so that one call sets both."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import pytest

from vinchar.bundle import open_bundle
from vinchar.session import MOST_THREADS, open_session


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


@pytest.mark.parametrize(("allowed", "taken"), [(1, 1), (2, 2), (64, MOST_THREADS)])
def test_a_network_has_as_many_threads_as_opencv_but_few(allowed: int, taken: int) -> None:
    cv2.setNumThreads(allowed)
    session = open_session(open_bundle(None).paths["rectifier"])
    assert session.get_session_options().intra_op_num_threads == taken

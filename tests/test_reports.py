from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from conftest import expect_picture, rows_of
from vinchar.evaluation import plots, reports
from vinchar.vin import ALPHABET


def test_classification_files_agree_with_one_another(tmp_path: Path) -> None:
    y_true = np.arange(33).repeat(10)
    y_pred = y_true.copy()
    y_pred[:3] = ALPHABET.index("D")  # three of ten zeros
    reports.write_classification(tmp_path, "synthetic", y_true, y_pred, ALPHABET)
    table = {row["class"]: row for row in rows_of(tmp_path / "synthetic_report.csv")}
    assert float(table["0"]["recall"]) == 0.7
    assert float(table["D"]["precision"]) == pytest.approx(10 / 13, abs=1e-4)
    assert float(table["macro average"]["recall"]) == pytest.approx(32.7 / 33, abs=1e-4)
    assert [row["true \\ read"] for row in rows_of(tmp_path / "synthetic_confusion.csv")] == list(ALPHABET)
    assert rows_of(tmp_path / "synthetic_confusion.csv")[0]["D"] == "3"
    shares = rows_of(tmp_path / "synthetic_confusion_shares.csv")[0]
    assert (shares["true \\ read"], shares["0"], shares["D"], shares["1"]) == ("0", "0.7", "0.3", "0.0")
    text = (tmp_path / "synthetic_report.txt").read_text()
    assert f"accuracy {327 / 330:.4f} of 330" in text
    assert "0 to D 3" in text
    expect_picture(tmp_path / "synthetic_confusion.png")
    assert not list(tmp_path.glob(".*"))


def test_classes_may_be_characters_or_their_indices(tmp_path: Path) -> None:
    labels = "01Z"
    reports.write_classification(tmp_path, "a", [0, 1, 2], [0, 1, 1], labels)
    reports.write_classification(tmp_path, "b", ["0", "1", "Z"], ["0", "1", "1"], labels)
    assert (tmp_path / "a_report.csv").read_bytes() == (tmp_path / "b_report.csv").read_bytes()
    with pytest.raises(ValueError, match="expected indices from 0 to 2"):
        reports.write_classification(tmp_path, "c", [3], [0], labels)


def test_a_full_confusion_matrix_is_still_a_small_picture(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    y_true, y_pred = random.integers(0, 33, (2, 200_000))
    reports.write_classification(tmp_path, "worst", y_true, y_pred, ALPHABET)
    expect_picture(tmp_path / "worst_confusion.png")


def test_curves_of_several_runs_with_different_metrics(tmp_path: Path) -> None:
    classifier = [{"epoch": i, "loss": 1 / (i + 1), "accuracy": i / 9} for i in range(9)]
    rectifier = [{"epoch": i, "loss": 1 / (i + 1)} for i in range(60)]
    reports.write_curves(tmp_path, {"classifier": classifier})
    one = cv2.imread(str(tmp_path / "curves.png")).shape
    reports.write_curves(tmp_path, {"classifier": classifier, "rectifier": rectifier})
    expect_picture(tmp_path / "curves.png")
    assert cv2.imread(str(tmp_path / "curves.png")).shape[:2] == (2 * one[0], one[1])


@pytest.mark.parametrize("histories", [{}, {"classifier": []}])
def test_curves_of_nothing(histories: dict[str, list[dict[str, float]]], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="got nothing"):
        reports.write_curves(tmp_path, histories)


def test_share_right_as_a_table_and_a_picture(tmp_path: Path) -> None:
    rows = [{"from": 6, "to": 8, "n": 1700, "share_right": 0.91234}, {"from": 8, "to": 10, "n": 3, "share_right": 1.0}]
    reports.write_share_right(tmp_path, "height", rows, "height in pixels")
    assert (tmp_path / "height.csv").read_text().splitlines()[1:] == ["6,8,1700,0.9123", "8,10,3,1.0"]
    expect_picture(tmp_path / "height.png")


def test_a_share_of_few_is_drawn_hollow() -> None:
    def blue(count: int) -> int:
        """How many pixels of the plot of a share have the colour of a filled point."""
        png = plots.share_right_png([{"from": 0, "to": 2, "n": count, "share_right": 1.0}], "tilt")
        bgr = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR).astype(int)
        return int(((bgr[..., 0] > 150) & (bgr[..., 2] < 60)).sum())

    assert blue(plots.FEW - 1) < blue(plots.FEW) - 40  # two points: one is in the legend

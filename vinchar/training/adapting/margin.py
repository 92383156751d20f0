"""The margin between locator and rectifier: how far a located line is widened before it is straightened, fitted.

Too little cuts the ends off, too much lets other lines in; which is worse hangs on the photos.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from vinchar.bundle import open_bundle
from vinchar.files import whole_folder
from vinchar.locate import MARGIN
from vinchar.training.adapting.photos import Photo
from vinchar.training.adapting.scoring import Margin, mean_log_score, score_margins

ALONG, ACROSS = (1.0, 1.08, 1.2), (1.0, 1.3, 1.7)  # times the length and the height of the line
MOST = 60  # photos that are read with each


def fit_margin(
    model: Path, photos: Sequence[Photo], workers: int, priors: bool = True
) -> list[tuple[float, float, float]]:
    """Return length, height and the mean log score of photos read with each margin, the best first.

    Of equal ones the model's own comes first.
    """
    own = open_bundle(model).margin or MARGIN
    tried = [own, *(one for one in product(ALONG, ACROSS) if one != own)]
    scores = score_margins(model, tried, photos[:MOST], workers, "margins", priors)
    rows = [(*margin, mean_log_score(some)) for margin, some in zip(tried, scores, strict=True)]
    return sorted(rows, key=lambda row: -row[2])


def with_margin(model: Path, margin: Margin, place: Path) -> Path:
    """Return ``place``: a copy of a model, with another margin."""
    with whole_folder(place, replace=True) as fresh:
        shutil.copytree(model, fresh, dirs_exist_ok=True, ignore=shutil.ignore_patterns("report"))
        path = fresh / "model.json"
        description = json.loads(path.read_text(encoding="utf-8")) | {"margin": list(margin)}
        path.write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    return place

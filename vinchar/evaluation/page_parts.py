"""What the pages of reports share: their look, pictures that lie in the page itself, what differs in two texts."""

from __future__ import annotations

import base64
from typing import Any

import cv2
import jinja2
import numpy as np
from numpy.typing import NDArray

from vinchar.imaging import ImageError, Source, load
from vinchar.reading import writable

Picture = NDArray[np.uint8]
Shown = dict[str, Any]  # what a template is given of one thing


def rendered(template: str, **values: Any) -> str:
    """Return a page, HTML: the template of that name, given the values, all of which are quoted."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("vinchar.evaluation"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return writable(environment.get_template(template).render(values))


def loaded(source: Source) -> Picture | None:
    """Return a picture in colour, as ``imaging.load`` does, or None if it is gone or broken."""
    try:
        return load(source, color=True)
    except (ImageError, OSError):
        return None


def marked(text: str, other: str) -> list[tuple[str, bool]]:
    """Return the characters of a text, and whether the other text has another one at their place."""
    return [(char, other[i : i + 1] != char) for i, char in enumerate(text)]


def shown_picture(picture: Picture, height: int, widest: int, quality: int = 95) -> Shown:
    """Return a picture for a page, JPEG, as high as that or less, so that it is not wider than ``widest``, pixels."""
    scale = min(height / picture.shape[0], widest / picture.shape[1])
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    resized = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    _, code = cv2.imencode(".jpg", resized, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return {"data": data_uri(code.tobytes(), "jpeg"), "width": size[0], "height": size[1]}


def data_uri(content: bytes, kind: str) -> str:
    """Return the address of a picture that is the picture itself; ``kind``: ``png`` or ``jpeg``."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"

"""The camera path in a browser whose camera shows a drawn clip: a photo that comes nearer and shakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from browser_parts import DOOR, HONDA, PHONE, Launch, Visit, expect_accessible
from numpy.typing import NDArray

from vinchar import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest_plugins = ["browser_fixtures"]
pytestmark = pytest.mark.slow

CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
PORTRAIT = (480, 854)
AIM = 0.42  # height at which the page's frame is, as style.css has it
HIDDEN = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def write_clip(path: Path, frames: list[NDArray[np.uint8]]) -> Path:
    """Write pictures, uint8 (H, W, 3), as the kind of video that Chromium takes for a camera's."""
    height, width = frames[0].shape[:2]
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F15:1 Ip A1:1 C420jpeg\n".encode())
        for frame in frames:
            file.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes())
    return path


def shaken(photo: NDArray[np.uint8], count: int = 30) -> list[NDArray[np.uint8]]:
    """The line of a photo, level, at the page's frame; it comes nearer until it fills most of it, and shakes."""
    rng = np.random.default_rng(4)
    corners = Reader().read(photo).quad
    assert corners is not None
    middle, edge = corners.mean(axis=0), corners[1] - corners[0]
    width, height = PORTRAIT
    frames = []
    for share in np.linspace(0.55, 0.8, count):
        angle = float(np.degrees(np.arctan2(edge[1], edge[0])) + rng.normal(0, 0.4))
        turn = cv2.getRotationMatrix2D(tuple(map(float, middle)), angle, float(share * width / np.hypot(*edge)))
        turn[:, 2] += (width / 2, AIM * height) - middle + rng.normal(0, 3, 2)
        frames.append(np.asarray(cv2.warpAffine(photo, turn, PORTRAIT, borderMode=cv2.BORDER_REPLICATE), np.uint8))
    return frames


@pytest.fixture(scope="module")
def near(launch: Launch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera sees a VIN."""
    clip = write_clip(
        tmp_path_factory.mktemp("clips") / "near.y4m", shaken(np.asarray(cv2.imread(str(DOOR)), np.uint8))
    )
    with launch(*CAMERA, f"--use-file-for-fake-video-capture={clip}") as browser:
        yield browser


@pytest.fixture(scope="module")
def far(launch: Launch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera sees a wall."""
    rng = np.random.default_rng(5)
    frames = [np.asarray(rng.normal(128, 8, (PORTRAIT[1], PORTRAIT[0], 3)), np.uint8) for _ in range(4)]
    clip = write_clip(tmp_path_factory.mktemp("clips") / "far.y4m", frames)
    with launch(*CAMERA, f"--use-file-for-fake-video-capture={clip}") as browser:
        yield browser


@pytest.fixture
def scan(visit: Visit) -> Callable[..., Page]:
    """Opens the camera on a phone."""

    def open_camera(within: Browser, **how: Any) -> Page:
        page = visit(size=PHONE, touch=True, within=within, **how)
        page.wait_for_selector("#version:not(:empty)")
        page.click("#open-camera")
        page.wait_for_selector("#camera[open]")
        return page

    return open_camera


def requests_of(page: Page) -> list[str]:
    """A list that grows by the path of everything the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("/v1/")[2]))
    return asked


def wait_for(page: Page, held: list[Any], count: int) -> None:
    """Wait until so many are held."""
    for _ in range(200):
        if len(held) >= count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"got {len(held)}, expected {count}")


def is_live(page: Page) -> bool:
    return bool(page.evaluate("document.querySelector('video').srcObject !== null"))


def test_a_vin_that_comes_into_the_frame_is_read(scan: Callable[..., Page], near: Browser) -> None:
    page = scan(near)
    page.wait_for_selector("#result .vin")
    assert "".join(page.locator("#result .main .char").all_inner_texts()) == HONDA
    assert page.locator("#camera").is_hidden()
    assert not is_live(page)
    wide = page.locator("figure .photo").evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert wide[0] <= 800  # what is shown is a frame, cut to what was aimed at
    assert wide[0] > 2 * wide[1]
    expect_accessible(page)


def test_frames_are_sent_one_at_a_time(scan: Callable[..., Page], far: Browser) -> None:
    held: list[Any] = []
    page = scan(
        far, before=lambda page: page.route("**/v1/read?kind=photo&keep=false", lambda route: held.append(route))
    )
    wait_for(page, held, 1)
    page.wait_for_timeout(1000)  # while nothing is answered
    assert len(held) == 1
    held[0].continue_()
    wait_for(page, held, 2)


def test_hints_help_and_do_not_flicker(scan: Callable[..., Page], far: Browser) -> None:
    """Readings whose hints change from one to the next leave the hint that is shown alone."""
    calls = 0
    quality = {"cut_off": 0.0, "glyph_height": 6.0, "washed_out": 0.0, "blur": 0.05, "contrast": 150.0, "covered": 0.0}

    def answer(route: Any) -> None:
        nonlocal calls
        calls += 1
        small = calls > 10 or calls % 2  # from one to the other, and then the same for good
        reading = {"vin": f"1HGCM82633A0{calls:05}", "status": "uncertain", "confidence": 0.3, "image": "frame"}
        values = quality if small else {}
        route.fulfill(json=reading | {"quality": values, "characters": [], "others": [], "reasons": []})

    page = scan(far, before=lambda page: page.route("**/v1/read?kind=photo&keep=false", answer))
    shown = set()
    while calls < 10:
        shown.add(page.locator(".advice").inner_text())
        page.wait_for_timeout(50)
    assert "The characters are too small: move closer." not in shown
    page.wait_for_selector(".advice:has-text('The characters are too small: move closer.')")
    assert page.locator(".advice").get_attribute("aria-live") == "polite"
    expect_accessible(page)


def test_readings_that_agree_are_fused_though_none_is_sure(scan: Callable[..., Page], far: Browser) -> None:
    reading = {"vin": HONDA, "status": "uncertain", "confidence": 0.5, "image": "frame-2.jpg", "quality": {}}
    reading |= {"kind": "photo", "characters": [], "others": [], "reasons": [], "alternatives": [], "source": "text"}
    reading |= {"check_digit": "valid", "maker": None, "region": None, "model_year": [], "quad": None}
    sent = []

    def fuse(route: Any) -> None:
        sent.append(route.request.post_data_buffer.count(b"filename="))
        route.fulfill(json=reading | {"status": "ok", "confidence": 0.97})

    def play(page: Page) -> None:
        page.route("**/v1/read?kind=photo&keep=false", lambda route: route.fulfill(json=reading))
        page.route("**/v1/read/frames", fuse)

    page = scan(far, before=play)
    page.wait_for_selector("#result .verdict.ok")
    assert sent == [2]


def test_the_shutter_reads_what_is_there(scan: Callable[..., Page], far: Browser) -> None:
    page = scan(far)
    page.wait_for_selector(".advice:has-text('Hold the VIN inside the frame')")
    expect_accessible(page)
    page.get_by_role("button", name="Read now").click()
    page.wait_for_selector("#result .verdict.not_found")
    assert page.locator("figure .photo").evaluate("image => image.naturalHeight") == PORTRAIT[1]


def test_the_camera_stops_when_nobody_sees_it(scan: Callable[..., Page], far: Browser) -> None:
    page = scan(far)
    page.wait_for_selector(".advice:has-text('Hold the VIN inside the frame')")
    page.evaluate(HIDDEN, True)
    assert not is_live(page)
    page.wait_for_timeout(500)  # what was under way
    asked = requests_of(page)
    page.wait_for_timeout(700)
    assert asked == []
    page.evaluate(HIDDEN, False)
    page.wait_for_selector(".advice:has-text('Hold the VIN inside the frame')")
    assert is_live(page)
    page.keyboard.press("Escape")
    page.wait_for_selector("#camera", state="hidden")
    assert not is_live(page)
    assert page.evaluate("document.activeElement.id") == "open-camera"


@pytest.mark.parametrize(
    ("name", "said"), [("NotAllowedError", "The camera is not allowed."), ("NotFoundError", "No camera was found.")]
)
def test_what_keeps_the_camera_away_is_said(scan: Callable[..., Page], far: Browser, name: str, said: str) -> None:
    refuse = f"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('', '{name}'); }}"
    page = scan(far, before=lambda page: page.add_init_script(refuse))
    page.wait_for_selector(f".advice:has-text('{said}')")
    expect_accessible(page)


def test_torch_and_zoom_are_there_where_the_camera_has_them(scan: Callable[..., Page], far: Browser) -> None:
    able = """
      MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true, zoom: { min: 1, max: 4, step: 0.5 } });
      MediaStreamTrack.prototype.getSettings = () => ({ zoom: 1 });
      MediaStreamTrack.prototype.applyConstraints = async (asked) => { window.asked = asked.advanced[0]; };
    """
    page = scan(far, before=lambda page: page.add_init_script(able))
    light = page.get_by_role("button", name="Light")
    light.click()
    assert page.evaluate("window.asked") == {"torch": True}
    assert light.get_attribute("aria-pressed") == "true"
    zoom = page.get_by_label("Zoom")
    zoom.fill("2.5")
    assert page.evaluate("window.asked") == {"zoom": 2.5}
    expect_accessible(page)

"""The page `/` in a browser: what was read is shown, copied and listed, and photos are kept when things go wrong."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from browser_parts import DOOR, HONDA, LOST, PHONE, ROOT, Visit, expect_accessible
from test_service_server import serving

pytest_plugins = ["browser_fixtures"]
pytestmark = pytest.mark.slow

DROP = """(bytes) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], "door.jpg", { type: "image/jpeg" }));
  for (const kind of ["dragenter", "drop"])
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
}"""


def vin_of(page: Any) -> str:
    """The VIN that is shown, once it is."""
    page.wait_for_selector("#result .vin")
    return "".join(page.locator("#result .main .char").all_inner_texts())


def test_a_photo_that_is_dropped_is_read(visit: Visit) -> None:
    page = visit()
    page.wait_for_selector("#version:not(:empty)")
    page.evaluate(DROP, list(DOOR.read_bytes()))
    assert vin_of(page) == HONDA
    assert page.locator("#result h1").inner_text() == "Clearly read"
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.locator(".cell canvas").count() == 17
    assert page.locator(".cell").first.get_attribute("aria-label").startswith("Character 1: 1, sure, 99.")
    assert {"Honda", "North America", "2003", "fits"} <= set(page.locator("dd").all_inner_texts())
    page.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == HONDA
    assert "Copied: 1HGCM" in page.locator("#toast").inner_text()


def test_crops_show_what_is_at_the_corners(visit: Visit, tmp_path: Path) -> None:
    """The line of a turned photo lies level in its crop: rows in which there is ink are parted from those without."""
    door = cv2.imread(str(DOOR))
    height, width = door.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 25, 0.8)
    cv2.imwrite(str(tmp_path / "turned.png"), cv2.warpAffine(door, turn, (width, height), borderValue=(120, 120, 120)))
    page = visit()
    page.set_input_files("#files", str(tmp_path / "turned.png"))
    assert vin_of(page) == HONDA
    pixels = page.evaluate("""() => {
      const strip = document.querySelector("figure > canvas");
      const { data, width, height } = strip.getContext("2d").getImageData(0, 0, strip.width, strip.height);
      return { width, height, gray: [...data].filter((_, at) => at % 4 === 1) };
    }""")
    strip = np.array(pixels["gray"]).reshape(pixels["height"], pixels["width"])
    inner = strip[:, strip.shape[1] // 10 : -strip.shape[1] // 10]
    ink = (inner < np.median(inner) - 40).mean(axis=1)
    assert strip.shape[1] > 6 * strip.shape[0]
    assert ink[len(ink) * 3 // 8 : len(ink) * 5 // 8].min() > 0.1
    assert ink[[len(ink) // 12, -len(ink) // 12]].max() < 0.05


def test_what_a_character_could_be_is_shown_at_a_key(visit: Visit, unsure: Path) -> None:
    page = visit()
    page.set_input_files("#files", str(unsure))
    vin_of(page)
    assert page.locator("#result h1").inner_text() == "Please check"
    assert page.locator(".levels").is_visible()
    assert page.locator(".advice-list li").count() > 0
    doubtful = page.locator(".cell.doubtful").first
    doubtful.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#runners:popover-open")
    own, *others = page.locator("#runners li b").all_inner_texts()
    assert own == doubtful.locator(".char").inner_text()
    assert others
    page.keyboard.press("Escape")
    page.wait_for_selector("#runners", state="hidden")
    page.get_by_text("Reasons and other readings").click()
    assert page.locator("details ul[lang=en] li").count() > 0
    assert page.get_by_role("link", name="Correct it").get_attribute("href").startswith("review#")


def test_other_vins_in_the_picture_are_shown(visit: Visit, tmp_path: Path) -> None:
    black = ROOT / "images" / "photos" / "door-label-black.jpg"
    both = [cv2.resize(cv2.imread(str(path)), (900, 600)) for path in (DOOR, black)]
    cv2.imwrite(str(tmp_path / "both.png"), np.concatenate(both))
    page = visit()
    page.set_input_files("#files", str(tmp_path / "both.png"))
    found = vin_of(page)
    others = page.locator(".others code").all_inner_texts()
    assert {found, *others} == {HONDA, "1M8GDM9AXKP042788"}
    assert page.locator(".outlined polygon").count() == 2


def test_several_photos_make_a_table_and_a_csv_file(visit: Visit, tmp_path: Path, unsure: Path, empty: Path) -> None:
    formula, letter = tmp_path / "=1+1.jpg", tmp_path / "letter.txt"
    shutil.copy(DOOR, formula)
    letter.write_text("no picture")
    page = visit(expected=LOST)
    page.set_input_files("#files", [str(path) for path in (formula, unsure, empty, letter)])
    page.wait_for_selector("#table progress", state="hidden")
    assert page.locator("#table tbody tr").count() == 4
    rows = [row.replace("\n", "\t").split("\t") for row in page.locator("#table tbody tr").all_inner_texts()]
    assert "Clearly read" in rows[0]
    assert "Please check" in rows[1]
    assert "No VIN found" in rows[2]
    assert "This file is not a picture." in rows[3]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbfimage,vin,status,confidence,")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines[1].startswith(f'"\'=1+1.jpg",{HONDA},ok,0.99')
    assert lines[3].startswith("sky.png,,not_found,0")
    assert lines[4] == "letter.txt,,error,,,,,,not-a-picture"
    page.get_by_role("button", name="Details of =1+1.jpg").click()
    assert vin_of(page) == HONDA
    page.go_back()
    page.wait_for_selector("#table", state="visible")


def test_a_table_can_be_stopped_and_the_rest_read_later(visit: Visit) -> None:
    strips = sorted((ROOT / "images" / "strips").iterdir())
    page = visit()
    page.set_input_files("#files", [str(path) for path in strips])
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector("#table progress", state="hidden")
    assert page.locator("tr.cancelled").count() > 0
    page.get_by_role("button", name="Read the rest again").click()
    page.wait_for_selector("#table progress", state="hidden")
    assert page.locator("#table td.vin code").count() == len(strips)


def test_a_photo_is_kept_where_the_service_cannot_be_reached(visit: Visit) -> None:
    page = visit(expected=LOST)
    page.wait_for_selector("#version:not(:empty)")
    page.route("**/v1/read*", lambda route: route.abort())
    page.set_input_files("#files", str(DOOR))
    page.wait_for_selector("text=The service cannot be reached. The photo is kept here")
    assert page.locator("#busy img").is_visible()
    expect_accessible(page)
    page.unroute("**/v1/read*")
    page.get_by_role("button", name="Try again").click()
    assert vin_of(page) == HONDA


def test_a_file_that_is_gone_is_not_called_a_lost_service(visit: Visit, tmp_path: Path) -> None:
    shutil.copy(DOOR, tmp_path / "door.jpg")
    page = visit(expected=LOST)
    page.wait_for_selector("#version:not(:empty)")
    page.route("**/v1/read*", lambda route: route.abort())
    page.set_input_files("#files", str(tmp_path / "door.jpg"))
    page.wait_for_selector("text=The service cannot be reached")
    (tmp_path / "door.jpg").unlink()
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector("text=The file cannot be opened")


def test_a_busy_service_is_asked_again_when_it_says(visit: Visit) -> None:
    page = visit(expected=LOST)
    asked = []

    def busy(route: Any) -> None:
        asked.append(route.request.url)
        body = {"code": "queue-full", "status": 429}
        if len(asked) == 1:
            route.fulfill(status=429, headers={"Retry-After": "1"}, json=body)
        else:
            route.continue_()

    page.route("**/v1/read*", busy)
    page.set_input_files("#files", str(DOOR))
    assert vin_of(page) == HONDA
    assert len(asked) == 2


def test_what_is_too_large_is_said_before_it_is_sent(visit: Visit, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    cv2.imwrite(str(large), np.random.default_rng(0).integers(0, 256, (800, 800, 3), np.uint8))
    with serving(tmp_path, "--max-mb", "1") as small:
        page = visit(at=small.url)
        page.wait_for_selector("#version:not(:empty)")
        page.on("request", lambda request: pytest.fail(request.url) if "/v1/read" in request.url else None)
        page.set_input_files("#files", str(large))
        page.wait_for_selector("text=This service takes up to 1.049 MB.")


def test_a_key_is_asked_for_once_and_refused_if_it_is_wrong(visit: Visit, tmp_path: Path) -> None:
    with serving(tmp_path, VINCHAR_API_KEY="a-key-of-the-tests") as closed:
        page = visit(at=closed.url, expected=LOST)
        page.set_input_files("#files", str(DOOR))
        field = page.get_by_label("Key", exact=True)
        field.fill("another-key-of-the-tests")
        page.keyboard.press("Enter")
        page.wait_for_selector("#key-refused", state="visible")
        expect_accessible(page)
        field.fill("a-key-of-the-tests")
        page.keyboard.press("Enter")
        assert vin_of(page) == HONDA
        page.reload()
        page.set_input_files("#files", str(DOOR))
        assert vin_of(page) == HONDA
        assert page.locator("#key").is_hidden()


def test_a_picture_that_the_browser_cannot_show_is_read(visit: Visit, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "door.tif"), cv2.imread(str(DOOR)))
    page = visit()
    page.set_input_files("#files", str(tmp_path / "door.tif"))
    assert vin_of(page) == HONDA
    assert page.get_by_text("This browser cannot show pictures of this format.").is_visible()


def test_everything_is_said_in_the_language_that_is_chosen(visit: Visit) -> None:
    page = visit("?lang=de")
    page.set_input_files("#files", str(DOOR))
    vin_of(page)
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.title() == "FIN lesen · vinchar"
    assert page.locator("#result h1").inner_text() == "Sicher gelesen"
    assert "99,8 %" in page.locator(".verdict-line p").inner_text().replace("\xa0", " ")
    page.get_by_label("Sprache").select_option("ru")
    assert page.locator("#result h1").inner_text() == "Прочитано уверенно"
    assert page.locator("#kept").inner_text() == "Фото хранятся здесь 1 день, затем удаляются."
    again = page.context.new_page()
    again.goto(page.url.partition("?")[0])
    again.wait_for_selector("h1:has-text('Распознать')")


def test_the_language_is_that_of_the_browser(visit: Visit) -> None:
    assert visit(language="ru-RU").locator("h1").inner_text() == "Распознать VIN по фото"
    assert visit(language="fr-FR").locator("h1").inner_text() == "Read a VIN from a photo"


def test_a_photo_can_be_read_by_keys_alone(visit: Visit) -> None:
    page = visit()
    page.on("filechooser", lambda _: None)  # choosers are watched from now on, not from the moment one is expected
    page.wait_for_selector("#version:not(:empty)")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'main'")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "choose":
            break
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(str(DOOR))
    assert vin_of(page) == HONDA
    page.wait_for_function("document.querySelector('#result').contains(document.activeElement)")
    outlines = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        outlines.add(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
        if page.evaluate("document.activeElement.innerText.trim()") == "Copy":
            break
    assert outlines == {"solid"}  # the focus is seen everywhere
    page.keyboard.press("Enter")
    page.wait_for_selector("#toast:has-text('Copied')")
    assert page.evaluate("navigator.clipboard.readText()") == HONDA


@pytest.mark.parametrize(
    ("size", "dark", "language"), [(PHONE, False, "ru-RU"), (PHONE, True, "de-DE"), ((1280, 800), True, "en-US")]
)
def test_every_state_is_accessible_and_fits(
    visit: Visit, size: tuple[int, int], dark: bool, language: str, unsure: Path, empty: Path
) -> None:
    page = visit(size=size, dark=dark, language=language, touch=size == PHONE)
    page.wait_for_selector("#version:not(:empty)")
    expect_accessible(page)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, ground[4:-1].split(","))) < 200) == dark
    for photo in (DOOR, unsure, empty):
        page.goto(page.url)
        page.set_input_files("#files", str(photo))
        page.wait_for_selector("#result", state="visible")
        expect_accessible(page)
    page.set_input_files("#files", [str(DOOR), str(unsure)])
    page.wait_for_selector("#table", state="visible")
    page.wait_for_selector("#table progress", state="hidden")
    expect_accessible(page)

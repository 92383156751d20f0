"""The desk in a browser: clerks correct, skip, go back and export, and do not see each other's answers."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser_parts import DESKTOP, DOOR, HONDA, LOST, PHONE, ROOT, Visit, expect_accessible
from test_service_server import Service, serving

from vinchar.vin import check_digit

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest_plugins = ["browser_fixtures"]
pytestmark = pytest.mark.slow

STAMPED = ROOT / "images" / "photos" / "frame-stamped.jpg"  # its VIN needs no check digit
JTH = "JH4TB2H26CC000000"
OTHER = "1M8GDM9AXKP042788"

Clerk = Callable[..., "Page"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Service]:
    """A service with an empty desk."""
    with serving(tmp_path, "--keep", "1", "--rate", "0") as running:
        yield running


@pytest.fixture
def clerk(visit: Visit, desk: Service) -> Clerk:
    """Opens the desk for somebody who has given their name."""

    def sit_down(name: str = "anna", path: str = "review", **how: object) -> Page:
        page = visit(path, at=desk.url, **how)
        page.get_by_label("Your name").fill(name)
        page.keyboard.press("Enter")
        page.wait_for_selector("#who", state="hidden")
        return page

    return sit_down


def add(page: Page, *photos: Path) -> None:
    """Add photos and wait until they are there."""
    page.set_input_files("#files", [str(photo) for photo in photos])
    page.wait_for_selector("#added p")
    page.wait_for_selector("#work", state="visible")


def press(page: Page, keys: str) -> None:
    """Press what the desk acts on, once it has done what came before: until then it does not listen."""
    page.wait_for_selector("body:not(.waiting)")
    page.keyboard.press(keys)


def typed(page: Page) -> str:
    """What is in the seventeen fields."""
    return "".join(field.input_value() or " " for field in page.locator(".column input").all())


def at(page: Page) -> int:
    """The number of the field that has the focus, from 1; 0: none has it."""
    script = "[...document.querySelectorAll('.column input')].indexOf(document.activeElement) + 1"
    return int(page.evaluate(script))


def focus(page: Page, place: int) -> None:
    page.locator(".column input").nth(place - 1).focus()


def labels(page: Page) -> list[dict[str, str]]:
    """The rows of labels.csv, downloaded."""
    with page.expect_download() as download:
        page.get_by_role("button", name="labels.csv").click()
    return list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))


def test_a_reading_is_corrected_and_exported(clerk: Clerk) -> None:
    page = clerk()
    page.wait_for_selector("text=All done")
    add(page, DOOR)
    assert typed(page) == HONDA
    assert page.locator(".column canvas").count() == 17
    assert page.locator("#strip canvas").is_visible()
    focus(page, 17)
    page.keyboard.type("9")
    digit = check_digit(HONDA[:16] + "9")
    said = page.locator("#judgement").inner_text()
    assert said.startswith(f"The check digit does not fit: position 9 should be {digit}")
    focus(page, 9)
    page.keyboard.type(digit)
    expected = HONDA[:8] + digit + HONDA[9:16] + "9"
    press(page, "Enter")
    page.wait_for_selector("text=All done")
    page.wait_for_selector("#tally:has-text('0 left · 1 done · 1 by you')")
    (row,) = labels(page)
    assert (row["image"].partition("-")[2], row["vin"]) == (DOOR.name, expected)
    for name in ("ZIP with pictures", "ZIP for docTR"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        with zipfile.ZipFile(download.value.path()) as packed:
            assert any(name.endswith((".jpg", ".png")) for name in packed.namelist())


def test_an_unsure_photo_goes_from_the_page_to_the_desk(visit: Visit, desk: Service, unsure: Path) -> None:
    page = visit(at=desk.url)
    page.set_input_files("#files", str(unsure))
    page.get_by_role("link", name="Correct it").click()
    page.get_by_label("Your name").fill("anna")
    page.keyboard.press("Enter")
    page.wait_for_selector("#work", state="visible")
    assert "unsure.png" in page.locator("#task").inner_text()
    runner = page.locator(".column:has(.choice)").first
    place = page.locator(".column").evaluate_all("(all) => all.findIndex((one) => one.querySelector('.choice')) + 1")
    other = runner.locator(".choice").first.inner_text()[0]
    focus(page, place)
    page.keyboard.press("Shift+Digit1")
    assert typed(page)[place - 1] == other
    assert at(page) == min(place + 1, 17)


def test_what_is_typed_goes_where_it_belongs(clerk: Clerk) -> None:
    page = clerk()
    add(page, STAMPED)
    assert typed(page) == JTH
    focus(page, 1)
    page.keyboard.type("wq")
    assert typed(page) == "W0" + JTH[2:]
    assert page.locator("#toast").inner_text() == "VINs have no I, O or Q: Q was typed as 1 or 0."
    assert at(page) == 3
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert at(page) == 5
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    assert typed(page) == "W0" + JTH[2] + "  " + JTH[5:]
    assert at(page) == 4
    assert page.locator("#judgement").inner_text() == "2 characters are missing"
    press(page, "Enter")
    assert page.locator("#toast").inner_text() == "2 characters are missing"
    page.keyboard.type("?")
    assert page.locator("#toast").inner_text() == "Left out, as VINs have no ?."
    page.evaluate(f"navigator.clipboard.writeText('*{OTHER[:9].lower()}-{OTHER[9:]}*')")
    page.keyboard.press("Control+v")
    assert typed(page) == OTHER
    assert page.locator("#judgement").inner_text() == "Complete, and the check digit fits"
    page.evaluate(f"navigator.clipboard.writeText('{OTHER}12')")
    page.keyboard.press("Control+v")
    assert page.locator("#toast").inner_text() == "That is 19 characters, a VIN has 17."


def test_a_russian_keyboard_types_the_letters_of_its_keys(clerk: Clerk) -> None:
    page = clerk()
    add(page, STAMPED)
    focus(page, 1)
    page.locator(".column input").first.dispatch_event("keydown", {"key": "ц", "code": "KeyW", "bubbles": True})
    assert typed(page) == "W" + JTH[1:]


def test_all_is_done_by_keys(clerk: Clerk, empty: Path) -> None:
    page = clerk()
    add(page, DOOR, STAMPED, empty)
    first = page.locator("#task").inner_text()
    press(page, "Escape")
    page.wait_for_function("first => document.querySelector('#task').innerText !== first", arg=first)
    seen = set()
    for _ in range(3):
        name = page.locator("#task").inner_text()
        seen.add(name)
        press(page, "Alt+KeyU" if "sky" in name else "Enter")
        page.wait_for_selector(f"#task:not(:has-text('{name}')), #nothing:not([hidden])", state="attached")
        page.wait_for_selector("body:not(.waiting)")
    assert len(seen) == 3
    page.wait_for_selector("text=All done")
    page.wait_for_selector("#own li:nth-child(3)")
    assert {row["vin"] for row in labels(page)} == {HONDA, JTH}
    press(page, "Alt+KeyZ")
    page.wait_for_selector("#work", state="visible")
    assert page.locator("#facts").get_by_text("Your answer so far").is_visible()
    page.wait_for_selector("body:not(.waiting)")
    again = page.locator("#task").inner_text()
    press(page, "Alt+KeyZ")
    page.wait_for_selector(f"#task:not(:has-text('{again}'))")


def test_a_check_digit_that_does_not_fit_is_asked_about_once(clerk: Clerk) -> None:
    page = clerk()
    add(page, DOOR)
    focus(page, 17)
    page.keyboard.type("9")
    press(page, "Enter")
    page.wait_for_selector("#toast:has-text('Enter saves it all the same')")
    assert page.locator("#work").is_visible()
    press(page, "Enter")
    page.wait_for_selector("text=All done")
    assert [row["vin"] for row in labels(page)] == [HONDA[:16] + "9"]


def test_an_answer_is_corrected_from_the_list_of_the_last(clerk: Clerk) -> None:
    page = clerk()
    add(page, STAMPED)
    press(page, "Enter")
    page.get_by_role("button", name=f"Correct {STAMPED.name}").click()
    page.wait_for_selector("#work", state="visible")
    page.evaluate(f"navigator.clipboard.writeText('{OTHER}')")
    page.keyboard.press("Control+v")
    press(page, "Enter")
    page.wait_for_selector("text=All done")
    assert [row["vin"] for row in labels(page)] == [OTHER]


def test_a_second_look_is_blind(clerk: Clerk) -> None:
    anna = clerk("anna")
    anna.wait_for_selector("text=All done")
    anna.get_by_label("Two people must agree").check()
    add(anna, STAMPED)
    anna.evaluate(f"navigator.clipboard.writeText('{OTHER}')")
    anna.keyboard.press("Control+v")
    press(anna, "Enter")
    anna.wait_for_selector("text=All done")
    bert = clerk("bert")
    bert.wait_for_selector("#work", state="visible")
    assert "2 people must agree" in bert.locator("#task").inner_text()
    assert typed(bert) == JTH  # what was read, not what the other said
    assert OTHER not in bert.locator("body").inner_text()
    assert labels(bert) == []


def test_a_task_is_free_when_its_clerk_leaves(clerk: Clerk) -> None:
    anna = clerk("anna")
    add(anna, STAMPED)
    bert = clerk("bert")
    bert.wait_for_selector("text=All done")
    anna.goto("about:blank")
    anna.wait_for_timeout(300)
    bert.get_by_role("button", name="Look again").click()
    bert.wait_for_selector("#work", state="visible")


def test_a_task_is_kept_from_others_while_it_is_open(clerk: Clerk) -> None:
    page = clerk(before=lambda page: page.clock.install())
    add(page, STAMPED)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.clock.run_for(119_000)
    assert "lease" not in asked
    page.clock.run_for(122_000)
    page.wait_for_timeout(300)
    assert asked.count("lease") == 2


def test_the_field_that_is_least_sure_comes_first(clerk: Clerk, unsure: Path) -> None:
    page = clerk()
    add(page, unsure)
    classes = page.locator(".column").evaluate_all("all => all.map((one) => one.className)")
    assert "doubtful" in classes[at(page) - 1]


def test_a_task_that_another_has_is_not_taken_away(clerk: Clerk) -> None:
    anna = clerk("anna")
    add(anna, STAMPED)
    number = anna.locator("#task").inner_text().split()[1].rstrip(":")
    bert = clerk("bert", f"review#{number}", expected=LOST)
    bert.wait_for_selector("#toast:has-text('Somebody else is working on this one.')")
    bert.wait_for_selector("text=All done")


def test_what_was_typed_stays_where_the_service_cannot_be_reached(clerk: Clerk) -> None:
    page = clerk(expected=LOST)
    add(page, STAMPED)
    page.evaluate(f"navigator.clipboard.writeText('{OTHER}')")
    page.keyboard.press("Control+v")
    page.route("**/answer", lambda route: route.abort())
    press(page, "Enter")
    page.wait_for_selector("#toast:has-text('What you typed stays here')")
    assert typed(page) == OTHER
    page.unroute("**/answer")
    press(page, "Enter")
    page.wait_for_selector("text=All done")


def test_a_key_says_who_the_clerk_is(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("carla a-key-of-the-tests\n")
    with serving(tmp_path, "--keys", str(tmp_path / "keys")) as closed:
        page = visit("review", at=closed.url, expected=LOST)
        page.get_by_label("Key", exact=True).fill("a-key-of-the-tests")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=All done")
        add(page, STAMPED)
        page.wait_for_selector("#name:has-text('carla')")
        press(page, "Enter")
        page.wait_for_selector("text=All done")
        page.wait_for_selector("#tally:has-text('1 by you')")
        assert [row["vin"] for row in labels(page)] == [JTH]


def test_the_picture_is_zoomed_and_moved(clerk: Clerk) -> None:
    page = clerk()
    add(page, DOOR)

    def line() -> dict[str, float]:
        return dict(page.locator(".sheet polygon").bounding_box() or {})

    stage = page.locator(".stage").bounding_box() or {}
    fitted = line()
    assert 0.5 * stage["width"] < fitted["width"] <= stage["width"]
    page.get_by_role("button", name="Show the whole picture").click()
    assert line()["width"] < 0.8 * fitted["width"]
    page.mouse.move(stage["x"] + 50, stage["y"] + 50)
    before = line()
    page.mouse.wheel(0, -200)
    page.wait_for_timeout(100)
    assert line()["width"] > 1.3 * before["width"]
    before = line()
    page.mouse.down()
    page.mouse.move(stage["x"] + 90, stage["y"] + 60)
    page.mouse.up()
    assert line()["x"] - before["x"] == pytest.approx(40, abs=1)
    page.locator(".stage").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    assert line()["width"] == pytest.approx(fitted["width"], abs=2)


@pytest.mark.parametrize(("size", "dark"), [(PHONE, False), (PHONE, True), (DESKTOP, True)])
def test_the_desk_is_accessible_and_fits(
    visit: Visit, clerk: Clerk, desk: Service, unsure: Path, size: tuple[int, int], dark: bool
) -> None:
    how = {"size": size, "dark": dark, "touch": size == PHONE}
    expect_accessible(visit("review?lang=ru", at=desk.url, **how))
    page = clerk(**how)
    page.wait_for_selector("text=All done")
    expect_accessible(page)
    add(page, unsure)
    for language in ("en", "de", "ru"):
        page.locator("[data-languages]").select_option(language)
        expect_accessible(page)
    press(page, "Enter")

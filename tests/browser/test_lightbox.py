"""Images of a thread: seen large, whole and with their neighbours, and nothing moves when they arrive."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.attachments import pictures
from tests.attachments.samples import PDF
from tests.browser import screen
from tests.browser.conftest import SignIn
from tests.factories import attach, start
from tests.people import People

pytestmark = pytest.mark.browser


def test_images_are_seen_large_with_their_neighbours(people: People, signed_in: SignIn) -> None:
    """Behaviour 35: Image thumbnails + lightbox."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    for name in ("one.png", "two.png"):
        attach(people.mara, talk, name)
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    page.get_by_role("img", name="one.png from Mara Lind").click()
    box = page.get_by_role("dialog", name="Image")
    expect(box.get_by_role("img", name="one.png from Mara Lind")).to_be_visible()
    expect(box.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(box.get_by_role("img", name="two.png from Mara Lind")).to_be_visible()
    expect(box).to_contain_text("2 of 2")
    box.get_by_role("button", name="Previous image").click()
    expect(box.get_by_role("img", name="one.png from Mara Lind")).to_be_visible()
    with page.expect_download() as download:
        box.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "one.png"
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(page.locator("a.image").first).to_be_focused()


def test_nothing_moves_when_images_arrive(people: People, signed_in: SignIn) -> None:
    """Behaviour 36: No layout shift from images. Behaviour 37: File card."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    attach(people.mara, talk, "one.png")
    attach(people.mara, talk, "invoice.pdf", PDF)
    page = signed_in(people.olga)
    page.add_init_script(
        "window.shifted = 0; new PerformanceObserver(list => { for (const one of list.getEntries())"
        " if (!one.hadRecentInput) window.shifted += one.value }).observe({type: 'layout-shift', buffered: true})"
    )
    late: list[Route] = []
    page.route("**/preview*", lambda route: late.append(route))  # noqa: PLW0108 - Playwright marks the function
    page.goto(screen.page_of(people.olga, talk), wait_until="domcontentloaded")
    card = page.get_by_role("link", name=f"invoice.pdf, PDF, {len(PDF)} bytes, download")
    expect(card).to_be_visible()
    image = page.get_by_role("img", name="one.png from Mara Lind")
    assert (image.get_attribute("width"), image.get_attribute("height")) == ("240", "180")
    while not late:
        page.wait_for_timeout(20)
    late.pop().continue_()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert page.evaluate("window.shifted") < 0.02


@pytest.mark.parametrize("size", [(900, 1600), (1600, 1200), (2000, 900)], ids=str)
def test_a_large_image_is_seen_whole(people: People, signed_in: SignIn, size: tuple[int, int]) -> None:
    """Behaviour 35: the whole image between the bar and the edges, and a click for its true size."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    attach(people.mara, talk, "one.png", pictures.encoded("PNG", pictures.painted(*size)))
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.get_by_role("img", name="one.png from Mara Lind").click()
        box = page.get_by_role("dialog", name="Image")
        image = box.get_by_role("img")
        expect(image).to_have_js_property("complete", True)
        expect(image).to_be_in_viewport(ratio=0.999)
        assert box.locator(".stage").evaluate("e => e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth")
        expect(box.get_by_text("1 of 1")).to_be_in_viewport(ratio=1)
        assert box.locator(".count").evaluate(
            "e => e.getBoundingClientRect().right <= e.parentElement.getBoundingClientRect().right + 1"
        )
        image.click()
        assert image.evaluate("e => e.getBoundingClientRect().height > 0.95 * e.naturalHeight")
        assert box.locator(".stage").evaluate("e => e.scrollTop === 0")
        box.get_by_role("button", name="Close").click()

"""Files in a browser: chosen, shown as chips, refused by their chip, seen as thumbnails, opened and downloaded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.attachments import pictures
from tests.attachments.samples import PDF
from tests.browser import screen
from tests.browser.conftest import SignIn, Watch
from tests.factories import a_photo, start
from tests.people import People

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
PHOTO_BYTES = pictures.encoded("JPEG", pictures.painted(1200, 900))
PHOTO = {"name": "parcel.jpg", "mimeType": "image/jpeg", "buffer": PHOTO_BYTES}
SECOND = {"name": "label.png", "mimeType": "image/png", "buffer": a_photo(300, 700)}
INVOICE = {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": PDF}
PAGE = {"name": "page.html", "mimeType": "text/html", "buffer": b"<p>x</p>"}


def chips(page: Page) -> Locator:
    return page.get_by_role("list", name="Chosen files").get_by_role("listitem")


def natural_width(image: Locator) -> int:
    return int(image.evaluate("image => image.decode().then(() => image.naturalWidth)"))


def test_a_customer_sends_two_photos_and_a_pdf_from_a_phone(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    phone = signed_in(people.mara, screen.page_of(people.mara, talk))
    phone.set_viewport_size(PHONE)
    phone.get_by_label("Attach files").set_input_files([PHOTO, SECOND])
    expect(chips(phone)).to_have_count(2)
    phone.get_by_label("Attach files").set_input_files([INVOICE])
    expect(chips(phone)).to_have_text([re.compile("parcel.jpg"), re.compile("label.png"), re.compile("invoice.pdf")])
    phone.get_by_role("textbox", name="Reply to Harbor Goods").fill("Look what came")
    phone.get_by_role("button", name="Send").click()
    sent = screen.log(phone).locator(".msg").last
    expect(sent.get_by_role("img")).to_have_count(2)
    expect(chips(phone)).to_have_count(0)
    expect(phone.get_by_role("textbox", name="Reply to Harbor Goods")).to_have_value("")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    store = signed_in(people.olga, screen.page_of(people.olga, talk))
    photo = store.get_by_role("img", name="parcel.jpg from Mara Lind")
    expect(photo).to_have_attribute("width", "240")
    expect(photo).to_have_attribute("height", "180")
    assert natural_width(photo) == 480
    photo.click()
    assert natural_width(store.get_by_role("dialog", name="Image").get_by_role("img")) == 1200
    store.keyboard.press("Escape")

    card = store.get_by_role("link", name=f"invoice.pdf, PDF, {len(PDF)} bytes, download")
    with store.expect_download() as download:
        card.click()
    assert download.value.suggested_filename == "invoice.pdf"
    assert Path(download.value.path()).read_bytes() == PDF


def test_an_answer_stands_below_the_divider(people: People, signed_in: SignIn) -> None:
    page = signed_in(people.mara, screen.page_of(people.mara, start(people.olga, people.mara_row, "Late parcel")))
    expect(screen.log(page).get_by_text("New messages")).to_be_visible()
    screen.reply_with(page, "My answer")
    expect(screen.log(page).locator(".msg").last).to_contain_text("My answer")


def test_nothing_moves_when_an_image_arrives(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    page.get_by_label("Attach files").set_input_files([PHOTO, SECOND, INVOICE])
    page.get_by_role("button", name="Send").click()
    expect(screen.log(page).get_by_role("img")).to_have_count(2)
    page.add_init_script(
        "window.shifted = 0; new PerformanceObserver(list => { for (const one of list.getEntries())"
        " if (!one.hadRecentInput) window.shifted += one.value }).observe({type: 'layout-shift', buffered: true})"
    )
    page.reload()
    for number in range(2):
        assert natural_width(screen.log(page).get_by_role("img").nth(number)) > 0
    assert page.evaluate("window.shifted") < 0.02


def test_a_refused_file_is_named_by_its_chip_and_nothing_is_lost(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    watch.allow(422)
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    reply = page.get_by_role("textbox", name="Reply to Harbor Goods")
    reply.fill("My text stays")
    page.get_by_label("Attach files").set_input_files([PHOTO, PAGE, INVOICE])
    page.get_by_role("button", name="Send").click()

    expect(chips(page).nth(1)).to_contain_text("The selected file must be a JPG")
    expect(chips(page).nth(0).locator(".field-error")).to_have_count(0)
    expect(page.get_by_role("alert").get_by_text("page.html cannot be sent")).to_be_visible()
    expect(page.get_by_role("alert").get_by_role("list")).to_be_hidden()
    expect(reply).to_have_value("My text stays")
    assert page.get_by_label("Attach files").evaluate("field => field.files.length") == 3

    remove = page.get_by_role("button", name="Remove page.html")
    remove.focus()
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_count(2)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("button", name="Remove invoice.pdf")).to_be_focused()
    page.get_by_role("button", name="Send").click()
    expect(screen.log(page).locator(".msg").last).to_contain_text("My text stays")
    expect(screen.log(page).get_by_role("img")).to_have_count(1)


def test_a_conversation_starts_with_files_and_a_refused_one_keeps_the_form(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    watch.allow(422)
    page = signed_in(people.olga, f"/store/messages/new?to=customer:{people.mara_row.id}")
    page.get_by_label("Subject").fill("Your photos")
    page.get_by_label("Attach files").set_input_files([PAGE, PHOTO])
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name=re.compile("page.html: The selected file must be"))).to_be_visible()
    expect(chips(page).first).to_contain_text("The selected file must be")
    page.get_by_role("button", name="Remove page.html").click()
    page.get_by_role("button", name="Send").click()
    expect(screen.heading(page, "Your photos")).to_be_visible()
    expect(page.get_by_role("img", name="parcel.jpg from you")).to_be_visible()


def test_the_field_shows_where_the_focus_is(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    page.get_by_role("textbox", name="Reply to Harbor Goods").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Attach files")).to_be_focused()
    assert page.locator(".picker .btn").evaluate("label => getComputedStyle(label).outlineStyle") == "solid"


def test_everything_works_without_javascript(people: People, browser: Browser, base_url: str, watch: Watch) -> None:
    watch.allow(422)
    talk = start(people.olga, people.mara_row, "Late parcel")
    settings: dict[str, Any] = {"java_script_enabled": False, "base_url": base_url, "viewport": PHONE}
    context = watch.over(browser.new_context(**settings))
    page = screen.sign_in(context.new_page(), people.mara, screen.page_of(people.mara, talk))
    page.get_by_role("textbox", name="Reply to Harbor Goods").fill("My text stays")
    page.get_by_label("Attach files").set_input_files([PAGE])
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("page.html: The selected file must be a JPG")
    expect(page.get_by_role("textbox", name="Reply to Harbor Goods")).to_have_value("My text stays")

    page.get_by_label("Attach files").set_input_files([PHOTO, INVOICE])
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("img", name="parcel.jpg from you")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^invoice.pdf, PDF")).click()
    assert download.value.suggested_filename == "invoice.pdf"
    context.close()

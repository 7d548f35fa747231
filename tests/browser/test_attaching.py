"""Attaching: picked, pasted and dropped files, checked before they are sent, with progress, and seen large."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.attachments import pictures
from tests.attachments.samples import PDF
from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn, Watch
from tests.factories import start
from tests.people import People

pytestmark = pytest.mark.browser

SENDS = re.compile(r"/messages/\d+/messages$")
INVOICE: Any = {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": PDF}
NOISE: Any = {"name": "noise.txt", "mimeType": "text/plain", "buffer": b"0123456789abcdef" * 65536 * 3}
TRANSFER = """({ name, bytes }) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
  return transfer;
}"""


def chips(page: Page) -> Locator:
    return page.get_by_role("list", name="Chosen files").get_by_role("listitem")


def field_length(page: Page) -> int:
    return page.get_by_label("Attach files").evaluate("field => field.files.length")


def open_thread(people: People, signed_in: SignIn, name: str = "olga") -> Page:
    author = people.ada if name == "ada" else people.olga
    talk = start(author, people.mara_row, "Late parcel")
    return signed_in(getattr(people, name), screen.page_of(getattr(people, name), talk))


def test_several_files_are_picked_listed_and_removed_with_the_keyboard(people: People, signed_in: SignIn) -> None:
    """Behaviour 30: Attach by picker, multi."""
    page = open_thread(people, signed_in)
    field = page.get_by_label("Attach files")
    assert field.evaluate("field => field.multiple")
    field.set_input_files([INVOICE, {**INVOICE, "name": "label.pdf"}])
    expect(chips(page)).to_have_text([re.compile("invoice.pdf.*1 KB"), re.compile("label.pdf.*1 KB")])
    page.get_by_role("button", name="Remove invoice.pdf").focus()
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_text([re.compile("label.pdf")])
    expect(page.get_by_role("button", name="Remove label.pdf")).to_be_focused()
    page.keyboard.press("Space")
    expect(chips(page)).to_have_count(0)
    assert field_length(page) == 0
    expect(field).to_be_focused()
    assert page.locator(".picker .btn").evaluate("label => getComputedStyle(label).outlineStyle") == "solid"


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_files_are_pasted_and_dropped(people: People, signed_in: SignIn, name: str) -> None:
    """Behaviour 31: Paste and drop files."""
    page = open_thread(people, signed_in, name)
    png = {"name": "image.png", "bytes": list(pictures.png())}
    pasted = page.evaluate_handle(TRANSFER, png)
    screen.reply_box(page).evaluate(
        "(box, clipboardData) => box.dispatchEvent("
        "new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true}))",
        pasted,
    )
    expect(chips(page)).to_have_text([re.compile("image.png")])
    dropped = page.evaluate_handle(TRANSFER, {**png, "name": "dropped.png"})
    place = screen.log(page)
    place.dispatch_event("dragenter", {"dataTransfer": dropped})
    expect(page.locator(".thread.dropping")).to_have_count(1)
    place.dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.locator(".thread.dropping")).to_have_count(0)
    expect(chips(page)).to_have_text([re.compile("image.png"), re.compile("dropped.png")])
    expect(page.locator("#announcer")).to_have_text("1 file added")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(screen.log(page).get_by_role("img")).to_have_count(2)


def test_what_cannot_be_sent_is_said_before_anything_is_sent(people: People, signed_in: SignIn, tmp_path: Path) -> None:
    """Behaviour 32: Client checks before upload."""
    page = open_thread(people, signed_in)
    page.route(SENDS, lambda route: pytest.fail(f"{route.request.url} was asked"))
    for name, size in (("large.pdf", 11 * 1024 * 1024), ("page.html", 3), ("empty.txt", 0)):
        (tmp_path / name).write_bytes(b"x" * size)
        page.get_by_label("Attach files").set_input_files(tmp_path / name)
    expect(chips(page).nth(0)).to_contain_text("The selected file must be smaller than 10MB")
    expect(chips(page).nth(1)).to_contain_text("The selected file must be a JPG")
    expect(chips(page).nth(2)).to_contain_text("The selected file is empty")
    screen.reply_with(page, "My text stays")
    alert = page.locator("#reply-form").get_by_role("alert")
    expect(alert).to_have_text("3 files cannot be sent")
    expect(screen.reply_box(page)).to_have_value("My text stays")
    for name in ("large.pdf", "page.html", "empty.txt"):
        page.get_by_role("button", name=f"Remove {name}").click()
    expect(alert).to_have_count(0)
    page.get_by_label("Attach files").set_input_files([{**INVOICE, "name": f"{n}.pdf"} for n in range(11)])
    page.get_by_role("button", name="Send", exact=True).click()
    expect(alert).to_have_text("You can only select up to 10 files at the same time")


TOO_LARGE: Any = {"name": "large.pdf", "mimeType": "application/pdf", "buffer": b"x" * 11 * 1024 * 1024}


def test_a_second_reply_knows_the_limits_as_well(people: People, signed_in: SignIn) -> None:
    page = open_thread(people, signed_in)
    screen.reply_with(page, "The first")
    expect(screen.message(page, "The first")).to_have_count(1)
    page.get_by_label("Attach files").set_input_files(TOO_LARGE)
    expect(chips(page)).to_contain_text("The selected file must be smaller than 10MB")


@pytest.mark.parametrize("piece", ["", "dialog"])
def test_a_new_conversation_knows_the_limits_as_well(people: People, signed_in: SignIn, piece: str) -> None:
    page = signed_in(people.olga, "/store/messages" if piece else "/store/messages/new")
    if piece:
        page.get_by_role("button", name="New conversation").click()
    page.get_by_label("Attach files").set_input_files(TOO_LARGE)
    expect(chips(page)).to_contain_text("The selected file must be smaller than 10MB")


def test_an_upload_counts_and_can_be_taken_back(people: People, signed_in: SignIn, watch: Watch) -> None:
    """Behaviour 33: Upload progress and cancel."""
    watch.allow_lost_requests()
    page = open_thread(people, signed_in)
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_500_000}
    slow.send("Network.emulateNetworkConditions", limits)
    page.evaluate(
        "window.values = new Set(); document.addEventListener('submit', () => setInterval(() => {"
        " const bar = document.querySelector('.pending progress'); if (bar) values.add(bar.value) }, 20))"
    )
    page.get_by_label("Attach files").set_input_files([NOISE])
    screen.reply_with(page, "A large one")
    bar = screen.log(page).get_by_role("progressbar", name="Upload")
    expect(bar).to_be_visible()
    expect(chips(page)).to_have_count(0)
    page.wait_for_timeout(700)
    screen.log(page).get_by_role("button", name="Cancel").click()
    expect(bar).to_have_count(0)
    expect(screen.reply_box(page)).to_have_value("A large one")
    expect(chips(page)).to_have_text([re.compile("noise.txt.*3.0 MB")])
    values = page.evaluate("[...values]")
    assert len(values) >= 3
    assert values == sorted(values)
    slow.send("Network.emulateNetworkConditions", {**limits, "uploadThroughput": -1})
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("^noise.txt"))).to_be_visible()
    expect(screen.log(page).locator(".msg")).to_have_count(2)


def test_files_and_text_are_back_after_a_refusal(people: People, signed_in: SignIn, watch: Watch) -> None:
    """Behaviour 34: Files survive a server error."""
    watch.allow(422)
    page = open_thread(people, signed_in)
    page.get_by_label("Attach files").set_input_files([INVOICE, {**INVOICE, "name": "photo.png"}])
    screen.reply_with(page, "My text stays")
    expect(chips(page).nth(1).locator(".field-error")).to_be_visible()
    assert field_length(page) == 2
    expect(screen.reply_box(page)).to_have_value("My text stays")
    expect(screen.log(page).locator(".pending")).to_have_count(0)
    page.get_by_role("button", name="Remove photo.png").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(screen.message(page, "My text stays")).to_have_count(1)


def test_files_that_were_not_sent_are_told_of_when_another_row_is_opened(people: People, signed_in: SignIn) -> None:
    """Behaviour 30: Files cannot be kept; leaving them is said, as in a new conversation."""
    start(people.olga, people.luis_row, "The other one")
    page = open_thread(people, signed_in)
    page.get_by_label("Attach files").set_input_files([INVOICE])
    screen.reply_box(page).fill("Here it is")
    screen.row(page, "The other one").click()
    expect(page.locator(".toast")).to_contain_text("Kept as a draft, without its files.")

"""A new conversation in its dialog: over the inbox, under its own address, and what was typed is never lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import screen
from tests.browser.conftest import STAFF, SignIn, Watch
from tests.browser.test_accessibility import violations
from tests.factories import start
from tests.people import People

pytestmark = pytest.mark.browser

FOCUS_IS_INSIDE = """() => { const at = document.activeElement;
  return at === document.body || !!at.closest("#compose-dialog"); }"""
UNIQUE = (
    "() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length - new Set(ids).size }"
)


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="New conversation")


def open_dialog(page: Page) -> Locator:
    page.wait_for_load_state()
    page.get_by_role("button", name="New conversation").click()
    expect(dialog(page)).to_be_visible()
    return dialog(page)


@pytest.mark.parametrize("name", STAFF)
def test_a_new_conversation_is_written_in_a_dialog_over_an_open_thread(
    people: People, signed_in: SignIn, name: str
) -> None:
    """Behaviour 45: Compose new: its own address, a dialog, a combobox of whom one may write to."""
    viewer = getattr(people, name)
    talk = start(viewer, people.mara_row, "Late parcel")
    page = signed_in(viewer, screen.page_of(viewer, talk))
    shown = open_dialog(page)
    expect(page).to_have_url(re.compile(f"{screen.MESSAGES[viewer.side]}/new$"))
    expect(page).to_have_title(re.compile("^New conversation – "))
    assert page.evaluate(UNIQUE) == 0
    if name == "ada":
        shown.get_by_role("radio", name="A customer").check()
    page.get_by_role("combobox", name="Recipient").press_sequentially("mara")
    page.get_by_role("option", name=re.compile("Mara Lind")).click()
    page.get_by_role("textbox", name="Subject").fill("From a dialog")
    page.get_by_role("textbox", name="Message", exact=True).fill("What was written")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(screen.heading(page, "From a dialog")).to_be_visible()
    expect(screen.message(page, "What was written")).to_have_count(1)
    open_dialog(page)
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("")


def test_the_dialog_offers_nobody_of_another_store(people: People, signed_in: SignIn) -> None:
    """Behaviour 45: the combobox is limited to the channels that one may start."""
    page = signed_in(people.olga)
    open_dialog(page)
    page.get_by_role("combobox", name="Recipient").press_sequentially("n")
    expect(page.get_by_role("option", name=re.compile("Mara Lind"))).to_be_visible()
    assert "Nina" not in page.locator("#recipient-list").inner_text()
    page.get_by_role("combobox", name="Recipient").fill("nina")
    expect(page.get_by_role("option")).to_have_text([re.compile("Nobody was found")])


@pytest.mark.parametrize("way", ["Escape", "Cancel", "Back"])
def test_leaving_with_text_keeps_a_draft_that_comes_back_and_can_be_cleared(
    people: People, signed_in: SignIn, way: str
) -> None:
    """Behaviour 45: leaving with text drafts it, however one leaves; the page of its own has it, too."""
    page = signed_in(people.ada)
    open_dialog(page)
    page.get_by_role("radio", name="A customer").check()
    page.get_by_role("combobox", name="Recipient").press_sequentially("nina")
    page.get_by_role("option", name=re.compile("Nina Tran")).click()
    page.get_by_role("textbox", name="Subject").fill("Half written")
    page.get_by_role("textbox", name="Message", exact=True).fill("I was about to")
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "Cancel":
        page.get_by_role("link", name="Cancel").click()
    else:
        with page.expect_event("load"):
            page.go_back()
    expect(dialog(page)).to_be_hidden()
    expect(page).to_have_url(re.compile("/admin/messages$"))
    if way != "Back":
        expect(page.locator(".toast")).to_contain_text("Kept as a draft")
        expect(page.get_by_role("button", name="New conversation").first).to_be_focused()
    page.goto("/admin/messages/new")
    expect(page.get_by_text("Draft restored")).to_be_visible()
    expect(page.get_by_role("combobox", name="Recipient")).to_have_value("Nina Tran")
    page.goto("/admin/messages")
    open_dialog(page)
    expect(page.get_by_role("radio", name="A customer")).to_be_checked()
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_have_value("I was about to")
    if way == "Cancel":
        page.get_by_role("button", name="Clear", exact=True).click()
        expect(page.get_by_role("textbox", name="Subject")).to_have_value("")
        page.goto("/admin/messages/new")
        expect(page.get_by_text("Draft restored")).to_be_hidden()
        return
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("With Nina Tran of Tea Corner")).to_be_visible()
    page.goto("/admin/messages/new")
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("")
    expect(page.get_by_text("Draft restored")).to_be_hidden()


def test_signing_out_leaves_no_text_in_the_browser(people: People, signed_in: SignIn) -> None:
    """Behaviour 45: what is kept of a new conversation goes with its person."""
    page = signed_in(people.olga, "/store/messages/new")
    page.get_by_role("textbox", name="Message", exact=True).fill("Between us")
    assert page.evaluate("Object.values(localStorage).some(text => text.includes('Between us'))")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0


def test_tab_stays_in_the_dialog_and_escape_closes_one_thing_at_a_time(people: People, signed_in: SignIn) -> None:
    """Behaviour 45: by the keyboard alone: c opens, Tab goes round, Escape leaves the options and then the dialog."""
    page = signed_in(people.olga)
    page.keyboard.press("c")
    expect(dialog(page)).to_be_visible()
    expect(page.get_by_role("combobox", name="Recipient")).to_be_focused()
    for _ in range(9):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_INSIDE)
    page.get_by_role("combobox", name="Recipient").press_sequentially("mara")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(dialog(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog(page)).to_be_hidden()
    expect(page.get_by_role("button", name="New conversation").first).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="New conversation").first).to_have_count(1)


def test_a_file_goes_to_the_form_in_which_it_was_chosen(people: People, signed_in: SignIn) -> None:
    """Behaviour 45: the composer below the dialog keeps its own files and text."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    screen.reply_box(page).fill("Below")
    shown = open_dialog(page)
    shown.get_by_label("Attach files").set_input_files(
        {"name": "note.txt", "mimeType": "text/plain", "buffer": b"A note"}
    )
    expect(shown.get_by_role("list", name="Chosen files")).to_contain_text("note.txt")
    expect(page.locator("#file-chips")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(screen.reply_box(page)).to_have_value("Below")


@pytest.mark.parametrize("name", STAFF)
def test_a_link_from_an_order_fills_everything_in_but_the_message(people: People, signed_in: SignIn, name: str) -> None:
    """Behaviour 46: Start from context: recipient and subject are in the address, nothing is typed again."""
    viewer = getattr(people, name)
    base = screen.MESSAGES[viewer.side]
    link = f"{base}/new?to=customer:{people.mara_row.id}&subject=Order%201042"
    page = signed_in(viewer, link)
    expect(page.get_by_role("combobox", name="Recipient")).to_have_value("Mara Lind")
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("Order 1042")
    page.get_by_role("textbox", name="Message", exact=True).fill("It leaves today")
    page.goto(f"{base}/new")
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_have_value("")
    page.goto(link)
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_have_value("It leaves today")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(screen.heading(page, "Order 1042")).to_be_visible()
    expect(page.get_by_text("With Mara Lind")).to_be_visible()


@pytest.mark.parametrize("place", ["page", "dialog"])
def test_errors_are_summed_up_by_the_fields_and_in_the_title(
    people: People, signed_in: SignIn, watch: Watch, place: str
) -> None:
    """Behaviour 60: Errors inline and in a summary: focused, two links, the same words by the fields, in the title."""
    watch.allow(422)
    page = signed_in(people.olga, "/store/messages/new" if place == "page" else None)
    if place == "dialog":
        open_dialog(page)
    page.get_by_role("textbox", name="Subject").fill("A subject that stays")
    page.get_by_role("button", name="Send", exact=True).click()
    summary = page.get_by_role("alert").filter(has_text="There is a problem")
    expect(summary).to_be_focused()
    words = ["Select who to write to", "Enter a message"]
    expect(summary.get_by_role("link")).to_have_text(words)
    expect(page).to_have_title(re.compile("^Error: "))
    for field, said in zip(("Recipient", "Message"), words, strict=True):
        box = page.get_by_role("combobox" if field == "Recipient" else "textbox", name=field, exact=True)
        expect(box).to_have_attribute("aria-invalid", "true")
        expect(box).to_have_accessible_description(re.compile(said))
    assert violations(page) == []
    summary.get_by_role("link", name="Enter a message").click()
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_be_focused()
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("A subject that stays")


@pytest.mark.parametrize("name", STAFF)
def test_the_dialog_breaks_no_rule_at_any_width(people: People, signed_in: SignIn, name: str) -> None:
    viewer = getattr(people, name)
    page = signed_in(viewer, screen.page_of(viewer, start(viewer, people.mara_row, "Late parcel")))
    page.emulate_media(reduced_motion="reduce")
    open_dialog(page)
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 700})
        assert violations(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
        box = page.get_by_role("button", name="Send", exact=True).bounding_box()
        assert box
        assert box["y"] + box["height"] <= 700

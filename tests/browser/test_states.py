"""The states of a page that come up while it is used, against the rules of axe, at three widths, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn, Watch
from tests.browser.test_accessibility import EVERY_LOOK, Looks, violations
from tests.browser.test_keyboard_and_phone import SMALL, WIDER
from tests.factories import attach, close, send, start
from tests.people import People

pytestmark = pytest.mark.browser

SENDS = re.compile(r"/messages/\d+/messages$")
DRAG = """() => { const dataTransfer = new DataTransfer(); dataTransfer.items.add(new File(["x"], "x.txt"));
  document.getElementById("thread").dispatchEvent(new DragEvent("dragenter", { bubbles: true, dataTransfer })); }"""


def broken(page: Page, looks: list[tuple[int, str]]) -> dict[str, list[str]]:
    """What is wrong with the page as it stands, by width and scheme."""
    found = {}
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        problems = violations(page) + [f"too small: {one}" for one in page.evaluate(SMALL)]
        problems += ["it scrolls sideways"] * (page.evaluate(WIDER) > 0)
        if problems:
            found[f"{width} {scheme}"] = problems
    return found


def display_menu(page: Page) -> None:
    page.get_by_role("button", name="Display").click()
    expect(page.get_by_role("radio", name="Dark")).to_be_visible()


def thread_menu(page: Page) -> None:
    screen.open_menu(page)
    expect(page.get_by_role("button", name="Mark unread")).to_be_visible()


def list_of_keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def toasts(page: Page) -> None:
    for kind in ("done", "error"):
        page.evaluate("kind => document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'Said', kind}}))", kind)
    expect(page.locator(".toast")).to_have_count(2)


def closed_with_undo(page: Page) -> None:
    page.get_by_role("button", name="Close conversation").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.locator(".toast").hover()


def image_seen_large(page: Page) -> None:
    page.get_by_role("img", name=re.compile("^one.png from ")).click()
    expect(page.get_by_role("dialog", name="Image")).to_be_visible()


def reply_on_its_way(page: Page) -> None:
    page.route(SENDS, lambda _route: None)
    screen.reply_with(page, "On its way")
    expect(page.locator(".pending")).to_contain_text("Sending…")


def reply_not_sent(page: Page) -> None:
    page.route(SENDS, lambda route: route.abort())
    screen.reply_with(page, "Lost on its way")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def empty_reply(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#reply-error").get_by_role("alert")).to_be_visible()


def too_many_replies(page: Page) -> None:
    box = '<div class="refusal" role="alert"><p>You are sending messages too fast. Try again in 900 seconds.</p></div>'
    page.route(SENDS, lambda route: route.fulfill(status=429, headers={"Retry-After": "900"}, body=box))
    screen.reply_with(page, "Too fast")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()


def refused_file(page: Page) -> None:
    page.get_by_label("Attach files").set_input_files(
        [
            {"name": "program.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
            {"name": f"{'note' * 30}.txt", "mimeType": "text/plain", "buffer": b"A note"},
        ]
    )
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#reply-error").get_by_role("alert")).to_contain_text("cannot be sent")


def files_over_the_thread(page: Page) -> None:
    page.evaluate(DRAG)
    expect(page.locator(".dropping")).to_have_count(1)


def restored_draft(page: Page) -> None:
    with page.expect_response("**/draft"):
        screen.reply_box(page).fill("Half written")
    page.reload()
    expect(page.get_by_text("Draft restored")).to_be_visible()


def no_stream(page: Page) -> None:
    page.evaluate("document.getElementById('live-state').hidden = false")


def nothing_found(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 844})
    page.get_by_role("searchbox").fill("nothing holds this")
    expect(page.get_by_role("heading", name="No conversations match")).to_be_visible()


def list_that_changed(page: Page) -> None:
    page.evaluate("""() => { document.getElementById("rows").focus();
      document.body.dispatchEvent(new CustomEvent("live:list", { bubbles: true })); }""")
    expect(page.get_by_role("button", name=re.compile("updated, show"))).to_be_visible()


def options_of_a_new_conversation(page: Page) -> None:
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("combobox", name="Recipient").press_sequentially("a")
    expect(page.get_by_role("option").first).to_be_visible()


def errors_of_a_new_conversation(page: Page) -> None:
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()


OF_ALL: list[Callable[[Page], None]] = [display_menu, thread_menu, toasts, image_seen_large, reply_not_sent]
OF_A_STORE: list[Callable[[Page], None]] = [
    *(list_of_keys, closed_with_undo, reply_on_its_way, empty_reply, too_many_replies, refused_file),
    *(files_over_the_thread, restored_draft, no_stream, nothing_found, list_that_changed),
    *(options_of_a_new_conversation, errors_of_a_new_conversation),
]
STATES = [("mara", state) for state in OF_ALL] + [("olga", state) for state in [*OF_ALL, *OF_A_STORE]]
STATES += [("ada", state) for state in (options_of_a_new_conversation, errors_of_a_new_conversation, closed_with_undo)]
SOME = [one if one[0] == "mara" else pytest.param(*one, marks=pytest.mark.slow) for one in STATES]
"""A customer's at once; the others in the slow half."""


@EVERY_LOOK
@pytest.mark.parametrize(("name", "state"), SOME, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_no_state_of_a_thread_breaks_a_rule(
    people: People,
    signed_in: SignIn,
    watch: Watch,
    name: str,
    state: Callable[[Page], None],
    looks: Looks,
) -> None:
    watch.allow(404, 422, 429)
    watch.allow_lost_requests()
    viewer = getattr(people, name)
    author = people.ada if name == "ada" else people.olga
    talk = start(author, people.mara_row, "Late parcel")
    attach(people.mara, talk, "one.png")
    page = signed_in(viewer, screen.page_of(viewer, talk))
    state(page)
    assert broken(page, looks(f"{name} {state.__name__}")) == {}


@EVERY_LOOK
@pytest.mark.parametrize("name", EACH_PORTAL)
def test_a_closed_thread_and_one_with_new_messages_break_no_rule(
    people: People, signed_in: SignIn, name: str, looks: Looks
) -> None:
    viewer = getattr(people, name)
    author = people.ada if name == "ada" else people.olga
    talk = start(author, people.mara_row, "Late parcel")
    for number in range(3):
        send(author if name == "mara" else people.mara, talk, f"New {number}")
    page = signed_in(viewer, screen.page_of(viewer, talk))
    assert broken(page, looks(name)) == {}
    close(author, talk)
    page.reload()
    assert broken(page, looks(f"{name}, closed")) == {}


FORMS = [
    ("nobody", "/admin/login", "Sign in"),
    ("ada", "/admin/access", "Create token"),
    ("ada", "/admin/access/password", "Change password"),
    ("ada", "/admin/team", "Send invitation"),
    ("olga", "/store/team", "Send invitation"),
    ("mara", "/storefront/account/email-preferences", "Save"),
]


@EVERY_LOOK
@pytest.mark.parametrize(("name", "path", "button"), FORMS)
def test_a_form_that_was_sent_as_it_stands_breaks_no_rule(
    people: People,
    signed_in: SignIn,
    context: BrowserContext,
    watch: Watch,
    name: str,
    path: str,
    button: str,
    looks: Looks,
) -> None:
    """What comes after a form's button: its errors, or what it did."""
    watch.allow(400, 401, 422)
    page = context.new_page() if name == "nobody" else signed_in(getattr(people, name), path)
    page.goto(path)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator("[role=alert], [role=status] p").first).to_be_visible()
    assert broken(page, looks(f"{path}, sent")) == {}

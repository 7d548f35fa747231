"""How it looks to whom: themes, density, colours of the system, less motion, right to left, large text."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn, Watch
from tests.browser.test_accessibility import violations
from tests.factories import keep_draft, send, start
from tests.people import People
from webapp.accounts.colours import contrast

pytestmark = pytest.mark.browser

BACKGROUND = "getComputedStyle(document.body.querySelector('.top')).backgroundColor"
PAIRS = [
    ("text", "bg", 4.5), ("text", "surface", 4.5), ("text", "bubble-in", 4.5), ("text", "bubble-out", 4.5),
    ("text-2", "bg", 4.5), ("text-2", "surface-2", 4.5), ("text-2", "accent-soft", 4.5),
    ("text-3", "bg", 4.5), ("text-3", "surface", 4.5), ("text-3", "surface-2", 4.5), ("text-3", "accent-soft", 4.5),
    ("accent", "bg", 4.5), ("accent", "bubble-in", 4.5), ("accent", "bubble-out", 4.5), ("on-accent", "accent", 4.5),
    ("danger", "bg", 4.5), ("ok", "bg", 4.5), ("warn", "bg", 4.5),
    ("ch-as", "ch-as-bg", 4.5), ("ch-sc", "ch-sc-bg", 4.5), ("ch-ac", "ch-ac-bg", 4.5),
    ("border-strong", "bg", 3), ("border-strong", "surface", 3),
]  # fmt: skip
TOKEN = """name => { const probe = document.createElement("i"); probe.style.color = `var(--${name})`;
  document.body.append(probe); const found = getComputedStyle(probe).color; probe.remove(); return found; }"""


def as_hex(colour: str) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_tokens_can_be_read(context: BrowserContext, scheme: str) -> None:
    page = context.new_page()
    page.goto("/")
    page.emulate_media(color_scheme=scheme)
    names = {name for pair in PAIRS for name in pair[:2]}
    tokens = {name: as_hex(page.evaluate(TOKEN, name)) for name in names}
    poor = {
        f"{a} on {b}": contrast(tokens[a], tokens[b]) for a, b, need in PAIRS if contrast(tokens[a], tokens[b]) < need
    }
    assert poor == {}


def test_a_theme_and_a_density_hold_on_every_page_and_after_a_reload(people: People, signed_in: SignIn) -> None:
    """Behaviour 68: Dark mode by hand, stored; density with it."""
    start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga)
    assert page.evaluate(BACKGROUND) == "rgb(255, 255, 255)"
    comfortable = screen.row(page, "Late parcel").bounding_box()
    page.get_by_role("button", name="Display").click()
    for kind, name in (("radio", "Dark"), ("radio", "Compact")):
        with page.expect_response("**/store/appearance"):
            page.get_by_role(kind, name=name).check()
    assert page.evaluate(BACKGROUND) == "rgb(20, 23, 27)"
    page.goto("/store")
    assert page.evaluate(BACKGROUND) == "rgb(20, 23, 27)"
    page.goto("/store/messages")
    compact = screen.row(page, "Late parcel").bounding_box()
    assert comfortable
    assert compact
    assert compact["height"] < comfortable["height"] * 0.8


def test_a_pale_colour_is_refused_and_a_good_one_is_the_storefronts(
    people: People, signed_in: SignIn, watch: Watch, new_context: Callable[..., BrowserContext]
) -> None:
    watch.allow(422)
    page = signed_in(people.olga, "/store/look")
    for colour in ("#ffd400", "#0b5f6b"):
        page.get_by_role("textbox", name="Colour of your storefront").fill(colour)
        page.get_by_role("button", name="Save colour").click()
        expect(page.get_by_text("contrast of 1.4" if colour == "#ffd400" else "Colour saved").first).to_be_visible()
        assert violations(page) == []
    customer = screen.sign_in(new_context().new_page(), people.mara)
    for scheme in ("light", "dark"):
        customer.emulate_media(color_scheme=scheme)
        assert violations(customer) == []
    customer.emulate_media(color_scheme="light")
    assert as_hex(customer.evaluate(TOKEN, "accent")) == "#0b5f6b"


def test_colours_of_the_system_keep_edges_and_less_motion_moves_nothing(people: People, signed_in: SignIn) -> None:
    """Behaviours 68 and 69: forced colours show borders; reduced motion runs no animation."""
    start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    for selector in (".tag", ".avatar", ".btn"):
        assert page.locator(selector).first.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    screen.row(page, "Late parcel").click()
    expect(screen.heading(page, "Late parcel")).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.locator("#log").evaluate("e => getComputedStyle(e).scrollBehavior") == "auto"


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_right_to_left_mirrors_the_panels_and_nothing_scrolls_sideways(
    people: People, signed_in: SignIn, name: str
) -> None:
    """Behaviours 70 and 71: RTL, and 320 px without a horizontal scroll bar."""
    author = people.ada if name == "ada" else people.olga
    talk = start(author, people.mara_row, "طلب رقم 2088", "مرحبا")
    if name != "ada":
        send(people.mara, talk, "شكراً")
    page: Page = signed_in(getattr(people, name), screen.page_of(getattr(people, name), talk))
    page.evaluate("document.documentElement.dir = 'rtl'")
    left, right = page.locator("#thread").bounding_box(), page.locator(".list").bounding_box()
    assert left
    assert right
    assert right["x"] > left["x"]
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
    expect(page.locator(".snip").first).to_have_attribute("dir", "auto")
    if name != "mara":
        assert page.locator("#body").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16


def test_compact_rows_still_say_that_there_is_a_draft(people: People, signed_in: SignIn) -> None:
    """Behaviour 26: Draft visible in list."""
    draft, plain = (start(people.olga, people.mara_row, subject) for subject in ("Late parcel", "A refund"))
    keep_draft(people.olga, draft, "Hello Mara")
    page = signed_in(people.olga)
    page.evaluate("document.documentElement.dataset.density = 'compact'")
    expect(page.locator(f"#row-{draft.id}").get_by_text("Draft:")).to_be_visible()
    expect(page.locator(f"#row-{plain.id} .snip")).to_be_hidden()

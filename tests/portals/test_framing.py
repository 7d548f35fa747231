"""Frames: what is filled into a remembered one reads as if it was rendered for this conversation and this viewer."""

from __future__ import annotations

import re
from itertools import product

import pytest

from tests.factories import close, keep_draft, make_customer, read, send, start
from tests.portals.fixtures import portal_of_viewer
from webapp.portals import framing

ODD = """<b>"Tom" & 'Ann'</b> {{ 7 }}"""
THREAD = re.compile('<section class="thread".*?</section>', re.DOTALL)
NEW_EACH_TIME = re.compile(r'(name="(?:csrf_token|client_key)" value=")[^"]+')


@pytest.fixture
def rendered(app, monkeypatch):
    """Return a page's thread as it is shown, and as it would be without frames."""

    def both(browser, address):
        shown = browser.get(address).text
        with monkeypatch.context() as patch:
            patch.setitem(app.jinja_env.globals, "framed", framing.as_it_is)
            plain = browser.get(address).text
        return [NEW_EACH_TIME.sub(r"\1", THREAD.search(page)[0]) for page in (shown, plain)]

    return both


@pytest.mark.parametrize(("draft", "closed"), [*product(["", ODD], [False, True])])
def test_a_filled_frame_is_what_would_be_rendered(sign_in, people, rendered, draft, closed):
    customer = make_customer(people.harbor, ODD)
    for viewer, to in ((people.olga, customer), (people.ada, people.harbor), (people.ada, people.mara_row)):
        talk = start(viewer, to, ODD)
        for number in range(2):
            send(people.mara if to is people.mara_row else people.sam, talk, f"New {number}")
        if draft:
            keep_draft(viewer, talk, draft)
        if closed:
            close(viewer, talk)
        address = f"{portal_of_viewer(viewer).messages}/{talk.id}"
        for query in ("", "?latest=1", "?before=2&status=all", f"?q={ODD[:3]}"):
            shown, plain = rendered(sign_in(viewer), address + query)
            assert shown == plain
            assert not re.search(r"\d{18}", shown)


def test_each_viewer_has_their_own_names_tokens_and_addresses(sign_in, people, rendered):
    talks = [start(people.olga, people.mara_row), start(people.tom, people.nina_row)]
    for talk, viewers in zip(talks, ((people.olga, people.sam, people.mara), (people.tom, people.nina)), strict=True):
        read(people.mara if talk is talks[0] else people.nina, talk)
        for viewer in viewers:
            browser, address = sign_in(viewer), f"{portal_of_viewer(viewer).messages}/{talk.id}"
            shown, plain = rendered(browser, address)
            assert shown == plain
            token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get(address).text)
            assert len(set(token)) == 1
            assert len(token) > 4


def test_a_refused_reply_is_not_taken_from_a_frame(sign_in, people, rendered):
    talk = start(people.olga, people.mara_row)
    browser = sign_in(people.olga)
    page = browser.get(f"/store/messages/{talk.id}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    form = {"csrf_token": token, "body": "x" * 12001, "client_key": "kept-key", "acting_store": people.harbor.code}
    answer = browser.post(f"/store/messages/{talk.id}/messages", data=form)

    assert answer.status_code == 422
    assert "x" * 12001 in answer.text
    assert 'value="kept-key"' in answer.text
    assert 'class="refusal"' in answer.text

"""The search box of every portal and of the API: rows with marked snippets that lead to the message found."""

from __future__ import annotations

import pytest

from tests.api.conftest import token_of
from tests.api.program import Program
from tests.factories import send, start
from tests.portals.fixtures import inbox_of


@pytest.fixture
def talks(people):
    """A conversation of a customer and one of the platform, each with a zebra in its second message."""
    found = [
        start(people.olga, people.mara_row, "Stripes & <b>spots</b>"),
        start(people.ada, people.mara_row, "Stripes from above"),
    ]
    for one in found:
        send(people.mara, one, "A <i>Zébra</i> & a foal")
    return found


@pytest.mark.parametrize(("who", "which"), [("olga", 0), ("ada", 1), ("mara", 0)])
def test_a_row_shows_what_was_found_and_leads_to_it(sign_in, people, talks, who, which):
    viewer = getattr(people, who)
    page = sign_in(viewer).get(f"{inbox_of(viewer)}?q=zebra+strip&status=all").text
    assert "No conversations match" in page

    page = sign_in(viewer).get(f"{inbox_of(viewer)}?q=zebra").text
    assert "A &lt;i&gt;<mark>Zébra</mark>&lt;/i&gt; &amp; a foal" in page
    assert f'{talks[which].id}?q=zebra&amp;m=2"' in page
    page = sign_in(viewer).get(f"{inbox_of(viewer)}?q=stripes").text
    assert "<mark>Stripes</mark>" in page


def test_a_subject_is_escaped_where_it_is_marked(sign_in, people, talks):
    page = sign_in(people.olga).get("/store/messages?q=spots").text

    assert "Stripes &amp; &lt;b&gt;<mark>spots</mark>&lt;/b&gt;" in page


@pytest.mark.parametrize(("who", "which"), [("olga", [0]), ("ada", [1]), ("mara", [1, 0])])
def test_programs_get_the_place_of_what_was_found(app, people, talks, who, which):
    viewer = getattr(people, who)
    answer = Program(app, viewer, token_of(viewer)).read("?q=zebra")

    assert [one["id"] for one in answer["conversations"]] == [talks[place].id for place in which]
    assert answer["matches"] == [
        {"conversation_id": talks[place].id, "seq": 2, "text": "A <i>Zébra</i> & a foal", "highlights": [[5, 10]]}
        for place in which
    ]
    assert Program(app, viewer, token_of(viewer)).read("")["matches"] == []

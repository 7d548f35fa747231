"""GET a file and its preview: for who may see the conversation, in parts too, and for nobody else."""

from __future__ import annotations

import uuid

import pytest

from tests.api.program import as_missing
from tests.factories import a_photo, attach, start
from tests.guards.routes import A_UUID


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row)


@pytest.fixture
def photo(people, conversation):
    return attach(people.mara, conversation, "Größe 1.png")


def test_the_paths_of_a_message_lead_to_the_file(people, program, conversation, photo):
    olga = program(people.olga)
    (file,) = olga.read(f"/{conversation.id}")["messages"][-1]["attachments"]

    whole, preview = olga.get(file["download_url"]), olga.get(file["preview_url"] + "?size=thumbnail")

    assert (whole.mimetype, len(whole.data)) == ("image/png", file["size_bytes"])
    assert "filename*=UTF-8''Gr%C3%B6%C3%9Fe%201.png" in whole.headers["Content-Disposition"]
    assert whole.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (preview.status_code, preview.mimetype) == (200, "image/webp")


def test_a_part_and_an_absurd_part(people, program, conversation, photo):
    path, olga = f"/{conversation.id}/attachments/{photo}", program(people.olga)

    part = olga.get(path, headers={"Range": "bytes=0-7"})
    absurd = olga.get(path, headers={"Range": "bytes=99999999-"})

    assert (part.status_code, part.data) == (206, a_photo()[:8])
    assert (absurd.status_code, absurd.headers["Content-Range"][:8]) == (416, "bytes */")


def test_what_is_no_image_has_no_preview(people, program, conversation):
    text = attach(people.mara, conversation, "a.txt", b"text")
    mara = program(people.mara)

    assert mara.read(f"/{conversation.id}")["messages"][-1]["attachments"][0]["preview_url"] is None
    assert mara.get(f"/{conversation.id}/attachments/{text}/preview").status_code == 404


@pytest.mark.parametrize("who", ["tom", "luis", "nina", "ada", "wim_at_tea"])
@pytest.mark.parametrize("tail", ["", "/preview"])
def test_a_stranger_gets_the_bytes_of_a_missing_one(people, program, conversation, photo, who, tail):
    asking = program(getattr(people, who))

    foreign = asking.get(f"/{conversation.id}/attachments/{photo}{tail}")
    missing = asking.get(f"/987654321/attachments/{photo}{tail}")

    assert foreign.status_code == 404
    assert as_missing(foreign, missing, conversation.id)


def test_a_file_is_of_its_conversation(people, program, conversation, photo):
    other = start(people.olga, people.mara_row)

    assert program(people.olga).get(f"/{other.id}/attachments/{photo}").status_code == 404
    assert program(people.olga).get(f"/{conversation.id}/attachments/{uuid.uuid4()}").status_code == 404
    assert program(people.olga).get(f"/{conversation.id}/attachments/{A_UUID}/preview").status_code == 404

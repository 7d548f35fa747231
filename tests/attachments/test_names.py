"""Names of files: one line in any script, never a path, never anything that cannot be seen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.attachments.content_disposition import content_disposition
from webapp.attachments.kinds import KINDS, Kind, kind_of
from webapp.attachments.names import display_name


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("photo.jpg", "photo.jpg"),
        ("C:\\Users\\mara\\photo.jpg", "photo.jpg"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("/", "file"),
        ("", "file"),
        (" . .. ", "file"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("in\u2028voice\u0085.pdf", "in voice .pdf"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("a\u200bb\ufeff\u00ad.pdf", "ab.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("مرحبا.pdf", "مرحبا.pdf"),
        ("見積書 (1).pdf", "見積書 (1).pdf"),
        ("👍.png", "👍.png"),
        ("\ud800.pdf", "pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x." + "y" * 300, "x." + "y" * 118),
        ("photo.jpg.", "photo.jpg"),
    ],
)
def test_a_name_is_shown_as(raw, shown):
    assert display_name(raw) == shown


@given(st.text(st.characters(codec=None), max_size=300))
def test_any_name_becomes_one_that_can_be_shown(raw):
    name = display_name(raw)

    assert 1 <= len(name) <= 120
    assert display_name(name) == name
    assert name == unicodedata.normalize("NFC", name)
    assert not {unicodedata.category(one) for one in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert "/" not in name
    assert "\\" not in name
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()


def test_a_download_has_its_name_in_two_ways():
    assert content_disposition("a.pdf") == "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"
    assert content_disposition('Größe";.pdf') == (
        "attachment; filename=\"Groe.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%22%3B.pdf"
    )
    assert content_disposition("見積書.pdf").startswith('attachment; filename="file.pdf"; ')


def test_an_extension_decides_the_kind_whatever_its_case():
    assert kind_of("a.JPG", old_office=False) is KINDS["jpg"]
    assert isinstance(kind_of("a.doc", old_office=True), Kind)
    assert not isinstance(kind_of("a.doc", old_office=False), Kind)
    assert all(len(kind.extension) <= 8 and kind.label and "/" in kind.mime_type for kind in KINDS.values())

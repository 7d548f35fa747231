"""Inspection: metadata goes and pixels stay, and what breaks a child breaks nothing else."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from tests.attachments import packages, pictures
from tests.attachments.samples import ACCEPT, SAMPLES
from webapp.attachments.errors import Refusal
from webapp.attachments.inspection import Accepted, Candidate, child, inspect, process
from webapp.attachments.kinds import KINDS, Kind, kind_of
from webapp.attachments.names import display_name


def decide(folder, name, content):
    """Return what becomes of a file, from its name to the verdict of the inspection."""
    if not content:
        return Refusal("empty_file", "")
    kind = kind_of(display_name(name), old_office=True)
    if isinstance(kind, Refusal):
        return kind
    path = folder / "upload"
    path.write_bytes(content)
    (verdict,) = inspect([Candidate(path, kind)])
    return verdict


def code_of(verdict):
    return ACCEPT if isinstance(verdict, Accepted) else verdict.code


def test_there_are_enough_samples():
    assert len([sample for sample in SAMPLES if sample.decision != ACCEPT]) >= 60
    assert {sample.decision for sample in SAMPLES} >= {"macros", "damaged", "unsafe_archive", "too_many_frames"}


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.gif", "a.webp"])
@pytest.mark.parametrize("tail", [b"", b"PK\x03\x04<script>alert(1)</script>"])
def test_metadata_and_tail_are_gone_and_every_pixel_is_the_same(tmp_path, name, tail):
    make = {"jpg": pictures.jpeg, "png": pictures.png, "gif": pictures.gif, "webp": pictures.webp}
    original = make[name.rpartition(".")[2]]() + tail
    assert pictures.SECRET in original

    verdict = decide(tmp_path, name, original)

    kept = verdict.path.read_bytes()
    assert pictures.SECRET not in kept
    assert b"<script>" not in kept
    assert pixels(kept) == pixels(original)
    with Image.open(BytesIO(kept)) as image:
        assert not set(image.getexif()) - {0x0112}
    assert verdict.size_bytes == len(kept)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_the_orientation_stays(tmp_path, name, orientation):
    make = {"a.jpg": pictures.jpeg, "a.png": pictures.png, "a.webp": pictures.webp}[name]
    original = make(orientation)

    verdict = decide(tmp_path, name, original)

    with Image.open(verdict.path) as kept, Image.open(BytesIO(original)) as image:
        assert dict(kept.getexif()) == {0x0112: orientation}
        assert ImageOps.exif_transpose(kept).tobytes() == ImageOps.exif_transpose(image).tobytes()
        assert ImageOps.exif_transpose(kept).size == (verdict.width, verdict.height)


def test_a_colour_profile_stays(tmp_path):
    verdict = decide(tmp_path, "a.jpg", pictures.jpeg())

    with Image.open(verdict.path) as kept:
        assert kept.info["icc_profile"] == b"P" * 300


def test_an_animation_stays_one(tmp_path):
    verdict = decide(tmp_path, "a.gif", pictures.gif(5))

    with Image.open(verdict.path) as kept:
        assert (kept.n_frames, kept.info["loop"]) == (5, 0)


def test_active_content_is_flagged_however_it_is_written(tmp_path):
    plain = b"%PDF-1.4\n<</S/JavaScript>>"
    for content, active in (
        (plain, True),
        (b"%PDF-1.4\n<</S/Java#53cript>>", True),
        (
            b"%PDF-1.5\n<</Type/ObjStm/Filter/FlateDecode>>stream\r\n" + __import__("zlib").compress(b"<</Launch 1>>"),
            True,
        ),
        (b"%PDF-1.4\n<</Type/Catalog/JScript 1/Javascripts 2>>", False),
    ):
        assert decide(tmp_path, "a.pdf", content).has_active_content is active, content


def test_the_photo_of_a_camera_loses_its_position(tmp_path, shared_data):
    original = (shared_data / "files" / "photo-with-gps.jpg").read_bytes()
    with Image.open(BytesIO(original)) as image:
        assert image.getexif().get_ifd(0x8825)

    verdict = decide(tmp_path, "photo.jpg", original)

    with Image.open(verdict.path) as kept:
        assert not kept.getexif().get_ifd(0x8825)
        assert not set(kept.getexif()) - {0x0112}
    assert pixels(verdict.path.read_bytes()) == pixels(original)


@pytest.mark.parametrize("name", ["word-document.pdf", "letter.docx"])
def test_documents_of_real_programs_are_accepted_as_they_are(tmp_path, shared_data, name):
    original = (shared_data / "files" / name).read_bytes()

    assert decide(tmp_path, name, original).path.read_bytes() == original


@settings(max_examples=150)
@given(st.data())
def test_no_mutation_of_a_good_file_breaks_the_inspection(data):
    """In this process: whatever the bytes are, there is a verdict and no exception."""
    makers = {"jpg": pictures.jpeg, "png": pictures.png, "gif": pictures.gif, "webp": pictures.webp,
              "zip": lambda: packages.zipped({"a.txt": b"text"}), "docx": lambda: packages.ooxml("docx"),
              "odt": packages.odf, "doc": lambda: packages.compound("WordDocument")}  # fmt: skip
    extension = data.draw(st.sampled_from(sorted(makers)))
    content = bytearray(makers[extension]())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(1, len(content))) :]
    path = FOLDER / f"mutated.{extension}"
    path.write_bytes(content)

    assert child.verdict(path, extension).keys() & {"code", "sha256"}


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory):
    global FOLDER  # noqa: PLW0603
    FOLDER = tmp_path_factory.mktemp("mutated")


def test_a_file_that_kills_its_child_is_refused_and_the_others_are_not(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "BOOTSTRAP", KILLED_BY.format(marker="kill me", then="os.kill(os.getpid(), 9)"))

    assert [code_of(one) for one in three_files(tmp_path, b"kill me")] == [ACCEPT, "damaged", ACCEPT]


def test_a_file_that_never_ends_is_refused_and_the_others_are_not(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "SECONDS", 1)
    monkeypatch.setattr(process, "SECONDS_PER_FILE", 0)
    monkeypatch.setattr(process, "BOOTSTRAP", KILLED_BY.format(marker="wait", then="time.sleep(60)"))

    assert [code_of(one) for one in three_files(tmp_path, b"wait")] == [ACCEPT, "took_too_long", ACCEPT]


def test_a_file_that_wants_all_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "BOOTSTRAP", KILLED_BY.format(marker="fill", then="bytearray(2_000_000_000)"))

    assert [code_of(one) for one in three_files(tmp_path, b"fill")] == [ACCEPT, "damaged", ACCEPT]


KILLED_BY = process.BOOTSTRAP.replace(
    "child.main()",
    """
import os, time
from webapp.attachments.inspection import texts
usual = texts.inspect
def inspect(content, kind, path):
    if content[:] == b"{marker}": {then}
    return usual(content, kind, path)
texts.inspect = inspect
child.main()
""",
)


def three_files(folder, second):
    for number, content in enumerate((b"one", second, b"three")):
        (folder / str(number)).write_bytes(content)
    return inspect([Candidate(folder / str(number), KINDS["txt"]) for number in range(3)])


def test_the_child_does_not_import_the_application(tmp_path, monkeypatch):
    then = "kind.nothing if not {'flask', 'sqlalchemy', 'PIL'} & set(__import__('sys').modules) else None"
    monkeypatch.setattr(process, "BOOTSTRAP", KILLED_BY.format(marker="look", then=then))

    assert len(three_files(tmp_path, b"look")) == 3
    assert isinstance(three_files(tmp_path, b"look")[0], Accepted)


def pixels(content: bytes) -> bytes:
    with Image.open(BytesIO(content)) as image:
        return image.convert("RGBA").tobytes()


def test_kinds_have_what_they_need():
    assert all(isinstance(kind, Kind) and kind.label and "/" in kind.mime_type for kind in KINDS.values())

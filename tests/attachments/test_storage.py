"""The storage: a folder and a bucket do the same, and fail in words of ours."""

from __future__ import annotations

import errno
import os
from datetime import timedelta

import httpx
import pytest

from tests.attachments import buckets
from webapp.attachments import storage
from webapp.attachments.errors import FileMissing, StorageFull, StorageUnavailable
from webapp.attachments.storage import LocalStorage, open_storage
from webapp.database import now

PATH = "uploads/messages/2026/11/7/a.pdf"


@pytest.fixture(params=["folder", "bucket"])
def kept(request, tmp_path, monkeypatch):
    """A storage of each kind."""
    if request.param == "folder":
        yield open_storage(f"file:{tmp_path / 'files'}", tmp_path)
        return
    with buckets.bucket(monkeypatch):
        yield open_storage(buckets.URL, tmp_path)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"0123456789" * 100_000)
    return path


def test_a_file_is_put_found_read_listed_and_deleted(kept, source):
    kept.put(source, PATH, {"Content-Type": "application/pdf"})

    assert not source.exists(), "it was moved"
    found = kept.find(PATH)
    assert (found.path, found.size_bytes) == (PATH, 1_000_000)
    assert abs(found.modified_at - now()) < timedelta(minutes=5)
    assert b"".join(kept.read(PATH, 0, 1_000_000)) == b"0123456789" * 100_000
    assert b"".join(kept.read(PATH, 3, 4)) == b"3456"
    assert [one.path for one in kept.list("uploads/messages")] == [PATH]
    assert list(kept.list("previews")) == []
    kept.delete(PATH)
    kept.delete(PATH)
    assert list(kept.list("uploads/messages")) == []


def test_what_is_not_there_is_missing(kept):
    for ask in (lambda: kept.read(PATH, 0, 5), lambda: kept.find(PATH)):
        with pytest.raises(FileMissing):
            ask()
    kept.check()


def test_a_folder_has_no_links(tmp_path):
    assert open_storage(f"file:{tmp_path}", tmp_path).link(PATH, 60) is None


def test_a_link_of_a_bucket_ends_and_has_the_headers_of_the_file(source, tmp_path, monkeypatch):
    with buckets.bucket(monkeypatch):
        kept = open_storage(buckets.URL, tmp_path)
        kept.put(
            source, PATH, {"Content-Type": "application/pdf", "Content-Disposition": 'attachment; filename="a.pdf"'}
        )
        link = kept.link(PATH, 60)

        assert "X-Amz-Expires=60" in link
        answer = httpx.get(link)
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="a.pdf"'
        assert len(answer.content) == 1_000_000


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path, source, monkeypatch):
    done = []
    sync, replace = os.fsync, type(source).replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: done.append("sync") or sync(descriptor))
    monkeypatch.setattr(type(source), "replace", lambda self, target: done.append("name") or replace(self, target))

    LocalStorage(tmp_path / "files").put(source, PATH, {})

    assert done[:2] == ["sync", "name"]
    assert done.count("sync") >= 6, "the new folders too"


def test_no_path_leads_out_of_the_root(tmp_path):
    (tmp_path / "secret").write_text("secret")
    kept = open_storage(f"file:{tmp_path / 'files'}", tmp_path)

    for path in ("../secret", "uploads/../../secret", str(tmp_path / "secret")):
        with pytest.raises((FileMissing, StorageUnavailable, ValueError)):
            kept.read(path, 0, 5)


@pytest.mark.parametrize(
    ("number", "raised"),
    [
        (errno.ENOSPC, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.EROFS, StorageUnavailable),
        (errno.EIO, StorageUnavailable),
    ],
)
def test_what_a_disk_says_is_told_in_two_ways(number, raised):
    with pytest.raises(raised), storage.failing_as_attachment_errors():
        raise OSError(number, os.strerror(number))


def test_a_bucket_that_is_gone_is_unavailable(tmp_path, source, monkeypatch):
    with buckets.bucket(monkeypatch):
        kept = open_storage(buckets.URL, tmp_path)
    for ask in (kept.check, lambda: kept.put(source, PATH, {}), lambda: kept.read(PATH, 0, 5)):
        with pytest.raises(StorageUnavailable):
            ask()
    assert source.exists()

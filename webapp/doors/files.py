"""Serving files and previews: after the access check of the caller, with headers that let nothing run."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from webapp.attachments import storage
from webapp.attachments.content_disposition import content_disposition
from webapp.attachments.errors import FileMissing
from webapp.attachments.paths import LARGE, THUMBNAIL
from webapp.attachments.service import MessageAttachmentService
from webapp.database import end_reading
from webapp.messaging.queries import AttachmentFile

LINK_SECONDS = 60
"""How long a redirected download can be begun."""

CONTENT_SECURITY_POLICY = "default-src 'none'; sandbox"
_SERVED_AS_TEXT = {"txt", "csv"}


def download(file: AttachmentFile) -> Response:
    """Answer with the whole file, or the part that is asked for; a bucket's file by a redirect to a signed address."""
    end_reading()
    if link := storage.current().link(file.storage_path, LINK_SECONDS):
        return _guarded(_redirect(link))
    mime_type = "text/plain; charset=utf-8" if file.extension in _SERVED_AS_TEXT else file.mime_type
    part = _asked_part(file)
    start, length = part
    response = Response(storage.current().read(file.storage_path, start, length), mimetype=None, content_type=mime_type)
    response.content_length = length
    if length < file.size_bytes:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{file.size_bytes}"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = content_disposition(file.filename)
    response.set_etag(file.sha256)
    return _guarded(response)


def preview(file: AttachmentFile) -> Response:
    """Answer with a re-encoded image: ``?size=thumbnail`` small, else large; FileMissing when the file is no image."""
    end_reading()
    if not file.is_image:
        raise FileMissing
    side = THUMBNAIL if request.args.get("size") == "thumbnail" else LARGE
    made = MessageAttachmentService().get_preview(file.storage_path, file.size_bytes, side)
    chunks = storage.current().read(made.path, 0, made.size_bytes)
    response = Response(chunks, content_type="image/webp")
    response.content_length = made.size_bytes
    response.headers["Content-Disposition"] = "inline"
    return _guarded(response)


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response


def _asked_part(file: AttachmentFile) -> tuple[int, int]:
    """Return start and length of the range that is asked for, of the whole file without one.

    Raises RequestedRangeNotSatisfiable for one that begins behind the end. Several ranges at once, and a range of
    another version of the file, are answered with the whole file.
    """
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or request.method != "GET":
        return 0, file.size_bytes
    if "If-Range" in request.headers and request.if_range.etag != file.sha256:
        return 0, file.size_bytes
    found = asked.range_for_length(file.size_bytes)
    if found is None:
        raise RequestedRangeNotSatisfiable(file.size_bytes)
    return found[0], found[1] - found[0]


def _redirect(link: str) -> Response:
    response = Response(status=302, mimetype="text/plain")
    response.headers["Location"] = link
    return response

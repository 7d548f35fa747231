"""MessageAttachmentService: files are inspected and stored before the message that carries them is written."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from uuid6 import uuid7

from webapp.attachments import previews, scanning, storage
from webapp.attachments.content_disposition import content_disposition
from webapp.attachments.errors import AttachmentError, FileMissing, FilesRefused, Refusal, RefusedFile
from webapp.attachments.files import StoredFile, Upload
from webapp.attachments.inspection import Accepted, Candidate, inspect
from webapp.attachments.kinds import Kind, kind_of
from webapp.attachments.models import MessageAttachment
from webapp.attachments.names import display_name
from webapp.attachments.paths import path_of_file, path_of_preview, paths_of_previews
from webapp.attachments.scanning import Scan
from webapp.attachments.storage import Listed
from webapp.database import end_reading, now, session
from webapp.settings.definitions import (
    ATTACHMENT_LOCKED_ARCHIVES,
    ATTACHMENT_MAX_FILES,
    ATTACHMENT_MAX_SIZE_MB,
    ATTACHMENT_OLD_OFFICE,
)
from webapp.settings.service import PlatformSettings

MEGABYTE = 1024 * 1024
_Sight = Kind | Refusal
_Verdict = Accepted | Refusal
log = logging.getLogger(__name__)


class MessageAttachmentService:
    """Files of messages. Nothing here opens a write transaction: files are slow, and transactions are short."""

    def get_max_file_size_bytes(self) -> int:
        """Return how large one file may be, inclusive: the setting's megabytes of 1,048,576 bytes."""
        return int(PlatformSettings().get(ATTACHMENT_MAX_SIZE_MB)) * MEGABYTE

    def get_max_files(self) -> int:
        """Return how many files one message may carry."""
        return int(PlatformSettings().get(ATTACHMENT_MAX_FILES))

    def validate_and_store(self, uploads: Sequence[Upload], conversation_id: int) -> tuple[StoredFile, ...]:
        """Inspect the files and store them under the conversation, for a message that is about to be written.

        All or none: raises FilesRefused with every file that cannot be accepted, StorageFull or StorageUnavailable,
        and then keeps nothing. A crash may leave files without a row: the sweep removes them. Ends the reading
        transaction, since inspection takes its time.
        """
        settings = PlatformSettings().all()
        end_reading()
        most, largest = int(settings[ATTACHMENT_MAX_FILES.key]), int(settings[ATTACHMENT_MAX_SIZE_MB.key])
        if len(uploads) > most:
            raise FilesRefused(
                [_refused(most, uploads, Refusal("too_many_files", f"You can attach up to {most} files"))],
                f"You can attach up to {most} files to a message",
            )
        found = [_at_first_sight(upload, largest, bool(settings[ATTACHMENT_OLD_OFFICE.key])) for upload in uploads]
        with storage.failing_as_attachment_errors():
            verdicts = _inspected(uploads, found, may_be_locked=bool(settings[ATTACHMENT_LOCKED_ARCHIVES.key]))
        try:
            if refused := [
                _refused(index, uploads, verdict)
                for index, verdict in enumerate(verdicts)
                if isinstance(verdict, Refusal)
            ]:
                raise FilesRefused(refused)
            return self._store(uploads, found, verdicts, conversation_id)
        finally:
            for verdict in verdicts:
                if isinstance(verdict, Accepted):
                    verdict.path.unlink(missing_ok=True)

    def discard(self, files: Sequence[StoredFile]) -> None:
        """Remove stored files whose message is not going to be; what cannot be removed now, the sweep removes."""
        for file in files:
            for path in (file.storage_path, *paths_of_previews(file.storage_path)):
                try:
                    storage.current().delete(path)
                except AttachmentError:
                    log.warning("could not remove %s; the sweep will", path)

    def delete_attachment(self, attachment_id: UUID) -> StoredFile | None:
        """Delete the row of an attachment and return what to ``discard`` after the commit; None if there is none.

        Row before file: a crash in between leaves a file without a row, never a row without its file.
        """
        row = session.get(MessageAttachment, attachment_id)
        if row is None:
            return None
        session.delete(row)
        session.flush()
        return StoredFile(
            row.id,
            row.filename,
            row.extension,
            row.mime_type,
            row.size_bytes,
            row.sha256,
            row.storage_path,
            row.width,
            row.height,
            row.has_active_content,
        )

    def get_preview(self, storage_path: str, size_bytes: int, longest_side: int) -> Listed:
        """Return the re-encoded preview of a stored image, made at the first request for it.

        Raises FileMissing when the image is gone, PreviewFailed when it cannot be decoded in time.
        """
        path, kept = path_of_preview(storage_path, longest_side), storage.current()
        with suppress(FileMissing):
            return kept.find(path)
        with storage.failing_as_attachment_errors():
            kept.staging.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=kept.staging, prefix="preview-") as folder:
                source, target = Path(folder) / "source", Path(folder) / "preview.webp"
                with source.open("wb") as file:
                    file.writelines(kept.read(storage_path, 0, size_bytes))
                previews.make_preview(source, target, longest_side)
                kept.put(target, path, {"Content-Type": "image/webp"})
        return kept.find(path)

    def _store(
        self, uploads: Sequence[Upload], kinds: Sequence[_Sight], verdicts: Sequence[_Verdict], conversation_id: int
    ) -> tuple[StoredFile, ...]:
        files: list[StoredFile] = []
        for upload, kind, verdict in zip(uploads, kinds, verdicts, strict=True):
            if isinstance(kind, Refusal) or isinstance(verdict, Refusal):
                continue
            scan = scanning.current().scan(verdict.path)
            file = _stored_file(display_name(upload.filename), kind, verdict, conversation_id, scan)
            files.append(file)
            headers = {"Content-Type": file.mime_type, "Content-Disposition": content_disposition(file.filename)}
            try:
                storage.current().put(verdict.path, file.storage_path, headers)
            except AttachmentError:
                self.discard(files)
                raise
        return tuple(files)


def _at_first_sight(upload: Upload, largest: int, old_office: bool) -> _Sight:
    """Decide what needs no look inside: the size, and whether such files are sent at all."""
    if upload.is_cut or upload.size_bytes > largest * MEGABYTE:
        return Refusal("too_large", f"The selected file must be {largest} MB or smaller")
    if upload.size_bytes == 0:
        return Refusal("empty_file", "The selected file is empty")
    return kind_of(display_name(upload.filename), old_office=old_office)


def _inspected(uploads: Sequence[Upload], found: Sequence[_Sight], *, may_be_locked: bool) -> list[_Verdict]:
    """Look inside those that were not refused at first sight, and return what is decided on each."""
    pairs = zip(uploads, found, strict=True)
    looked_into = [Candidate(upload.path, kind, may_be_locked) for upload, kind in pairs if isinstance(kind, Kind)]
    inside = iter(inspect(looked_into))
    return [next(inside) if isinstance(one, Kind) else one for one in found]


def _refused(index: int, uploads: Sequence[Upload], why: Refusal) -> RefusedFile:
    return RefusedFile(index, display_name(uploads[index].filename), why)


def _stored_file(name: str, kind: Kind, verdict: Accepted, conversation_id: int, scan: Scan) -> StoredFile:
    number, moment = uuid7(), now()
    return StoredFile(
        number,
        name,
        kind.extension,
        kind.mime_type,
        verdict.size_bytes,
        verdict.sha256,
        path_of_file(number, kind.extension, conversation_id, moment),
        verdict.width,
        verdict.height,
        verdict.has_active_content,
        scan.state,
        scan.note or None,
    )

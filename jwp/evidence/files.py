"""Files by content: written and synced before the transaction that mentions them: a row never lies."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from jwp.core.door import Refused
from jwp.evidence.models import StoredFile

# What people send as evidence. Scripts, programs and web pages are not; macro files carry programs.
ACCEPTED = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".eml": "message/rfc822",
}
# What the measuring library reads: tables, streets (.pbf), timetables (.zip), and how a survey was drawn (.yaml).
DATA = {
    ".csv": "text/csv",
    ".xlsx": ACCEPTED[".xlsx"],
    ".parquet": "application/vnd.apache.parquet",
    ".dta": "application/x-stata-dta",
    ".sav": "application/x-spss-sav",
    ".zsav": "application/x-spss-sav",
    ".sas7bdat": "application/x-sas-data",
    ".pbf": "application/x-protobuf",
    ".zip": "application/zip",
    ".geojson": "application/geo+json",
    ".yaml": "application/yaml",
}
# How the formats begin that no library of ours knows: the start itself, or a word within it.
BEGINNINGS = {
    ".parquet": rb"PAR1",
    ".dta": rb"<stata_dta>|[\x69-\x73][\x01\x02]\x01",
    ".sav": rb"\$FL[23]",
    ".zsav": rb"\$FL3",
    ".sas7bdat": rb"\x00{12}\xc2\xea\x81\x60",
    ".pbf": rb".{4,20}OSMHeader",
    ".zip": rb"PK\x03\x04",
}
ALIKE = {".jpg": {".jpg", ".jpeg", ".jfif"}, ".jpeg": {".jpg", ".jpeg", ".jfif"}}
TEXT = {".csv", ".txt", ".eml", ".yaml", ".geojson"}
ZIPPED = {".docx", ".xlsx", ".pptx", ".odt"}


@dataclass(frozen=True)
class Kept:
    """A file that lies safely on disk, not yet mentioned by any row."""

    sha256: str
    name: str
    size: int
    media_type: str

    def row(self) -> StoredFile:
        """The row for this content under this name, made if it is new. Call it from inside the door."""
        row: StoredFile = StoredFile.objects.get_or_create(
            sha256=self.sha256, name=self.name, defaults={"size": self.size, "media_type": self.media_type}
        )[0]
        return row


def path_of(sha256: str) -> Path:
    return Path(settings.FILES) / sha256[:2] / sha256


def keep(upload: UploadedFile[bytes]) -> Kept:
    """Check the type and size of what is sent as evidence, and keep it. Raises Refused with what to send instead."""
    name, suffix = _name(upload)
    if suffix not in ACCEPTED:
        raise Refused(
            _("%(name)s: this kind of file cannot be evidence. Send one of: %(kinds)s.")
            % {"name": name, "kinds": ", ".join(sorted(ACCEPTED))}
        )
    if (upload.size or 0) > settings.FILE_LIMIT:
        raise Refused(
            _("%(name)s is larger than %(limit)d MB. Send a smaller file, or a link to it.")
            % {"name": name, "limit": settings.FILE_LIMIT // 2**20}
        )
    return _keep(upload, name, ACCEPTED[suffix])


def keep_data(upload: UploadedFile[bytes], kinds: Iterable[str]) -> Kept:
    """The same for data to be measured, of these kinds; they may be much larger."""
    name, suffix = _name(upload)
    if suffix not in kinds:
        raise Refused(
            _("%(name)s: this kind of file cannot be read here. Send one of: %(kinds)s.")
            % {"name": name, "kinds": ", ".join(kinds)}
        )
    if (upload.size or 0) > settings.DATA_LIMIT:
        raise Refused(
            _("%(name)s is larger than %(limit)d MB. Whoever keeps this server can diagnose it there: jwp lens --help")
            % {"name": name, "limit": settings.DATA_LIMIT // 2**20}
        )
    return _keep(upload, name, DATA[suffix])


def _name(upload: UploadedFile[bytes]) -> tuple[str, str]:
    name = Path(upload.name or "file").name[:255]
    return name, Path(name).suffix.lower()


def _keep(upload: UploadedFile[bytes], name: str, media_type: str) -> Kept:
    suffix = Path(name).suffix.lower()
    upload.seek(0)
    start = upload.read(4096)
    if not _looks_like(start, suffix) or (suffix in ZIPPED and not _is_office(upload)):
        raise Refused(_("%(name)s is not what its name says. Open it, save it again and send that.") % {"name": name})
    sha256, size = write(upload.chunks())
    return Kept(sha256, name, size, media_type)


def _looks_like(start: bytes, suffix: str) -> bool:
    if not start:
        return False
    if suffix in TEXT:
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # as Excel saves "Unicode text"
            start = start.decode("utf-16", "ignore").encode()
        return b"\0" not in start and not start.removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(
            (b"<!doctype", b"<html", b"<script")
        )
    if suffix in ZIPPED:
        return start.startswith(b"PK\x03\x04")
    if suffix in BEGINNINGS:
        return re.match(BEGINNINGS[suffix], start, re.DOTALL) is not None
    try:
        kinds = {match.extension for match in puremagic.magic_string(start)}
    except puremagic.PureError:
        return False
    return bool(kinds & ALIKE.get(suffix, {suffix}))


def _is_office(upload: UploadedFile[bytes]) -> bool:
    """Whether a zip is a document without programs in it. Only its list of contents is read, nothing is unpacked."""
    try:
        names = zipfile.ZipFile(upload).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return any(n in names for n in ("[Content_Types].xml", "mimetype")) and not any(
        n.lower().endswith("vbaproject.bin") for n in names
    )


def write(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Keep these bytes under their SHA-256, synced to the disk: (sha256, size)."""
    folder = Path(settings.FILES)
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".incoming-", delete=False) as draft:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            draft.write(chunk)
        draft.flush()
        os.fsync(draft.fileno())
    target = path_of(digest.hexdigest())
    target.parent.mkdir(exist_ok=True)
    Path(draft.name).replace(target)
    return digest.hexdigest(), size


def on_disk() -> Iterator[str]:
    """The digest of every file kept."""
    folder = Path(settings.FILES)
    return (p.name for p in sorted(folder.glob("??/*"))) if folder.exists() else iter(())

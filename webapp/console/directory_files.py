"""The directory as files: export, and import that shows the difference before anything changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from core import clock
from core.database import reading, transaction
from core.zones import bangkok
from routing.change_models import DirectoryUpload
from routing.csv_tables import LoadRefused, Refusal
from routing.directory import Directory, current_directory
from routing.export import EXPORTS, export
from routing.importer import Planned
from routing.loading import Change, directory_stamp
from routing.uploads import (
    LARGEST_FILE,
    MOST_LINES,
    UploadOvertaken,
    apply_upload,
    find_upload,
    keep_upload,
    plan_upload,
)
from webapp.console import bp
from webapp.console.case_words import in_language
from webapp.console.csv_files import sent_file, to_save
from webapp.console.directory_door import MANAGE, author, need_country
from webapp.console.directory_words import NOTHING, columns_changed, row_name, word
from webapp.console.guard import action, current_person
from webapp.console.language import gettext, marked
from webapp.console.pages import page

# More than a file may have, so that one that is a little too large is told so by name.
LARGEST_FORM = 2 * LARGEST_FILE
MOST_SHOWN = 100
# What is called a file that was pasted.
LINES = "lines.csv"
NO_FILE = marked("Choose a file, or paste its lines, the header first.")
OVERTAKEN = marked(
    "The directory has changed since you looked, or this file was applied already. Nothing was "
    "applied now. Below is what the file would change today."
)


@dataclass(frozen=True)
class ChangeLine:
    """One change that a file would make."""

    code: str
    row: str
    columns: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Part:
    """The changes of one kind of file: the first ones of each way, and how many there are."""

    name: str
    unchanged: int
    groups: list[tuple[str, int, list[ChangeLine]]]


@bp.get("/directory/files")
@action(MANAGE)
def directory_files() -> Response:
    """What can be exported, and where a file is given in."""
    need_country()
    return _files()


@bp.get("/directory/export/<kind>")
@action(MANAGE)
def directory_export(kind: str) -> Response:
    """One kind as a CSV file."""
    need_country()
    if kind not in EXPORTS:
        abort(404)
    with reading() as session:
        text = export(session, kind)
    return to_save(text, f"{kind}-{bangkok(clock.now()):%Y-%m-%d}.csv")


@bp.post("/directory/files")
@action(MANAGE, largest=LARGEST_FORM)
def send_file() -> Answer:
    """Keep a file, and on to what it would change."""
    need_country()
    given = request.files.get("file")
    name = given.filename if given else LINES
    content = sent_file("lines")
    if not content.strip():
        return _files(refusal=gettext(NO_FILE), status=HTTPStatus.BAD_REQUEST)
    with transaction() as session:
        upload = keep_upload(
            session,
            content,
            file=_file_name(name or ""),
            staff_id=current_person().staff_id,
            now=clock.now(),
        )
        address = url_for("desk.directory_difference", upload_id=upload.id)
    return redirect(address, HTTPStatus.SEE_OTHER)


@bp.get("/directory/files/<int:upload_id>")
@action(MANAGE)
def directory_difference(upload_id: int) -> Response:
    """What a file would change, or why it is refused, line by line."""
    return _difference(upload_id)


@bp.post("/directory/files/<int:upload_id>")
@action(MANAGE)
def apply_file(upload_id: int) -> Answer:
    """Apply exactly what was shown; 409 when the directory is another by now."""
    digest, stamp = request.form.get("digest", ""), request.form.get("stamp", "")
    try:
        with transaction() as session:
            upload = _mine(session, upload_id)
            apply_upload(session, upload, digest=digest, stamp=stamp, by=author(upload.file))
    except (UploadOvertaken, LoadRefused):
        return _difference(upload_id, said=gettext(OVERTAKEN), status=HTTPStatus.CONFLICT)
    return redirect(url_for("desk.directory_difference", upload_id=upload_id), HTTPStatus.SEE_OTHER)


def _mine(session: Session, upload_id: int) -> DirectoryUpload:
    need_country()
    upload = find_upload(session, upload_id, staff_id=current_person().staff_id)
    if upload is None:
        abort(404)
    return upload


def _files(*, refusal: str = "", status: int = HTTPStatus.OK) -> Response:
    kinds = [
        (kind, word("kind", kind), ", ".join(columns)) for kind, (columns, _) in EXPORTS.items()
    ]
    return page(
        "directory/files.html",
        status=status,
        kinds=kinds,
        refusal=refusal,
        most=LARGEST_FILE // 1024 // 1024,
        lines=f"{MOST_LINES:,}",
    )


def _difference(upload_id: int, *, said: str = "", status: int = HTTPStatus.OK) -> Response:
    with reading() as session:
        upload = _mine(session, upload_id)
        # The stamp is read first: what is loaded in between makes it an old one.
        stamp = directory_stamp(session)
        planned = Planned() if upload.applied_at else plan_upload(session, upload)
        parts = _parts(current_directory(session), planned)
    return page(
        "directory/difference.html",
        status=status,
        upload=upload,
        stamp=stamp,
        parts=parts,
        total=len(planned.changes),
        refusals=[(one.line, _reason(one)) for one in planned.refusals[:MOST_SHOWN]],
        refused=len(planned.refusals),
        said=said,
        word=word,
        most=MOST_SHOWN,
        nothing=NOTHING,
    )


def _parts(directory: Directory, planned: Planned) -> list[Part]:
    parts = []
    for kind, found in planned.differences.items():
        ways: Mapping[str, list[Change]] = {"added": [], "changed": [], "removed": []}
        for one in found.changes:
            ways[_way(one)].append(one)
        groups = [
            (way, len(changes), [_line(directory, one) for one in changes[:MOST_SHOWN]])
            for way, changes in ways.items()
            if changes
        ]
        parts.append(Part(word("kind", kind), found.unchanged, groups))
    return parts


def _way(change: Change) -> str:
    if change.before is None:
        return "added"
    return "removed" if change.after is None else "changed"


def _line(directory: Directory, change: Change) -> ChangeLine:
    """A row that goes is named and no more."""
    columns: list[Any] = []
    if change.after is not None:
        columns = columns_changed(directory, change.before, change.after)
    return ChangeLine(change.about, row_name(directory, change), columns)


def _reason(refusal: Refusal) -> str:
    return in_language(refusal)


def _file_name(name: str) -> str:
    """The name without a path or anything that is no letter to read."""
    base = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in base if letter.isprintable()) or "upload.csv"

"""CSV files as people make them (UTF-8, with or without Excel's mark), line by line.

What is wrong comes back as refusals with file and line; nothing here raises for a bad file.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import BadInput
from routing.catalogue import Catalogue

CATALOGUE = Catalogue(Path(__file__).with_name("refusals.yaml"))
# What a spreadsheet takes for a formula bears a quote in our own files (reliability.md §4.2).
FORMULA = re.compile(r"'*[=+\-@\t\r\0＝＋－＠]")
QUOTE = "'"
# The schools of the whole country are about half as many.
MOST_ROWS = 60_000


@dataclass(frozen=True)
class Row:
    """One record: the file's name, the line on which it ends, its cells by column."""

    file: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Table:
    """One file's header and records."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """Why a line cannot be taken, in both languages; `rule` is its key in refusals.yaml, `values`
    what its text was filled with, the column among them where it is about one."""

    file: str
    line: int
    rule: str
    th: str
    en: str
    values: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.en}"


class LoadRefused(BadInput):
    """Nothing was loaded; `refusals` lists every line at fault."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(sorted(refusals, key=lambda one: (one.file, one.line)))
        super().__init__("\n".join(map(str, self.refusals)))


@dataclass
class Reading:
    """Tables read and what was wrong with their form."""

    tables: list[Table] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def refuse(row: Row, rule: str, /, **values: Any) -> Refusal:
    """A refusal of this row."""
    return refuse_line(row.file, row.line, rule, **values)


def refuse_line(file: str, line: int, rule: str, /, **values: Any) -> Refusal:
    """A refusal of a line that is not a record, such as the header."""
    text = CATALOGUE.fill(rule, values, values)
    return Refusal(file, line, rule, text.th, text.en, values)


def read_tables(paths: Iterable[Path]) -> Reading:
    """All files; one that cannot be read is a refusal beside the tables of the others."""
    reading = Reading()
    for path in paths:
        try:
            raw = path.read_bytes()
        except OSError:
            reading.refusals.append(refuse_line(path.name, 1, "file_unreadable"))
        else:
            _read(path.name, raw, reading)
    return reading


def read_content(file: str, raw: bytes, *, most: int = MOST_ROWS) -> Reading:
    """A file that came by another way, such as a form, of so many rows at most."""
    reading = Reading()
    _read(file, raw, reading, most)
    return reading


def typed(
    file: str, columns: Sequence[str], records: Iterable[tuple[int, Sequence[str]]]
) -> Reading:
    """Records that somebody typed into a form, each with its line, as if they had come by file."""
    rows = [
        Row(file, line, dict(zip(columns, map(_clean, cells), strict=True)))
        for line, cells in records
    ]
    refusals = [refusal for row in rows for refusal in _control_characters(row)]
    return Reading([Table(file, tuple(columns), tuple(rows))], refusals)


def escaped(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; reading it gives the same cell back."""
    return QUOTE + cell if FORMULA.match(cell) else cell


def _plain(cell: str) -> str:
    is_escaped = cell.startswith(QUOTE) and FORMULA.match(cell)
    return cell.removeprefix(QUOTE) if is_escaped else cell


def _read(file: str, raw: bytes, reading: Reading, most: int = MOST_ROWS) -> None:
    try:
        # Excel writes its mark in front; both forms are taken.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        reading.refusals.append(refuse_line(file, line, "not_utf8"))
    else:
        _table(file, text, reading, most)


def _table(file: str, text: str, reading: Reading, most: int) -> None:
    records = _records(file, text, reading.refusals)
    _, header = next(records, (1, []))
    columns = tuple(name.strip().lower() for name in header)
    if not any(columns):
        reading.refusals.append(refuse_line(file, 1, "file_empty"))
        return
    twice = {name for name in columns if columns.count(name) > 1}
    for name in sorted(twice):
        reading.refusals.append(refuse_line(file, 1, "column_twice", column=name or "-"))
    rows: list[Row] = []
    for line, cells in records:
        if len(rows) == most:
            reading.refusals.append(refuse_line(file, line, "rows_many", most=f"{most:,}"))
            return
        if len(cells) != len(columns):
            values = {"found": len(cells), "expected": len(columns)}
            reading.refusals.append(refuse_line(file, line, "cells_count", **values))
            continue
        clean = (_plain(_clean(cell)) for cell in cells)
        row = Row(file, line, dict(zip(columns, clean, strict=True)))
        rows.append(row)
        reading.refusals.extend(_control_characters(row))
    reading.tables.append(Table(file, columns, tuple(rows)))


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell.strip())


def _control_characters(row: Row) -> Iterator[Refusal]:
    """No code or name holds one, and PostgreSQL takes no NUL."""
    for column, cell in row.cells.items():
        if any(unicodedata.category(letter) == "Cc" for letter in cell):
            yield refuse(row, "cell_control", column=column)


def _records(file: str, text: str, refusals: list[Refusal]) -> Iterator[tuple[int, list[str]]]:
    """Every record that holds anything, with its line; an unreadable rest ends the file."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            refusals.append(refuse_line(file, reader.line_num, "not_csv", why=error))
            return
        if any(cell.strip() for cell in record):
            yield reader.line_num, record

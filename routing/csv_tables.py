"""CSV files as people make them (UTF-8, with or without Excel's mark), line by line.

What is wrong comes back as refusals with file and line; nothing here raises for a bad file.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import BadInput
from routing.catalogue import Catalogue

CATALOGUE = Catalogue(Path(__file__).with_name("refusals.yaml"))


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
    """Why a line cannot be taken, in both languages; `rule` is its key in refusals.yaml."""

    file: str
    line: int
    rule: str
    th: str
    en: str

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
    return Refusal(file, line, rule, text.th, text.en)


def read_tables(paths: Iterable[Path]) -> Reading:
    """All files; one that cannot be read is a refusal beside the tables of the others."""
    reading = Reading()
    for path in paths:
        text = _text(path, reading.refusals)
        if text is not None:
            _table(path.name, text, reading)
    return reading


def _text(path: Path, refusals: list[Refusal]) -> str | None:
    try:
        raw = path.read_bytes()
    except OSError:
        refusals.append(refuse_line(path.name, 1, "file_unreadable"))
        return None
    try:
        # Excel writes its mark in front; both forms are taken.
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        refusals.append(refuse_line(path.name, line, "not_utf8"))
        return None


def _table(file: str, text: str, reading: Reading) -> None:
    records = _records(file, text, reading.refusals)
    _, header = next(records, (1, []))
    columns = tuple(name.strip().lower() for name in header)
    if not any(columns):
        reading.refusals.append(refuse_line(file, 1, "file_empty"))
        return
    twice = {name for name in columns if columns.count(name) > 1}
    for name in sorted(twice):
        reading.refusals.append(refuse_line(file, 1, "column_twice", column=name or "-"))
    rows = []
    for line, cells in records:
        if len(cells) != len(columns):
            values = {"found": len(cells), "expected": len(columns)}
            reading.refusals.append(refuse_line(file, line, "cells_count", **values))
            continue
        clean = (unicodedata.normalize("NFC", cell.strip()) for cell in cells)
        row = Row(file, line, dict(zip(columns, clean, strict=True)))
        rows.append(row)
        reading.refusals.extend(_control_characters(row))
    reading.tables.append(Table(file, columns, tuple(rows)))


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

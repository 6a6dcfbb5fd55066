"""A report of sections with text, tables and figures: one HTML file that needs nothing beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.report.render import to_svg
from inspector.report.tables import formula_safe
from inspector.report.templates import page_environment
from models.storage.files import write_atomically
from resources.palette import DARK, LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Cell = str | float | int


@dataclass(frozen=True)
class Table:
    """A table: `name` is that of its file, `note` says how to read it. Rows have a cell a header."""

    name: str
    title: str
    headers: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a report: a title, paragraphs, a list, then tables, then figures by caption."""

    title: str
    paragraphs: Sequence[str] = ()
    points: Sequence[str] = ()
    tables: Sequence[Table] = ()
    figures: dict[str, Figure] = field(default_factory=dict)


def write_document(sections: Sequence[Section], *, path: Path, title: str) -> None:
    """Writes the page, replacing `path` only when it is whole.

    Raises:
        KnownError: the file cannot be written.
    """
    page = (
        page_environment()
        .get_template("document.html.j2")
        .render(
            title=title,
            sections=[
                (section, {name: to_svg(figure) for name, figure in section.figures.items()}) for section in sections
            ],
            light=LIGHT.variables(),
            dark=DARK.variables(),
        )
    )
    write_atomically(path, page.encode("utf-8", "backslashreplace"))


def write_table_csv(table: Table, path: Path) -> None:
    """Writes the headers and rows as they are, text quoted and safe from spreadsheets.

    Raises:
        KnownError: the file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    for row in (table.headers, *table.rows):
        writer.writerow([formula_safe(cell) if isinstance(cell, str) else cell for cell in row])
    write_atomically(path, text.getvalue().encode("utf-8", "backslashreplace"))

"""Label files: CSV with the columns path and label, as spreadsheets of every origin write them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Generator, Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from inspector.project.classes import checked_name
from inspector.project.database import Database
from inspector.project.images import KnownPaths
from inspector.project.labels import label_images, labels
from inspector.project.records import LabelImport
from inspector.project.stored_paths import from_stored, printable
from models.errors import KnownError
from models.storage.files import write_atomically

if TYPE_CHECKING:
    from models.events import Progress

STEP = 1_000  # rows after which it says how far it is

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS = (",", ";", "\t")
# A spreadsheet would take a cell that begins like this for a formula.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@]")

Image = TypeVar("Image", bound=Hashable)


def read_label_csv(file: Path) -> list[tuple[str, str]]:
    """The rows (path, label) of a label file; further columns are ignored, an empty label means none.

    Comma, semicolon or tab; UTF-8, UTF-16, or what Windows calls ANSI (cp1252, else Latin-1).

    Raises:
        KnownError: if the file can't be read, has no header with path and label, or a row has another number of cells.
    """
    try:
        text = _decoded(file.read_bytes())
    except OSError as error:
        raise KnownError(f"The label file {file} can't be read: {error.strerror}.") from error
    header_line = next(iter(text.splitlines()), "").strip()
    for delimiter in _DELIMITERS:
        header = [cell.strip().casefold() for cell in next(csv.reader([header_line], delimiter=delimiter), [])]
        if "path" in header and "label" in header:
            return _rows(file, text, delimiter, header.index("path"), header.index("label"))
    found = f"its first line is {header_line[:80]!r}" if header_line else "it is empty"
    raise KnownError(f"The label file {file} has no header path,label: {found}. Add that line at the top.")


def import_label_csv(database: Database, file: Path) -> LabelImport:
    """Label the images that a label file names, as one step; an empty label removes the image's label.

    Paths are looked up relative to the file's folder too. Those that name no image are returned, the rest is taken.

    Raises:
        KnownError: if the file can't be used, gives one image two labels, or names no image of the project.
    """
    *_, done = import_label_csv_in_steps(database, file)
    assert isinstance(done, LabelImport)
    return done


def import_label_csv_in_steps(database: Database, file: Path) -> Iterator[Progress | LabelImport]:
    """The same for a window: says how far it is, and ends with what it did. Left before that, it has done nothing."""
    from models.events import Progress  # brings NumPy

    yield Progress("label file", 0, 0, unit="rows")
    rows = read_label_csv(file)
    ids = yield from _image_ids(database, dict.fromkeys(path for path, _ in rows), base=file.absolute().parent)
    unknown = tuple(dict.fromkeys(path for path, _ in rows if path not in ids))
    if not ids:
        first = f", such as {unknown[0]!r}" if unknown else ""
        raise KnownError(f"The label file {file} names no image of this project{first}: import their folder first.")
    wanted = {image_id: label or None for image_id, label in labels_by_image(file, rows, ids).items()}
    yield Progress("label file", len(rows), len(rows), unit="rows")
    labelled_before = labels(database).keys()
    change = label_images(database, wanted, step=f"Labels from {printable(file.name)}", source="csv")
    removed = sum(1 for image_id, label in wanted.items() if label is None and image_id in labelled_before)
    labelled = sum(1 for label in wanted.values() if label is not None)
    yield LabelImport(change, labelled=labelled, removed=removed, unknown_paths=unknown)


def export_label_csv(database: Database, file: Path) -> None:
    """Write all labels to `file`, UTF-8, replacing it only once the new one is whole.

    Paths are relative to the folder that was imported, absolute where that would be ambiguous.

    Raises:
        KnownError: if the file can't be written.
    """
    for _ in export_label_csv_in_steps(database, file):
        pass


def export_label_csv_in_steps(database: Database, file: Path) -> Iterator[Progress]:
    """The same for a window: says how far it is. Left before its end, it has written nothing."""
    from models.events import Progress  # brings NumPy

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("path", "label"))
    names = labels(database)
    yield Progress("label file", 0, len(names), unit="rows")
    for done, (image_id, path) in enumerate(_export_paths(database).items()):
        if done % STEP == 0:
            yield Progress("label file", min(done, len(names)), len(names), unit="rows")
        if image_id in names:
            writer.writerow((_safe_path(path), _safe_label(names[image_id])))
    write_atomically(file, text.getvalue().encode("utf-8"))


def _image_ids(database: Database, wanted: Collection[str], *, base: Path) -> Generator[Progress, None, dict[str, int]]:
    """As `image_ids_by_path`."""
    from models.events import Progress  # brings NumPy

    known = KnownPaths(database, base=base)
    ids = {}
    for done, path in enumerate(wanted):
        if done % STEP == 0:
            yield Progress("label file", done, len(wanted), unit="rows")
        if (image_id := known.image_id(path)) is not None:
            ids[path] = image_id
    return ids


def _decoded(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in data[:200]:  # UTF-16 without a mark: of the header's letters one byte each is zero
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")  # five bytes have no meaning in cp1252; Latin-1 takes every byte


def _rows(file: Path, text: str, delimiter: str, path_column: int, label_column: int) -> list[tuple[str, str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = []
    try:
        columns = len(next(reader))
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) <= max(path_column, label_column):
                raise KnownError(f"Line {reader.line_num} of the label file {file} has fewer cells than the header.")
            if any(cells[columns:]):  # of a comma in a name without quotes: what is left of it would be another name
                raise KnownError(
                    f"Line {reader.line_num} of the label file {file} has more cells than the header: put what holds a "
                    f"{delimiter!r} in double quotes."
                )
            label = cells[label_column].strip()
            rows.append((cells[path_column], label[1:] if _QUOTED_FORMULA.match(label) else label))
    except csv.Error as error:
        raise KnownError(f"Line {reader.line_num} of the label file {file} is no CSV: {error}.") from error
    return rows


def labels_by_image(file: Path, rows: Iterable[tuple[str, str]], images: Mapping[str, Image]) -> dict[Image, str]:
    """The label of each image that the rows (path, label) name, '' for none; rows of other paths are ignored.

    Args:
        images: what tells images apart, by path as it is written in `file`.

    Raises:
        KnownError: if an image has two labels, or one that can't be used.
    """
    labels_found: dict[Image, str] = {}
    for path, label in rows:
        if path not in images:
            continue
        try:
            name = checked_name(label) if label else ""
        except KnownError as error:
            raise KnownError(f"The label file {file} gives {path!r} a label that can't be used. {error}") from error
        if labels_found.setdefault(images[path], name) != name:
            raise KnownError(f"The label file {file} gives the image {path!r} two different labels: keep one of them.")
    return labels_found


def _export_paths(database: Database) -> dict[int, str]:
    """How to write each image's path."""
    rows = database.query("SELECT image_id, path, relative_path FROM image_paths ORDER BY missing, id")
    relatives = [(image_id, from_stored(path), from_stored(relative)) for image_id, path, relative in rows]
    uses = Counter(relative for relative, _ in {(relative, image_id) for image_id, _, relative in relatives})
    written: dict[int, str] = {}
    for image_id, path, relative in relatives:
        written.setdefault(image_id, printable(relative if uses[relative] == 1 else path))
    return written


def _safe_path(path: str) -> str:
    return f"./{path}" if _FORMULA.match(path) else path


def _safe_label(label: str) -> str:
    return f"'{label}" if _FORMULA.match(label) or _QUOTED_FORMULA.match(label) else label

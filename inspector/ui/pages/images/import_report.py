"""What the imports found, in words and rows. Knows no widget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from inspector.project import ImageRecord, ImportFinished, Project
from inspector.ui.wording import count, duration, listing


@dataclass(frozen=True)
class ImportReport:
    """Rows of text: unreadable (path, reason), duplicates (name, paths), sizes (size, number of images)."""

    summary: str
    unreadable: tuple[tuple[str, str], ...]
    duplicates: tuple[tuple[str, str], ...]
    sizes: tuple[tuple[str, str], ...]

    def to_text(self) -> str:
        """All of it, columns parted by tabs, for a mail or a sheet."""
        parts = [self.summary]
        for title, rows in (("Unreadable", self.unreadable), ("Duplicates", self.duplicates), ("Sizes", self.sizes)):
            if rows:
                parts.append("\n".join([title, *("\t".join(cells) for cells in rows)]))
        return "\n\n".join(parts) + "\n"


def import_report(project: Project, images: Sequence[ImageRecord]) -> ImportReport:
    """The report on all imports of a project."""
    unreadable = tuple((str(file.path), file.reason) for file in project.unreadable())
    duplicates = tuple((image.path.name, "; ".join(map(str, paths))) for image, paths in project.duplicates())
    sizes = Counter((image.width, image.height, image.mode) for image in images)
    found = found_words(images=len(images), duplicates=len(duplicates), unreadable=len(unreadable))
    return ImportReport(
        summary=f"{found} in {count(len(project.source_folders()), 'folder')}.",
        unreadable=unreadable,
        duplicates=duplicates,
        sizes=tuple((f"{w} × {h} px, {mode}", count(n, "image")) for (w, h, mode), n in sizes.most_common()),
    )


def found_words(*, images: int, duplicates: int, unreadable: int) -> str:
    """'1,800 images, 2 duplicates and 1 unreadable file'."""
    words = [count(images, "image")]
    if duplicates:
        words.append(count(duplicates, "duplicate"))
    if unreadable:
        words.append(count(unreadable, "unreadable file"))
    return listing(words)


def import_sentence(finished: ImportFinished) -> str:
    """What an import did, for the banner."""
    files = count(finished.paths + finished.unreadable, "file")
    found = found_words(images=finished.images, duplicates=finished.duplicates, unreadable=finished.unreadable)
    new = "none of them new" if not finished.new_images else f"{finished.new_images:,} of them new"
    return f"Read {files} in {duration(finished.seconds)}: {found}, {new}."

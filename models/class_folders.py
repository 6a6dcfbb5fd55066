"""Copies of classified images, a folder a class, under names that every system can hold."""

from __future__ import annotations

import contextlib
import filecmp
import itertools
import os
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from models.errors import KnownError

REVIEW_FOLDER = "needs review"

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_MAX_NAME_BYTES = 120  # of the 255 that file systems take, so that the path stays short


class ClassFolders:
    """Takes copies of images below `root`: into their class's folder, or into 'needs review'.

    Nothing is ever moved or overwritten: where a name is taken the copy becomes 'name (2)', unless the file there has
    the same content, as after a run that was broken off; then it stays as it is.
    """

    def __init__(self, root: Path, classes: Sequence[str]) -> None:
        self._review, *folders = (root / name for name in folder_names([REVIEW_FOLDER, *classes]))
        self._folders = dict(zip(classes, folders, strict=True))

    def copy(self, source: Path, *, label: str, needs_review: bool) -> None:
        """Copy one image.

        Raises:
            KnownError: it can't be read, or its copy not be written.
        """
        folder = self._review if needs_review else self._folders[label]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _copy_into(folder, source)
        except OSError as error:
            reason = error.strerror or str(error)
            raise KnownError(
                f"{source} could not be copied to {folder} ({reason}). What was done is kept; see to it and run the "
                "same command again to go on."
            ) from error


def folder_names(names: Iterable[str]) -> list[str]:
    """A folder name for each name: valid on Windows too, and different even where case makes no difference."""
    taken: set[str] = set()
    return [_free(_valid(name), taken) for name in names]


def refuse_overlap(folder: Path, root: Path) -> None:
    """Make sure that copies or maps below `root` can't be taken for images of `folder`, nor land among them.

    Raises:
        KnownError: one lies inside the other.
    """
    images, copies = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    if images.is_relative_to(copies) or copies.is_relative_to(images):
        raise KnownError(
            f"What is written into {root} would mix with the images in {folder}; choose a folder outside it that does "
            "not hold it."
        )


def _valid(name: str) -> str:
    plain = unicodedata.normalize("NFC", name).encode("utf-8", "replace")[:_MAX_NAME_BYTES].decode("utf-8", "ignore")
    plain = _FORBIDDEN.sub("_", plain).strip(" ").rstrip(". ")
    return f"_{plain}" if not plain or _RESERVED.match(plain) else plain


def _free(name: str, taken: set[str]) -> str:
    free = next(candidate for candidate in _numbered(name) if candidate.casefold() not in taken)
    taken.add(free.casefold())
    return free


def _numbered(stem: str, suffix: str = "") -> Iterator[str]:
    """'x.png', 'x (2).png', 'x (3).png', ..."""
    yield stem + suffix
    for number in itertools.count(2):
        yield f"{stem} ({number}){suffix}"


def _copy_into(folder: Path, source: Path) -> None:
    for name in _numbered(source.stem, source.suffix):
        target = folder / name
        if not os.path.lexists(target):
            break
        if target.is_file() and filecmp.cmp(source, target, shallow=False):
            return
    temporary = folder / ".copying.tmp"
    try:
        temporary.unlink(missing_ok=True)
        shutil.copy2(source, temporary)
        temporary.rename(target)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)

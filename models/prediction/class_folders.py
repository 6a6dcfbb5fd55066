"""Copies of classified images, a folder a class, under names that every system can hold."""

from __future__ import annotations

import contextlib
import filecmp
import hashlib
import itertools
import os
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from models.errors import KnownError
from models.storage.file_names import fitting
from models.storage.files import put_in_place
from models.storage.system_path import system_path

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
        self._namesakes: dict[Path, _Namesakes] = {}  # of names that are taken, by the path that is

    def copy(self, source: Path, *, label: str, needs_review: bool) -> None:
        """Copy one image.

        Raises:
            KnownError: it can't be read, or its copy not be written.
        """
        folder = self._review if needs_review else self._folders[label]
        try:
            first, image = system_path(folder / source.name), system_path(source)
            first.parent.mkdir(parents=True, exist_ok=True)
            target = self._free_target(first, image)
            if target is not None:
                _copy_whole(image, target)
        except OSError as error:
            reason = error.strerror or str(error)
            raise KnownError(
                f"{source} could not be copied to {folder} ({reason}). What was done is kept; see to it and run the "
                "same command again to go on."
            ) from error

    def _free_target(self, first: Path, source: Path) -> Path | None:
        """Where the copy goes, at best to `first`; None where there is one."""
        if not os.path.lexists(first):
            return first
        if first.is_file() and filecmp.cmp(source, first, shallow=False):
            return None
        if first not in self._namesakes:
            self._namesakes[first] = _Namesakes(first)
        return self._namesakes[first].free_target(source)


class _Namesakes:
    """The files 'x.png', 'x (2).png', ... of a folder, each read once: one a coil soon makes thousands of one name."""

    def __init__(self, first: Path) -> None:
        self._targets = (first.with_name(name) for name in _numbered(first.stem, first.suffix))
        self._free = next(self._targets)
        self._held: set[bytes] = set()

    def free_target(self, source: Path) -> Path | None:
        """The first of these names that is free; None where one of the files has the content of `source`."""
        while os.path.lexists(self._free):
            if self._free.is_file():
                self._held.add(_digest(self._free))
            self._free = next(self._targets)
        return None if _digest(source) in self._held else self._free


def folder_names(names: Iterable[str]) -> list[str]:
    """A folder name for each name: valid on Windows too, and different even where case makes no difference."""
    taken: set[str] = set()
    return [_free(_valid(name), taken) for name in names]


def refuse_overlap(folder: Path, root: Path) -> None:
    """Make sure that copies or maps below `root` can't be taken for images of `folder`, nor land among them.

    Raises:
        KnownError: one lies inside the other, or `root` is a file.
    """
    if root.exists() and not root.is_dir():
        raise KnownError(f"{root} is a file; name a folder.")
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
        yield fitting(stem, f" ({number}){suffix}")


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()


def _copy_whole(source: Path, target: Path) -> None:
    temporary = target.with_name(".copying.tmp")
    try:
        temporary.unlink(missing_ok=True)
        shutil.copyfile(source, temporary)  # not its mode: on Windows no copy of a read-only file could be removed
        shown = source.stat()
        os.utime(temporary, ns=(shown.st_atime_ns, shown.st_mtime_ns))
        put_in_place(temporary, target, overwrite=False)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)

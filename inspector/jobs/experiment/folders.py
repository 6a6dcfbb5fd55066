"""Is there a folder of class folders, and may the results go where the user says?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from inspector.jobs.experiment.protocol import FEWEST_OF_A_CLASS
from inspector.jobs.experiment.store import refuse_foreign
from inspector.project.classes import checked_name, folded
from models.errors import KnownError
from models.prediction.class_folders import refuse_overlap


def check_folders(folder: Path, out: Path) -> None:
    """Refuse, before anything is written, what can't be an experiment.

    Raises:
        KnownError: no class folders, two of one class, a name that can't be a class, a class with too few files, or
            results that would mix with images or other files.
    """
    from models.images.reading import walk

    counts = Counter(parts[0] for path in walk(folder) if len(parts := path.relative_to(folder).parts) > 1)
    if len(counts) < 2:
        raise KnownError(f"{folder} must hold a folder of images for each class, at least two; {_found(counts)} in it.")
    _refuse_unusable_names(folder, sorted(counts))
    small = [f"{name} has {counts[name]}" for name in sorted(counts) if counts[name] < FEWEST_OF_A_CLASS]
    if small:
        raise KnownError(
            f"Each class needs at least {FEWEST_OF_A_CLASS} images, but {', '.join(small)}: add some, or leave the "
            "class out."
        )
    refuse_overlap(folder, out)
    refuse_foreign(out)


def _refuse_unusable_names(folder: Path, names: list[str]) -> None:
    """Labels know names in one spelling alone, so folders whose names are one class could not be told apart."""
    known: dict[str, str] = {}
    for name in names:
        first = known.setdefault(folded(checked_name(name)), name)
        if first != name:
            raise KnownError(
                f"The folders {first!r} and {name!r} in {folder} are one class, since neither case nor blanks around a "
                "name tell classes apart: rename one of them, or put their images together."
            )


def _found(counts: Counter[str]) -> str:
    return f"only {next(iter(counts))} lies" if counts else "no folder with images lies"


def make_folder(folder: Path) -> None:
    """Make the folder of the results if it is not there.

    Raises:
        KnownError: it can't be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KnownError(f"{folder} can't be made ({error.strerror}): choose another place.") from error

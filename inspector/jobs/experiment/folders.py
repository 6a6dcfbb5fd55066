"""Is there a folder of class folders, and may the results go where the user says?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from inspector.jobs.experiment.protocol import FEWEST_OF_A_CLASS
from inspector.jobs.experiment.store import refuse_foreign
from models.class_folders import refuse_overlap
from models.errors import KnownError


def check_folders(folder: Path, out: Path) -> None:
    """Refuse, before anything is written, what can't be an experiment.

    Raises:
        KnownError: no class folders, a class with too few files, or results that would mix with images or other files.
    """
    from models.images import walk

    counts = Counter(parts[0] for path in walk(folder) if len(parts := path.relative_to(folder).parts) > 1)
    if len(counts) < 2:
        raise KnownError(f"{folder} must hold a folder of images for each class, at least two; {_found(counts)} in it.")
    small = [f"{name} has {counts[name]}" for name in sorted(counts) if counts[name] < FEWEST_OF_A_CLASS]
    if small:
        raise KnownError(
            f"Each class needs at least {FEWEST_OF_A_CLASS} images, but {', '.join(small)}: add some, or leave the "
            "class out."
        )
    refuse_overlap(folder, out)
    refuse_foreign(out)


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

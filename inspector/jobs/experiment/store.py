"""results.json: what an experiment has measured so far, written whole after each task, so that it can go on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from models.errors import KnownError
from models.storage.files import write_atomically

RESULTS_NAME, WORK_NAME = "results.json", "work"
FORMAT = 1
TOLD_APART_BY = {
    "folder": "folder of images",
    "images": "number of images",
    "digest": "content of the images",
    "classes": "classes",
    "plan": "preset, choice of methods, number of epochs or way to make views",
    "split": "way to hold images back",
}


class Results:
    """The measurements by key of their task, and of which experiment they are."""

    def __init__(self, path: Path, measurements: dict[str, dict[str, Any]], identity: dict[str, Any]) -> None:
        self._path = path
        self._identity = identity
        self.measurements = measurements

    @classmethod
    def open(cls, folder: Path, identity: dict[str, Any]) -> Results:
        """Those in `folder`, or none yet.

        Raises:
            KnownError: they are of another experiment, or damaged, or the folder holds something else.
        """
        path = folder / RESULTS_NAME
        stored = _stored(path)
        if stored is None:
            return cls(path, {}, identity)
        then = stored["experiment"]
        differing = [
            words for key, words in TOLD_APART_BY.items() if key in identity and then.get(key) != identity[key]
        ]
        if differing:
            raise KnownError(
                f"{folder} holds an experiment with another {differing[0]}: go on with the settings it began with, or "
                "name a new folder."
            )
        return cls(path, stored["measurements"], identity)

    def record(self, key: str, measurement: dict[str, Any]) -> None:
        """Add one and write all.

        Raises:
            KnownError: the file can't be written.
        """
        self.measurements[key] = measurement
        self.write()

    def write(self, summary: dict[str, Any] | None = None) -> None:
        """Write the measurements and, of a whole experiment, what they come to.

        Raises:
            KnownError: the file can't be written.
        """
        content = {
            "format": FORMAT,
            "experiment": self._identity,
            **({"summary": summary} if summary else {}),
            "measurements": self.measurements,
        }
        write_atomically(self._path, json.dumps(content, indent=1).encode())


def refuse_foreign(folder: Path) -> None:
    """Make sure that `folder` is new, empty, or an experiment's.

    Raises:
        KnownError: it is not.
    """
    try:
        if not folder.exists():
            return
        if not folder.is_dir():
            raise KnownError(f"{folder} is a file: name a folder for the results.")
        entries = {entry.name for entry in folder.iterdir()}
    except OSError as error:
        raise KnownError(f"{folder} can't be read ({error.strerror}): choose another folder.") from error
    if entries and not entries & {RESULTS_NAME, WORK_NAME}:
        raise KnownError(f"{folder} holds other files: name a new folder, or that of an experiment to go on with.")


def _stored(path: Path) -> dict[str, Any] | None:
    """What an earlier call wrote; None if there is nothing."""
    if not path.exists():
        return None
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["format"] == FORMAT and isinstance(stored["measurements"], dict):
            return {"experiment": dict(stored["experiment"]), "measurements": stored["measurements"]}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise KnownError(f"{path} is damaged or of another version: name a new folder for the results.")

"""The project folder: everything that a page or a command can ask of it, once.

    project.sqlite   images, labels, splits, runs and predictions
    runs/<id>/       what each run made
    cache/           decoded images and thumbnails, rebuilt when it is gone

A `Project` may be shared by the threads of a program, and several programs may have one open at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from inspector.project import (
    class_editing,
    class_merging,
    classes,
    creation,
    former_names,
    groups,
    images,
    label_csv,
    label_folders,
    labels,
    marks,
    predictions,
    runs,
    settings,
    splits,
    summary,
)
from inspector.project.database import Database
from inspector.project.marks import Marks
from inspector.project.records import (
    Change,
    ClassRecord,
    FolderLabels,
    ImageRecord,
    ImportFinished,
    LabelEvent,
    LabelImport,
    Prediction,
    RunEvent,
    RunRecord,
    UnreadableFile,
)

if TYPE_CHECKING:
    from models.events import Notice, Progress
    from models.images.settings import ImageSettings


class Project:
    """An open project. Calls that change something say what (`Change`), and raise KnownError if it is read-only."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database

    @classmethod
    def create(cls, path: Path | str) -> Project:
        """Make a new, empty project in the folder `path`, which must not exist or be empty, and open it.

        Raises:
            KnownError: if the folder is taken, or can't be made or written.
        """
        folder = creation.create_folder(Path(path))
        return cls.open(folder)

    @classmethod
    def open(cls, path: Path | str, *, read_only: bool = False) -> Project:
        """Open the project in the folder `path`; for reading alone where it can't be written.

        Raises:
            KnownError: if there is none, or it is damaged or of a newer version.
        """
        file = creation.database_file(Path(path))
        return cls(file.parent, Database.open(file, read_only=read_only))

    def close(self) -> None:
        """Close the project; calling it again does nothing."""
        self._database.close()

    def discard(self) -> None:
        """Close a project that has taken in no images yet, and remove what `create` made."""
        creation.remove_empty(self._database)

    def __enter__(self) -> Project:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def read_only(self) -> bool:
        """Whether the project is open for reading alone."""
        return self._database.read_only

    @property
    def notices(self) -> list[str]:
        """Sentences that the user should read about how the project could be opened."""
        return self._database.notices

    @property
    def runs_folder(self) -> Path:
        """Where the folders of the runs lie."""
        return self.folder / runs.RUNS_FOLDER

    @property
    def cache_folder(self) -> Path:
        """Where rebuildable files lie; it may be deleted at any time."""
        return self.folder / creation.CACHE_FOLDER

    def data_version(self) -> int:
        """A number that is another one once another program has written to the project."""
        return self._database.value("PRAGMA data_version")

    def marks(self) -> Marks:
        """How far each kind of thing is, to ask later what another program has changed since."""
        return marks.marks(self._database)

    def change_between(self, before: Marks, after: Marks) -> Change:
        """What has changed from one to the other."""
        return marks.change_between(self._database, before, after)

    def check(self) -> list[str]:
        """What is wrong with the database file; empty if nothing. Reads the whole file."""
        return self._database.check()

    def summary(self) -> dict[str, Any]:
        """images, paths, duplicates, unreadable, classes (name to number of labels), labels, runs (id, kind, state)."""
        listed = [{"id": run.id, "kind": run.kind, "state": run.state} for run in self.runs()]
        return {**summary.content(self._database), "runs": listed}

    # Images

    def import_folders(
        self, folders: Sequence[Path], *, threads: int = 2
    ) -> Iterator[Progress | Notice | ImportFinished]:
        """Take in all images below `folders`, with `threads` reading files; ends with `ImportFinished`.

        Known, unchanged files are skipped. Files that can't be used are listed, see `unreadable`.

        Raises:
            KnownError: if a folder is missing or holds no images that can be read.
        """
        from inspector.project import importing  # brings NumPy and OpenCV

        return importing.import_folders(self._database, folders, threads=threads)

    @property
    def image_settings(self) -> ImageSettings:
        """How the project's images become pixels; KnownError before the first import."""
        from inspector.project import image_settings

        return image_settings.image_settings(self._database)

    def source_folders(self) -> list[Path]:
        """The folders that were imported, to import them again."""
        return images.source_folders(self._database)

    def images(self) -> list[ImageRecord]:
        """All images in the order of their ids."""
        return images.images(self._database)

    def image_files(self) -> list[tuple[str, Path]]:
        """(content hash, path) of every image's every path, in the order of the ids, for the image cache."""
        return images.image_files(self._database)

    def image_files_by_id(self) -> dict[int, list[Path]]:
        """Every path of every image by image id, those that were there at the last import first."""
        return images.image_files_by_id(self._database)

    def image_ids_by_path(self, paths: Iterable[str], *, base: Path | None = None) -> dict[str, int]:
        """The image ids of paths as a user writes them: absolute, relative to `base`, an imported or this folder."""
        return images.image_ids_by_path(self._database, paths, base=base)

    def image_path(self, image_id: int) -> Path:
        """A path at which the image's file is now, its first known one if it is gone."""
        return images.image_path(self._database, image_id)

    def paths(self, image_id: int) -> list[Path]:
        """Every path at which an image was found."""
        return images.paths(self._database, image_id)

    def unreadable(self) -> list[UnreadableFile]:
        """The files that look like images and can't be used, with their reasons."""
        return images.unreadable(self._database)

    def duplicates(self) -> list[tuple[ImageRecord, list[Path]]]:
        """The images that lie at more than one path, with those paths."""
        return images.duplicates(self._database)

    # Classes

    def classes(self) -> list[ClassRecord]:
        """All classes in the order in which they were made."""
        return classes.classes(self._database)

    def names_today(self, names: Iterable[str]) -> dict[str, str]:
        """What classes that a run or a model names are called today, by the name of then; unknown ones keep theirs."""
        return former_names.names_today(self._database, names)

    def add_class(self, name: str) -> Change:
        """Make a class with the next colour and key, unless there is one of this name."""
        return classes.add_class(self._database, name)

    def rename_class(self, name: str, *, new_name: str) -> Change:
        """Give a class another name, which undo takes back; KnownError if another class has it."""
        return class_editing.rename_class(self._database, name, new_name=new_name)

    def merge_class(self, name: str, *, into: str) -> Change:
        """Give all images of a class another one, and take the first off the list: a step that undo takes back."""
        return class_merging.merge_class(self._database, name, into=into)

    def remove_class(self, name: str) -> Change:
        """Take a class off the list, which undo takes back; KnownError if images have it."""
        return class_merging.remove_class(self._database, name)

    def set_class_colour(self, name: str, *, colour: str) -> Change:
        """Give a class the colour '#RRGGBB', which undo takes back."""
        return class_editing.set_class_colour(self._database, name, colour=colour)

    def set_class_hotkey(self, name: str, *, hotkey: str | None) -> Change:
        """Give a class a key or take it away, which undo takes back; KnownError if another class has it."""
        return class_editing.set_class_hotkey(self._database, name, hotkey=hotkey)

    # Labels

    def labels(self, image_ids: Iterable[int] | None = None) -> dict[int, str]:
        """The class name of every labelled image, or of those among `image_ids`, by image id."""
        return labels.labels(self._database, image_ids)

    def label_images(self, wanted: Mapping[int, str | None], *, step: str, source: str) -> Change:
        """Give images their class by image id (None: no label), in one step called `step`; makes new classes."""
        return labels.label_images(self._database, wanted, step=step, source=source)

    def labelled_by(self, image_ids: Iterable[int]) -> dict[int, str]:
        """Who gave each of these images the label that it has, by image id; images without a label are left out."""
        return labels.labelled_by(self._database, image_ids)

    def label_history(self, image_id: int) -> list[LabelEvent]:
        """Who changed an image's label when, oldest first."""
        return labels.label_history(self._database, image_id)

    def undo(self) -> Change | None:
        """Take the latest label step back; None if there is none."""
        return labels.undo(self._database)

    def redo(self) -> Change | None:
        """Do the label step again that was taken back last; None if there is none."""
        return labels.redo(self._database)

    @property
    def undo_step(self) -> int | None:
        """The id of the step that `undo` would take back, which no other step has."""
        return labels.undo_step(self._database)

    @property
    def undo_name(self) -> str | None:
        """The name of the step that `undo` would take back."""
        return labels.undo_name(self._database)

    @property
    def redo_name(self) -> str | None:
        """The name of the step that `redo` would do again."""
        return labels.redo_name(self._database)

    def label_from_folders(
        self,
        *,
        fraction: float | None = None,
        per_class: int | None = None,
        seed: int = 0,
        exclude_part: str | None = None,
    ) -> FolderLabels:
        """Label images by their folder's name: all, a fraction, or so many per class, drawn by `seed`."""
        return label_folders.label_from_folders(
            self._database, fraction=fraction, per_class=per_class, seed=seed, exclude_part=exclude_part
        )

    def label_from_folders_in_steps(self) -> Iterator[Progress | FolderLabels]:
        """The same for all images, saying how far it is; nothing is done if it is left before its end."""
        return label_folders.label_from_folders_in_steps(self._database)

    def import_label_csv(self, file: Path) -> LabelImport:
        """Take labels from a CSV with the columns path and label; an empty label removes."""
        return label_csv.import_label_csv(self._database, file)

    def import_label_csv_in_steps(self, file: Path) -> Iterator[Progress | LabelImport]:
        """The same, saying how far it is; nothing is done if it is left before its end."""
        return label_csv.import_label_csv_in_steps(self._database, file)

    def export_label_csv(self, file: Path) -> None:
        """Write all labels to a CSV with the columns path and label."""
        label_csv.export_label_csv(self._database, file)

    def export_label_csv_in_steps(self, file: Path) -> Iterator[Progress]:
        """The same, saying how far it is; nothing is written if it is left before its end."""
        return label_csv.export_label_csv_in_steps(self._database, file)

    # Splits

    def split(self) -> dict[int, str]:
        """The part, 'train' or 'test', of every image that has been assigned one, by image id."""
        return splits.split(self._database)

    def assign_split(self, parts: Mapping[int, str]) -> Change:
        """Put images into 'train' or 'test' by image id, each with its whole group."""
        return splits.assign_split(self._database, parts)

    def hold_out(self, fraction: float, *, seed: int) -> Change:
        """Keep a fraction of each class's labelled images, by whole groups, for judging ('test'); others: 'train'."""
        return splits.hold_out(self._database, fraction, seed=seed)

    def straddling_groups(self) -> list[list[int]]:
        """The groups on both sides of the split: the ids of their members that have a part."""
        return splits.straddling(self._database)

    # Groups: images of one coil or time, and near-duplicates, which belong on one side of every split

    def groups(self) -> dict[int, int]:
        """The group of every image, by image id: the smallest id of the images that belong together."""
        return groups.groups(self._database)

    def near_duplicates(self) -> dict[int, int]:
        """The cluster of near-duplicates of every image that was compared with the others, by image id."""
        return groups.near_duplicates(self._database)

    def save_near_duplicates(self, clusters: Mapping[int, int]) -> Change:
        """Replace what is known of near-duplicates: the cluster of each image that was compared, by image id."""
        return groups.save_near_duplicates(self._database, clusters)

    @property
    def group_pattern(self) -> str | None:
        """The regular expression that tells groups by the paths of the images."""
        return groups.group_pattern(self._database)

    def set_group_pattern(self, pattern: str | None) -> Change:
        """Group by a regular expression from now on, None: by none; KnownError if it tells no groups apart."""
        return groups.set_group_pattern(self._database, pattern)

    # Runs and what they predict

    def start_run(self, kind: str, config: dict[str, Any]) -> runs.Run:
        """Begin a run of a kind ('pretrain', 'train', ...); `config` holds all that is needed to repeat it."""
        return runs.start_run(self._database, kind, config)

    def resume_run(self, run_id: int) -> runs.Run:
        """Go on with a run that was cancelled, failed or interrupted; KnownError for any other."""
        return runs.resume_run(self._database, run_id)

    def run(self, run_id: int) -> RunRecord:
        """The run of this id; KnownError if there is none."""
        return runs.run(self._database, run_id)

    def runs(self, kind: str | None = None) -> list[RunRecord]:
        """All runs, or those of a kind, oldest first."""
        return runs.runs(self._database, kind)

    def latest_run(self, kind: str, *, state: str = "finished") -> RunRecord | None:
        """The newest run of a kind that is in `state`."""
        return runs.latest_run(self._database, kind, state=state)

    def run_images(self, run_id: int, role: str) -> set[int]:
        """The ids of the images that a run used as `role` ('pretrain', 'train', 'validation', 'seen')."""
        return runs.run_images(self._database, run_id, role)

    def run_events(self, run_id: int, name: str | None = None) -> list[RunEvent]:
        """What a run logged, oldest first."""
        return runs.run_events(self._database, run_id, name)

    def save_predictions(self, run_id: int, rows: Iterable[tuple[int, str, float]]) -> None:
        """Store (image id, class name, confidence) of a run."""
        predictions.save_predictions(self._database, run_id, rows)

    def predictions(self, run_id: int) -> list[Prediction]:
        """A run's predictions by image id, in today's names of the classes."""
        return predictions.predictions(self._database, run_id)

    # Settings

    def setting(self, key: str, default: Any = None) -> Any:
        """A setting's value, `default` if it was never set. 'max_pixels' limits the size of images."""
        return settings.setting(self._database, key, default)

    def set_setting(self, key: str, value: Any) -> None:
        """Store a JSON value under `key`."""
        settings.set_setting(self._database, key, value)

"""What to classify: the folder, the model, where copies go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLineEdit, QWidget

from inspector.ui.pages.classify.model_choice import ModelChoice, model_of_file
from inspector.ui.state.settings import settings
from inspector.ui.widgets.controls import button, label, row

HEIGHT_PX = 48
MIN_FIELD_PX, MIN_MODEL_PX = 180, 130
OTHER = "Model file…"
SORT_TITLE = "Copy the images into (a later review moves no copies)"
SORT_HELP = (
    "Copies the images into a folder for each class and one for 'needs review'; yours stay as they are.\n"
    "Copies stay where the model has put them: what you decide in a review moves none"
)


class SourceBar(QWidget):
    """`changed` when another folder, model or place for copies is chosen; `start_asked` by Enter and by the button."""

    changed = Signal()
    start_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT_PX)
        self._sort_into: Path | None = None
        self.field = QLineEdit(placeholderText="Folder of images")
        self.field.setAccessibleName("Folder to classify")
        self.field.setMinimumWidth(MIN_FIELD_PX)
        self.models = QComboBox()
        self.models.setAccessibleName("Model")
        self.models.setMinimumWidth(MIN_MODEL_PX)
        self.models.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.sort = QCheckBox("Sort into folders…")
        self.sort.setToolTip(SORT_HELP)
        self.start = button("Classify", self.start_asked.emit, kind="primary")
        items = (
            label("Folder", tone="text2"),
            self.field,
            label("Model", tone="text2"),
            self.models,
            self.sort,
            self.start,
        )
        self.setLayout(row(*items, margins=(16, 0, 12, 0)))
        self.layout().setStretch(1, 1)
        self._last_model = 0
        self.field.returnPressed.connect(self.start_asked)
        self.field.textChanged.connect(self.changed)
        self.models.activated.connect(self._on_model_chosen)
        self.sort.clicked.connect(self._on_sort_clicked)

    @property
    def folder(self) -> Path | None:
        """The folder to classify, None if none is named."""
        text = self.field.text().strip()
        return Path(text).expanduser() if text else None

    @property
    def model(self) -> ModelChoice | None:
        """The chosen model, None if there is none."""
        return self.models.currentData()

    @property
    def sort_into(self) -> Path | None:
        """Where copies go, None for nowhere."""
        return self._sort_into

    def set_folder(self, folder: Path) -> None:
        """Name a folder."""
        self.field.setText(str(folder))

    def set_sort_into(self, folder: Path | None) -> None:
        """Say where copies go."""
        self._sort_into = folder
        self.sort.setChecked(folder is not None)
        self.sort.setText("Sort into folders…" if folder is None else f"Sort into {folder.name}")
        self.sort.setToolTip(SORT_HELP if folder is None else f"{SORT_HELP}\n{folder}")
        self.changed.emit()

    def show_models(self, choices: Sequence[ModelChoice]) -> None:
        """The models to choose from, the newest first.

        An older one that was chosen stays so, and a file from elsewhere; whoever had the newest has the newest again.
        """
        chosen, is_newest = self.model, self.models.currentIndex() == 0
        elsewhere = [chosen] if chosen is not None and chosen.run is None else []
        self.models.clear()
        for choice in [*choices, *elsewhere]:
            self._add(choice)
        self.models.addItem(OTHER, None)
        if chosen is not None and (elsewhere or not is_newest):
            self.choose_model(chosen.path)
        self._last_model = self.models.currentIndex()
        self.changed.emit()

    def choose_model(self, path: Path) -> None:
        """Choose a model by its file, if it is among them."""
        found = (i for i in range(self.models.count()) if (c := self.models.itemData(i)) is not None and c.path == path)
        self._last_model = next(found, self._last_model)
        self.models.setCurrentIndex(self._last_model)

    def add_model_file(self, path: Path) -> None:
        """Choose a model file from elsewhere."""
        self._add(model_of_file(path))
        self.choose_model(path)
        self.changed.emit()

    def _add(self, choice: ModelChoice) -> None:
        place = self.models.count() - (self.models.findText(OTHER) >= 0)
        self.models.insertItem(place, choice.text, choice)
        self.models.setItemData(place, choice.tooltip, Qt.ItemDataRole.ToolTipRole)

    def _on_model_chosen(self, position: int) -> None:
        if self.models.itemData(position) is not None:
            self._last_model = position
            self.changed.emit()
            return
        self.models.setCurrentIndex(self._last_model)
        file, _ = QFileDialog.getOpenFileName(self, "Choose a model file", "", "Models (*.safetensors)")
        if file:
            self.add_model_file(Path(file))

    def _on_sort_clicked(self, wanted: bool) -> None:
        folder = QFileDialog.getExistingDirectory(self, SORT_TITLE, settings.text("last_sort")) if wanted else ""
        if folder:
            settings.set("last_sort", folder)
        self.set_sort_into(Path(folder) if folder else None)

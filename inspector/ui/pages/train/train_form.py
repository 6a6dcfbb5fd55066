"""The settings of the next training run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QSpinBox, QToolButton, QWidget

from inspector.jobs.pool.imagenet_weights import IMAGENET, stored_weights
from inspector.jobs.training.training import TrainRequest
from inspector.project import RunRecord
from inspector.ui.run_words import FEATURES, pretraining_words, run_and_method
from inspector.ui.widgets.controls import Segmented, column, keep_icon, label, set_enabled
from inspector.ui.widgets.elided_combo import ElidedComboBox

LABEL_COLUMN_PX = 64
MAX_EPOCHS, MAX_SEED = 10_000, 2**31 - 1
FIELD_MARGIN_PX = 8
DEVICES = (("auto", "Automatic"), ("cpu", "Processor"), ("cuda", "Graphics card"))
HEADS = (("default", "Inspector's"), ("paper", "One linear layer"))
NO_ENCODER = "None: texture alone"
UNLABELLED_NOTE = "Labels spread to images that look alike, where cross-validation says that it helps."


class TrainForm(QWidget):
    """Fields for every setting of a TrainRequest; `changed` after any of them."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._are_encoders_there = False
        self.encoder = _combo("Encoder", ())
        self.mode = Segmented((("linear", "Frozen"), ("finetune", "Fine-tuned")), name="Training")
        self.mode.segment("linear").setToolTip("The encoder stays as it is, a linear head is fitted: seconds.")
        self.mode.segment("finetune").setToolTip(
            "The encoder learns from the labels too, and is kept only where that is better: minutes, longer on a CPU."
        )
        self.features = _combo("Features", tuple(FEATURES.items()))
        self.unlabelled = QCheckBox("Use unlabelled images")
        self.unlabelled.setChecked(True)
        self.unlabelled_note = label(UNLABELLED_NOTE, size_px=12, tone="text3", wraps=True)
        self.head = _combo("Head", HEADS)
        self.epochs = _spin("Epochs", 0, MAX_EPOCHS)
        self.epochs.setSpecialValueText("usual number")
        self.seed = _spin("Seed", 0, MAX_SEED)
        self.device = _combo("Device", DEVICES)
        self.fold = _fold_button()
        self.more = QWidget()
        self.more.setLayout(
            _form(("Head", self.head), ("Epochs", self.epochs), ("Seed", self.seed), ("Device", self.device))
        )
        self.more.hide()
        self.fold.toggled.connect(self._on_fold_toggled)
        main = _form(("Encoder", self.encoder), ("Training", self.mode), ("Features", self.features))
        self.setLayout(column(main, self.unlabelled, self.unlabelled_note, self.fold, self.more))
        self._connect()
        self._follow_mode()

    def set_encoders(self, runs: Sequence[RunRecord]) -> None:
        """Offer the encoders of these finished pretraining runs, newest first; what was chosen stays so.

        ImageNet weights are offered where they are on this machine; the Pretrain page fetches them.
        """
        chosen = self.encoder.currentData()
        self._are_encoders_there = bool(runs)
        self.encoder.blockSignals(True)
        self.encoder.clear()
        self.encoder.addItem(f"Latest: {run_and_method(runs[0])}" if runs else NO_ENCODER, "latest")
        for run in runs:
            self.encoder.addItem(pretraining_words(run), str(run.id))
        if stored_weights() is not None:
            self.encoder.addItem("ImageNet, not pretrained here", IMAGENET)
        self.encoder.addItem("Random, not pretrained", "random")
        self.encoder.setCurrentIndex(max(0, self.encoder.findData(chosen)))
        self.encoder.blockSignals(False)
        self._follow_mode()

    def request(self) -> TrainRequest:
        """What is set."""
        epochs = self.epochs.value()
        return TrainRequest(
            mode=self.mode.key,
            encoder=self.encoder.currentData() or "latest",
            features=self.features.currentData(),
            use_unlabelled=self.unlabelled.isChecked(),
            preset="default" if self.mode.key == "finetune" else self.head.currentData(),
            epochs=epochs if epochs and self._is_network() else None,
            device=self.device.currentData(),
            seed=self.seed.value(),
        )

    def _connect(self) -> None:
        for combo in (self.encoder, self.features, self.head, self.device):
            combo.currentIndexChanged.connect(self._on_edited)
        for spin in (self.epochs, self.seed):
            spin.valueChanged.connect(self._on_edited)
        self.mode.chosen.connect(self._on_edited)
        self.unlabelled.toggled.connect(self._on_edited)

    def _is_network(self) -> bool:
        return self.mode.key == "finetune" or self.head.currentData() == "paper"

    def _follow_mode(self) -> None:
        """What a way of training does not use is disabled, and says why."""
        is_network = self._is_network()
        why = "Only the frozen encoder with Inspector's head uses this." if is_network else ""
        is_texture = not is_network and self.features.currentData() == "texture"
        is_without = self.encoder.currentData() == "latest" and not self._are_encoders_there
        alone = "Without an encoder the texture spectrum stands alone." if is_without and not is_texture else ""
        set_enabled(self.features, why or alone)
        set_enabled(self.unlabelled, why)
        set_enabled(self.epochs, "" if is_network else "A linear head on frozen features has no epochs.")
        set_enabled(self.head, "A fine-tuned network has its own head." if self.mode.key == "finetune" else "")
        set_enabled(self.encoder, "The texture spectrum stands alone: no encoder is used." if is_texture else "")

    def _on_edited(self) -> None:
        self._follow_mode()
        self.changed.emit()

    def _on_fold_toggled(self, is_open: bool) -> None:
        self.more.setVisible(is_open)
        keep_icon(self.fold, "chevron-down" if is_open else "chevron-right", token="text2", size_px=14)


def _form(*rows: tuple[str, QWidget]) -> QFormLayout:
    """Labels in a column of their own, a buddy each."""
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)  # segments keep their width in a narrow panel
    for name, field in rows:
        text = label(name, tone="text2")
        text.setFixedWidth(LABEL_COLUMN_PX)
        text.setMinimumHeight(28)
        text.setBuddy(field)
        form.addRow(text, field)
    return form


def _combo(name: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
    made = ElidedComboBox()
    made.setAccessibleName(name)
    made.setMinimumContentsLength(10)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for key, text in choices:
        made.addItem(text, key)
    return made


def _spin(name: str, low: int, high: int) -> QSpinBox:
    made = QSpinBox()
    made.setAccessibleName(name)
    made.setRange(low, high)
    made.lineEdit().setTextMargins(FIELD_MARGIN_PX, 0, 0, 0)
    return made


def _fold_button() -> QToolButton:
    made = QToolButton()
    made.setText("More settings")
    made.setProperty("kind", "flat")
    made.setCheckable(True)
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    keep_icon(made, "chevron-right", token="text2", size_px=14)
    return made

"""The settings of the next pretraining run: method, preset, and every option in a fold-out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QSpinBox,
    QToolButton,
    QWidget,
)

from inspector.jobs.pool.imagenet_weights import IMAGENET
from inspector.jobs.pretraining.defaults import pretrain_defaults
from inspector.jobs.pretraining.request import PretrainRequest
from inspector.jobs.pretraining.timing import breaks_promise
from inspector.project import RunRecord
from inspector.ui.pages.pretrain.method_words import promise_words
from inspector.ui.pages.pretrain.options import OPTIONS, Option, options_for, request_of
from inspector.ui.pages.pretrain.pretrain_words import METHODS, PRESETS, SENTENCES, STARTS, preset_text, run_title
from inspector.ui.widgets.controls import Segmented, button, column, keep_icon, label, row, set_enabled, set_tone
from inspector.ui.widgets.elided_combo import ElidedComboBox
from models.encoders.spec import IMAGENET_WIDTH
from models.pretraining.config import DEFAULT_METHOD

NAME_PX = 96
FIELD_MARGIN_PX = 8
DEVICES = (("auto", "Automatic"), ("cpu", "Processor"), ("cuda", "Graphics card"))
MAX_MINUTES = 10_000
Field = QSpinBox | QDoubleSpinBox | QCheckBox | QComboBox


class PretrainForm(QWidget):
    """`changed` after any edit."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._defaults = pretrain_defaults()
        self.method = Segmented(METHODS, name="Method")
        self.sentence = label(SENTENCES[DEFAULT_METHOD], tone="text2", wraps=True)
        self.preset = _combo("Preset", PRESETS)
        self.start_from = _combo("Start from", ())
        self.start_from.setToolTip("ImageNet: weights that were learned from photographs, by torchvision's ResNet-18.")
        self._runs: Sequence[RunRecord] = ()
        self.device = _combo("Device", DEVICES)
        self.minutes = QSpinBox()
        self.minutes.setRange(0, MAX_MINUTES)
        self.minutes.setSuffix(" min")
        self.minutes.setSpecialValueText("none")
        self.minutes.setToolTip("As many epochs as fit into so much time, measured at the start of the run.")
        _prepare_field(self.minutes, "Time budget")
        self.fold = QToolButton()
        self.fold.setText("All options")
        self.fold.setCheckable(True)
        self.fold.setProperty("kind", "flat")
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        keep_icon(self.fold, "chevron-right", token="text2", size_px=14)
        self.reset_button = button("Reset", self.reset, kind="link")
        self.fields: dict[str, Field] = {option.name: _field(option) for option in OPTIONS}
        self._labels = {option.name: label(option.label, tone="text2") for option in OPTIONS}
        self.options = QWidget()
        self.options.setLayout(self._option_rows())
        self.options.hide()
        main = _rows(
            ("Preset", self.preset),
            ("Time budget", self.minutes),
            ("Start from", self.start_from),
            ("Device", self.device),
        )
        fold = row(self.fold, None, self.reset_button)
        self._durations: Mapping[str, float] = {}
        self.promise = label(size_px=12, tone="text3", wraps=True)
        self.setLayout(column(self.method, self.sentence, main, self.promise, fold, self.options))
        self._fill_starts()
        self._connect()
        self.reset()

    def set_runs(self, runs: Sequence[RunRecord]) -> None:
        """Offer to start from these finished runs, newest first; what was chosen stays so."""
        self._runs = runs
        self._fill_starts()

    def set_durations(self, seconds: Mapping[str, float] | None) -> None:
        """How long each preset takes here."""
        self._durations = seconds or {}
        self._show_promise()
        for place, (name, _) in enumerate(PRESETS):
            self.preset.setItemText(place, preset_text(name, seconds))

    def reset(self) -> None:
        """Every option as the preset says."""
        for option in OPTIONS:
            self._set_value(option.name, self._current_defaults()[option.name])
        self._show_options()
        self.changed.emit()

    def choose(self, method: str) -> None:
        """Another method, as if its segment had been pressed."""
        self.method.choose(method)
        self._on_method(method)

    def continue_from(self, run: RunRecord) -> None:
        """Start from a run's encoder, with its method."""
        method = str(run.config.get("method", DEFAULT_METHOD))
        self.choose(method)
        self.start_from.setCurrentIndex(max(0, self.start_from.findData(str(run.id))))

    def request(self) -> PretrainRequest:
        """What is set."""
        return request_of(
            self.method.key,
            self.preset.currentData(),
            {name: self.value(name) for name in self.fields},
            self._current_defaults(),
            minutes=float(self.minutes.value()),
            start_from=self.start_from.currentData(),
            device=self.device.currentData(),
        )

    def value(self, name: str) -> Any:
        """The value of an option."""
        field = self.fields[name]
        if isinstance(field, QCheckBox):
            return field.isChecked()
        return field.currentText() if isinstance(field, QComboBox) else field.value()

    def _current_defaults(self) -> Mapping[str, Any]:
        return self._defaults[self.method.key, self.preset.currentData()]

    def _set_value(self, name: str, value: Any) -> None:
        field = self.fields[name]
        field.blockSignals(True)
        if isinstance(field, QCheckBox):
            field.setChecked(bool(value))
        elif isinstance(field, QComboBox):
            field.setCurrentText(str(value))
        else:
            field.setValue(value)
        field.blockSignals(False)

    def _option_rows(self) -> QFormLayout:
        form = _rows()
        for option in OPTIONS:
            name = self._labels[option.name]
            name.setFixedWidth(NAME_PX)
            name.setToolTip(option.tip)
            name.setBuddy(self.fields[option.name])
            form.addRow(name, self.fields[option.name])
        return form

    def _fill_starts(self) -> None:
        """Random and ImageNet weights, the latter not for a masked autoencoder's network, then the runs."""
        chosen = self.start_from.currentData()
        self.start_from.blockSignals(True)
        self.start_from.clear()
        for key, text in STARTS.items():
            if key != IMAGENET or self.method.key != "mae":
                self.start_from.addItem(text, key)
        for run in self._runs:
            self.start_from.addItem(run_title(run), str(run.id))
        self.start_from.setCurrentIndex(max(0, self.start_from.findData(chosen)))
        self.start_from.blockSignals(False)

    def _show_width(self) -> None:
        """ImageNet weights are those of one width."""
        is_imagenet = self.start_from.currentData() == IMAGENET
        if is_imagenet or not self.fields["width"].isEnabledTo(self):
            self._set_value("width", IMAGENET_WIDTH if is_imagenet else self._current_defaults()["width"])
        set_enabled(self.fields["width"], f"ImageNet weights are of width {IMAGENET_WIDTH}." if is_imagenet else "")

    def _show_options(self) -> None:
        """Only what counts for the method."""
        counted = {option.name for option in options_for(self.method.key)}
        layout = self.options.layout()
        assert isinstance(layout, QFormLayout)
        for option in OPTIONS:
            layout.setRowVisible(self.fields[option.name], option.name in counted)
        has_budget = self.minutes.value() > 0
        self._show_width()
        set_enabled(self.fields["epochs"], "The time budget decides on the epochs." if has_budget else "")

    def _show_promise(self) -> None:
        """How long the preset takes here, as a warning where that is too long; not where the user decides on it."""
        preset = self.preset.currentData()
        is_own = self.minutes.value() > 0 or self.value("epochs") != self._current_defaults()["epochs"]
        seconds = None if is_own else self._durations.get(preset)
        self.promise.setVisible(seconds is not None)
        if seconds is not None:
            self.promise.setText(promise_words(preset, seconds))
            set_tone(self.promise, "warn" if breaks_promise(preset, seconds) else "text3")

    def _connect(self) -> None:
        self.changed.connect(self._show_promise)
        self.method.chosen.connect(self._on_method)
        self.preset.currentIndexChanged.connect(lambda _: self.reset())
        self.fold.toggled.connect(self._on_fold_toggled)
        self.minutes.valueChanged.connect(lambda _: (self._show_options(), self.changed.emit()))
        self.start_from.currentIndexChanged.connect(lambda _: (self._show_width(), self.changed.emit()))
        self.device.currentIndexChanged.connect(lambda _: self.changed.emit())
        for field in self.fields.values():
            signal = (
                field.toggled
                if isinstance(field, QCheckBox)
                else field.currentIndexChanged
                if isinstance(field, QComboBox)
                else field.valueChanged
            )
            signal.connect(lambda _: self.changed.emit())

    def _on_method(self, method: str) -> None:
        self.sentence.setText(SENTENCES[method])
        self._fill_starts()
        self.reset()

    def _on_fold_toggled(self, is_open: bool) -> None:
        self.options.setVisible(is_open)
        keep_icon(self.fold, "chevron-down" if is_open else "chevron-right", token="text2", size_px=14)


def _field(option: Option) -> Field:
    if option.kind == "flag":
        made: Field = QCheckBox(option.text)
    elif option.kind == "choice":
        made = _combo(option.label, [(name, name) for name in option.choices])
    elif option.kind == "int":
        made = QSpinBox()
        made.setRange(int(option.low), int(option.high))
    else:
        made = QDoubleSpinBox()
        made.setDecimals(option.decimals)
        made.setRange(option.low, option.high)
        made.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
    if isinstance(made, QAbstractSpinBox):
        made.setSpecialValueText(option.special)
    made.setToolTip(option.tip)
    _prepare_field(made, option.label)
    return made


def _prepare_field(field: Field, name: str) -> None:
    field.setAccessibleName(name)
    if isinstance(field, QAbstractSpinBox):
        field.lineEdit().setTextMargins(FIELD_MARGIN_PX, 0, 0, 0)


def _combo(name: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
    made = ElidedComboBox()
    made.setAccessibleName(name)
    made.setMinimumContentsLength(8)  # what the panel has room for at its narrowest
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for key, text in choices:
        made.addItem(text, key)
    return made


def _rows(*items: tuple[str, QWidget]) -> QFormLayout:
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for name, field in items:
        text = label(name, tone="text2")
        text.setFixedWidth(NAME_PX)
        text.setBuddy(field)
        form.addRow(text, field)
    return form

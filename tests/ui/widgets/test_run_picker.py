"""The run that is shown is named whole."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QStyle, QStyleOptionComboBox

from inspector.project import RunRecord
from inspector.ui.widgets.run_picker import RunPicker


def test_it_is_as_wide_as_its_longest_run(qtbot):
    config = {"mode": "linear", "features": "fused"}
    runs = [RunRecord(number, "train", "finished", config, {}, "", None, None, Path()) for number in (123, 2)]
    picker = RunPicker()
    qtbot.addWidget(picker)
    picker.set_runs(runs)
    picker.adjustSize()
    option = QStyleOptionComboBox()
    picker.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    room = picker.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, picker)
    assert picker.fontMetrics().horizontalAdvance("Run 123 · frozen encoder") <= room.width()


def test_without_runs_it_says_so(qtbot):
    picker = RunPicker()
    qtbot.addWidget(picker)
    picker.set_runs([])
    assert (picker.run_id, picker.placeholderText()) == (None, "No run yet")

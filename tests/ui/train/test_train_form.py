"""The form gives every setting that a training run has."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStyle

from inspector.jobs.training.training import TrainRequest
from inspector.ui.pages.page import NARROW_PANEL_PX, PANEL_PX
from inspector.ui.pages.train.train_form import TrainForm
from inspector.ui.state.session import Session


@pytest.fixture
def form(qtbot):
    made = TrainForm()
    qtbot.addWidget(made)
    made.set_encoders([])
    made.show()
    return made


def test_untouched_it_is_the_default(form):
    assert form.request() == TrainRequest()


def test_every_setting_can_be_reached(qtbot, form):
    form.encoder.setCurrentIndex(form.encoder.findData("random"))
    form.features.setCurrentIndex(form.features.findData("encoder"))
    qtbot.keyClick(form.unlabelled, Qt.Key.Key_Space)
    form.fold.click()
    form.head.setCurrentIndex(form.head.findData("paper"))
    form.epochs.setValue(12)
    form.seed.setValue(5)
    form.device.setCurrentIndex(form.device.findData("cpu"))
    assert form.more.isVisible()
    expected = TrainRequest(
        encoder="random", features="encoder", use_unlabelled=False, preset="paper", epochs=12,
        device="cpu", seed=5,
    )  # fmt: skip
    assert form.request() == expected


def test_fine_tuning_uses_no_features_and_says_so(qtbot, form):
    with qtbot.waitSignal(form.changed):
        form.mode.segment("finetune").click()
    assert form.request().mode == "finetune"
    assert not form.features.isEnabled()
    assert "frozen encoder" in form.features.toolTip()


def test_imagenet_weights_are_offered_where_they_are_here(form, monkeypatch, tmp_path):
    monkeypatch.setattr("inspector.ui.pages.train.train_form.stored_weights", lambda: None)
    form.set_encoders([])
    assert form.encoder.findData("imagenet") == -1
    monkeypatch.setattr("inspector.ui.pages.train.train_form.stored_weights", lambda: tmp_path / "weights.pth")
    form.set_encoders([])
    form.encoder.setCurrentIndex(form.encoder.findData("imagenet"))
    assert form.request().encoder == "imagenet"


def test_the_texture_spectrum_needs_no_encoder(form):
    form.features.setCurrentIndex(form.features.findData("texture"))
    assert not form.encoder.isEnabled()
    assert "no encoder" in form.encoder.toolTip()


def test_without_an_encoder_it_says_what_the_run_reads(form):
    assert form.encoder.currentText() == "None: texture alone"
    assert (form.features.isEnabled(), "stands alone" in form.features.toolTip()) == (False, True)
    form.encoder.setCurrentIndex(form.encoder.findData("random"))
    assert form.features.isEnabled()
    form.features.setCurrentIndex(form.features.findData("texture"))
    form.set_encoders([])
    assert form.features.isEnabled()


def test_a_head_without_epochs_ignores_their_number(form):
    form.epochs.setValue(9)
    assert form.request().epochs is None


def test_it_fits_in_the_narrowest_panel_beside_a_scroll_bar(form):
    form.fold.click()
    margins, scroll_bar = 24, form.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
    form.resize(NARROW_PANEL_PX - margins - scroll_bar, form.heightForWidth(NARROW_PANEL_PX) + 60)
    assert form.minimumSizeHint().width() <= form.width()
    for field in (form.encoder, form.mode, form.features, form.head, form.device):
        assert field.geometry().right() < form.width()


def test_an_encoder_that_is_too_long_for_its_field_ends_in_an_ellipsis(qtbot, form, filled):
    for method in ("simclr", "hybrid"):
        with filled.start_run("pretrain", {"method": method, "epochs": 1000}) as run:
            run.finish({})
    form.set_encoders(Session(filled).finished_runs("pretrain"))
    form.resize(PANEL_PX - 24, 400)
    latest, first = (form.encoder.itemText(at) for at in (0, 1))
    assert latest == "Latest: Run 2, Hybrid"
    assert form.features.isEnabled()
    assert form.encoder.shown_text() == latest
    form.encoder.setCurrentIndex(1)
    form.encoder.setFixedWidth(110)
    assert form.encoder.shown_text().endswith("…")
    assert first.startswith(form.encoder.shown_text()[:-1])

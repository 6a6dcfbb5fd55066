"""The Pretrain page: options become a request, a run is watched, stopped, resumed and compared."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from inspector.jobs.events import RunStarted
from inspector.jobs.pretraining.defaults import pretrain_defaults
from inspector.project import Change
from inspector.ui.pages.pretrain.epoch_series import EpochSeries
from inspector.ui.pages.pretrain.network_view import TO_COME
from inspector.ui.pages.pretrain.options import OPTIONS, options_for, request_of
from inspector.ui.pages.pretrain.pretrain_words import device_words, health_words, preset_text, state_sentence
from inspector.ui.state.session import Session
from models.events import EpochDone, Progress, Reconstruction, StepDone, Views

TINY = {"size_px": 32, "width": 8, "batch_size": 12, "views": 2, "epochs": 4}


def set_tiny(page):
    for name, value in TINY.items():
        page.side.form.fields[name].setValue(value)


@pytest.mark.parametrize("method", ["simclr", "mae", "hybrid"])
def test_an_untouched_form_asks_for_the_preset(method):
    defaults = pretrain_defaults()[method, "balanced"]
    request = request_of(method, "balanced", defaults, defaults)
    assert (request.method, request.preset, request.overrides) == (method, "balanced", None)
    assert (request.size_px, request.width, request.flips, request.right_angles) == (None, None, True, True)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_reaches_the_request(option):
    method = option.methods[-1]
    defaults = pretrain_defaults()[method, "quick"]
    value = defaults[option.name]
    other = (
        next(c for c in option.choices if c != value)
        if option.choices
        else (not value if option.kind == "flag" else value + 2)
    )
    request = request_of(method, "quick", {**defaults, option.name: other}, defaults)
    said = request.overrides or {}
    assert said.get(option.name, getattr(request, option.name, None)) == other


def test_what_a_method_does_not_use_is_not_offered(page):
    assert "temperature" not in {option.name for option in options_for("mae")}
    page.side.form.fold.click()
    page.side.form.choose("mae")
    assert page.side.form.fields["mask_ratio"].isVisible()
    assert not page.side.form.fields["temperature"].isVisible()


def test_an_empty_project_leads_to_images(qtbot, empty_session, jobs, shell, open_page):
    page = open_page(empty_session)
    assert page.empty.isVisible()
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert shell.visited == [("images", None)]


def test_a_card_chooses_its_method(qtbot, page):
    qtbot.mouseClick(page.cards.cards["mae"], Qt.MouseButton.LeftButton)
    assert page.side.form.method.key == "mae"
    assert "hidden" in page.side.form.sentence.text()


def test_a_run_is_watched_to_its_end(qtbot, page, jobs):
    set_tiny(page)
    with qtbot.waitSignal(jobs.ended, timeout=120_000) as blocker:
        qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    assert blocker.args[1].outcome == "finished", blocker.args[1].details
    (run,) = page.session.finished_runs("pretrain")
    assert page.side.runs.rows[0].id == run.id
    assert len(page.figures.loss.plot.curves["run"].x) == 4
    assert page.figures.network.names == ["View A", "View B"]
    assert page.side.more_time.text() == run.metrics["more_time"]["sentence"] != ""
    assert page.side.more_time.isVisible()
    assert page.figures.health.text.startswith("Spread out rank")


def test_what_the_network_saw_last_is_shown_again(qtbot, page, jobs, session, shell, open_page):
    set_tiny(page)
    with qtbot.waitSignal(jobs.ended, timeout=120_000):
        page.start()
    again = open_page(session)
    assert again.figures.network.names == ["View A", "View B"]
    assert again.figures.network.isVisible()
    assert again.figures.network.accessibleDescription() == page.figures.network.accessibleDescription()


def test_without_pictures_of_a_run_no_room_is_kept_for_them(page):
    with page.session.project.start_run("pretrain", {"method": "simclr", "epochs": 3}) as run:
        run.finish({})
    page.session.refresh(Change(runs=True))
    page.show_run(run.id)
    assert not page.figures.network.isVisible()


def test_a_stopped_run_can_be_resumed(qtbot, page, jobs):
    set_tiny(page)
    page.side.form.fields["epochs"].setValue(400)
    with qtbot.waitSignal(jobs.event_arrived, timeout=60_000, check_params_cb=lambda _, e: isinstance(e, EpochDone)):
        page.start()
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        jobs.stop()
    run = page.session.runs[-1]
    assert (run.state, page.side.resume_button.isVisible(), page.side.resume_button.isEnabled()) == (
        "cancelled",
        True,
        True,
    )
    assert page.side.state.text() == page.side.runs.rows[0].figure == "stopped"
    assert page.side.continue_button.y() > page.side.resume_button.geometry().bottom()
    with qtbot.waitSignal(jobs.event_arrived, timeout=60_000, check_params_cb=lambda _, e: isinstance(e, StepDone)):
        qtbot.mouseClick(page.side.resume_button, Qt.MouseButton.LeftButton)
    assert page.session.project.run(run.id).state == "running"
    jobs.stop()


def test_the_plots_show_all_planned_epochs_from_the_start(page):
    page._job_id, page._live = 7, EpochSeries()
    run = page.session.project.start_run("pretrain", {"method": "simclr", "epochs": 40})
    page.jobs.event_arrived.emit(7, RunStarted(run.id))
    assert page.figures.loss.plot.x_range == (0, 40)
    run.finish({})


def test_until_the_first_look_at_the_images_of_a_run_that_learns_its_pictures_are_to_come(page):
    page._job_id, page._live = 7, EpochSeries()
    run = page.session.project.start_run("pretrain", {"method": "simclr", "epochs": 40})
    page.jobs.event_arrived.emit(7, RunStarted(run.id))
    page.jobs.event_arrived.emit(7, StepDone(1, 40, 0, 1.0, 0.1, 60.0, 40))
    assert page.figures.network.isVisible()
    assert page.figures.network.accessibleDescription() == TO_COME
    page.jobs.event_arrived.emit(7, Views(3, np.zeros((4, 2, 16, 16, 1), np.uint8)))
    assert page.figures.network.accessibleDescription() == "4 images, View A, View B"
    page.figures.begin(run.id + 1, "mae")
    assert page.figures.network.accessibleDescription() == TO_COME
    run.finish({})


def test_small_defects_can_be_left_out(qtbot, page):
    field = page.side.form.fields["small_defects"]
    assert field.isChecked()
    page.side.form.fold.click()
    field.click()
    assert page.side.form.request().overrides == {"small_defects": False}


def test_the_second_stage_is_said(page):
    page._job_id, page._live = 7, EpochSeries()
    page.jobs.event_arrived.emit(7, Progress("small defects", 12_000, 75_000, "windows"))
    assert page._sentence.full_text() == "Learning to spot small defects: 12,000 of 75,000 windows"


def test_reconstructions_are_shown_in_three_columns(page):
    crops = np.zeros((4, 16, 16, 1), np.uint8)
    page.figures.show_pictures(Reconstruction(3, crops, crops, crops))
    assert page.figures.network.names == ["Hidden", "Filled in", "Original"]
    page.figures.show_pictures(Views(4, np.zeros((4, 2, 16, 16, 1), np.uint8)))
    assert page.figures.network.names == ["View A", "View B"]


def test_the_score_has_its_interval(page):
    series = EpochSeries()
    series.take(EpochDone(5, 60, {"loss": 2.0, "knn_accuracy": 0.9, "knn_images": 30.0, "effective_rank": 20.0}))
    page.figures.show_series(series)
    assert page.figures.knn.text == "0.90 [0.74–0.97], 30 labels"


def test_labels_are_missed_only_where_they_lack(page, session):
    page.figures.show_series(EpochSeries())
    assert page.figures.knn.text == "– needs labels of two classes"
    session.apply(session.project.label_from_folders(per_class=1))
    page.figures.show_series(EpochSeries())
    assert page.figures.knn.text == "– not measured yet"


def test_a_run_that_is_over_had_no_score_rather_than_none_yet(page, session):
    with session.project.start_run("pretrain", {"method": "simclr", "epochs": 1}) as run:
        run.log("epoch", {"epoch": 1, "loss": 2.0})
        run.finish({})
    session.refresh(Change(runs=True))
    page.show_run(run.id)
    assert page.figures.knn.text == "– had too few labels"
    session.apply(session.project.label_from_folders(per_class=1))
    assert page.figures.knn.text == "– measured by the next run"


def test_a_run_that_was_looked_at_without_labels_measures_no_score_any_more(page, session):
    session.apply(session.project.label_from_folders(per_class=1))
    page.figures.show_series(EpochSeries.of_log(60, [{"epoch": 5, "loss": 2.0, "effective_rank": 20.0}]))
    assert page.figures.knn.text == "– measured by the next run"


@pytest.mark.parametrize(("device", "words"), [("cpu", "Processor"), ("cuda:0", "Graphics card"), ("–", "–")])
def test_devices_are_named_as_in_the_form(device, words):
    assert device_words(device) == words


def test_without_runs_no_list_of_runs_is_begun(page):
    assert not page.side.runs.isVisible()
    lines = [made for made in page.side.findChildren(QFrame) if made.property("line") == "horizontal"]
    assert not any(made.isVisible() for made in lines)


def test_the_score_is_held_against_that_before_training(page):
    metrics = {"knn_accuracy": 0.0625, "knn_images": 48.0, "effective_rank": 49.8}
    page.figures.show_series(EpochSeries.of_log(3, [{"epoch": 3, **metrics}]))
    assert page.figures.health.text == "Spread out rank 49.8"
    page.figures.show_series(EpochSeries.of_log(3, [{"epoch": 3, "knn_start": 0.1875, **metrics}]))
    assert page.figures.health.text == "Spread out rank 49.8"
    page.figures.compare({})
    line = page.figures.knn.plot.curves["before training"]
    assert (line.style, line.label, line.x.tolist(), line.y.tolist()) == (
        "reference",
        "before training",
        [0, 3],
        [0.1875, 0.1875],
    )
    assert not page.figures.grab().isNull()  # the key among the rest
    page.figures.show_series(EpochSeries.of_log(3, [{"epoch": 3, "knn_start": 0.01, **metrics}]))
    assert page.figures.health.text == "Good rank 49.8"


def test_a_learning_rate_that_has_run_out_is_nought(page):
    rows = [{"epoch": epoch, "learning_rate": rate} for epoch, rate in ((1, 0.003), (2, 0.00123), (3, 1e-8))]
    page.figures.show_series(EpochSeries.of_log(3, rows[:2]))
    assert page.figures.rate.text == "0.00123 peak 0.003"
    page.figures.show_series(EpochSeries.of_log(3, rows))
    assert page.figures.rate.text == "0 peak 0.003"


def test_a_series_reads_the_same_from_events_and_from_the_log():
    metrics = {"loss": 2.0, "learning_rate": 3e-3, "knn_accuracy": 0.9, "knn_images": 30.0, "effective_rank": 20.0}
    live = EpochSeries()
    live.take(EpochDone(1, 60, metrics))
    logged = EpochSeries.of_log(60, [{"epoch": 1, **metrics}])
    assert live == logged
    assert logged.rate == {1.0: 3e-3}


def test_words():
    assert health_words(1.2, 1.5, is_above_start=True) == ("Collapsed", "bad")
    assert health_words(3.0, 1.5, is_above_start=True)[1] == "warn"
    assert health_words(50.0, 1.5, is_above_start=True) == ("Good", "ok")
    assert health_words(50.0, 1.5, is_above_start=False) == ("Spread out", "")
    assert preset_text("best", None) == "Best"
    assert "it pays from about 200 on" in state_sentence(36, 0)
    assert "5 of the test set left out" in state_sentence(400, 5)


def test_it_is_drawn_in_both_themes(page):
    from inspector.ui.theme import theme

    before = page.grab().toImage()
    theme.apply("dark")
    after = page.grab().toImage()
    theme.apply("light")
    assert before.pixelColor(400, 600) != after.pixelColor(400, 600)


def test_a_session_of_one_image_says_what_is_missing(qtbot, project, jobs, shell, samples, tmp_path, open_page):
    import shutil

    (tmp_path / "one").mkdir()
    shutil.copy(next(samples.glob("*/*.png")), tmp_path / "one" / "a.png")
    for _ in project.import_folders([tmp_path / "one"]):
        pass
    page = open_page(Session(project))
    assert (page.start_button.isEnabled(), page.start_button.toolTip()) == (
        False,
        "Pretraining needs at least two images",
    )

"""The Pretrain page: options become a request, a run is watched, stopped, resumed and compared."""

from __future__ import annotations

import threading
import time

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt

import inspector.jobs.duration
from inspector.jobs.events import DurationEstimated
from inspector.jobs.method_figures import MeasuredPreset, Share
from inspector.jobs.pretrain_defaults import pretrain_defaults
from inspector.project import Change
from inspector.ui.jobs import Job
from inspector.ui.pages.pretrain.epoch_series import EpochSeries
from inspector.ui.pages.pretrain.method_cards import MethodCards
from inspector.ui.pages.pretrain.method_words import brought
from inspector.ui.pages.pretrain.options import OPTIONS, options_for, request_of
from inspector.ui.pages.pretrain.pretrain_page import PretrainPage
from inspector.ui.pages.pretrain.pretrain_words import health_words, preset_text, state_sentence
from inspector.ui.session import Session
from inspector.ui.thumbnails import Thumbnails
from models.errors import KnownError
from models.events import EpochDone, Progress, Reconstruction, StepDone, Views

TINY = {"size_px": 32, "width": 8, "batch_size": 12, "views": 2, "epochs": 4}


def estimated(method="hybrid", **seconds):
    return DurationEstimated(seconds, 242.0, "cpu", method, 2_792_000)


def open_page(qtbot, session, jobs, shell):
    thumbnails = Thumbnails(session)
    page = PretrainPage(session, jobs, thumbnails, shell)
    qtbot.addWidget(page)
    page._probed_images = len(session.images)  # the probe is tested on its own
    page.resize(1076, 712)
    page.show()
    return page, thumbnails


@pytest.fixture
def page(qtbot, session, jobs, shell):
    made, thumbnails = open_page(qtbot, session, jobs, shell)
    yield made
    thumbnails.stop()


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


def test_an_empty_project_leads_to_images(qtbot, empty_session, jobs, shell):
    page, thumbnails = open_page(qtbot, empty_session, jobs, shell)
    assert page.empty.isVisible()
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert shell.visited == [("images", None)]
    thumbnails.stop()


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


def test_what_the_network_saw_last_is_shown_again(qtbot, page, jobs, session, shell):
    set_tiny(page)
    with qtbot.waitSignal(jobs.ended, timeout=120_000):
        page.start()
    again, thumbnails = open_page(qtbot, session, jobs, shell)
    thumbnails.stop()
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


@pytest.fixture
def other_job(jobs):
    """Runs until the event that it hands out is set."""
    is_over = threading.Event()

    def start():
        yield Progress("prepare", 0, 1)
        is_over.wait(20)

    jobs.submit(Job("prepare", "Preparing", "", start, "label"))
    yield is_over
    is_over.set()


@pytest.fixture
def unmeasured(qtbot, session, jobs, shell, monkeypatch):
    """A page whose probe answers at once, and the list of the probes that were asked for."""
    asked = []

    def probe(_project, *groups):
        asked.append(len(groups))
        yield estimated(quick=276.0)

    monkeypatch.setattr("inspector.jobs.duration.estimate_pretraining", probe)
    thumbnails = Thumbnails(session)
    page = PretrainPage(session, jobs, thumbnails, shell)
    qtbot.addWidget(page)
    yield page, asked
    thumbnails.stop()


def is_measured(page):
    return page.side.form.preset.itemText(0) == "Quick, 5 min"


def test_what_runs_at_first_does_not_keep_the_machine_from_being_measured(qtbot, unmeasured, other_job):
    page, asked = unmeasured
    page.show()
    assert page.cards.words.text() == "How long pretraining takes here is measured once nothing else runs."
    assert asked == []
    other_job.set()
    qtbot.waitUntil(lambda: is_measured(page), timeout=20_000)
    assert asked == [3]


def test_the_machine_is_measured_when_the_page_is_shown_again(qtbot, unmeasured, jobs, other_job):
    page, asked = unmeasured
    page.show()
    page.hide()
    with qtbot.waitSignal(jobs.ended, timeout=20_000):
        other_job.set()
    assert asked == []
    page.show()
    assert page.cards.words.text().startswith("Measuring how long pretraining takes here, which may take half a minute")
    qtbot.waitUntil(lambda: is_measured(page), timeout=20_000)
    page.hide()
    page.show()
    assert asked == [3]


def test_more_images_are_measured_anew(qtbot, unmeasured, samples, tmp_path):
    page, asked = unmeasured
    page.show()
    qtbot.waitUntil(lambda: is_measured(page), timeout=20_000)
    pixels = cv2.imread(str(next(samples.glob("*/*.png"))), cv2.IMREAD_GRAYSCALE)
    (tmp_path / "more").mkdir()
    cv2.imwrite(str(tmp_path / "more" / "a.png"), 255 - pixels)
    for _ in page.session.project.import_folders([tmp_path / "more"]):
        pass
    page.session.refresh(Change(images=True))
    assert page.side.form.preset.itemText(0) == "Quick"
    assert page.cards.cards["hybrid"].cost.text() == "Quick: not measured here yet"
    qtbot.waitUntil(lambda: is_measured(page), timeout=20_000)
    assert asked == [3, 3]


def test_a_measurement_that_was_stopped_is_not_begun_again(qtbot, unmeasured, monkeypatch, jobs):
    page, _ = unmeasured
    monkeypatch.setattr("inspector.jobs.duration.estimate_pretraining", lambda *_: iter(()))
    with qtbot.waitSignal(jobs.ended, timeout=20_000):
        page.show()
    assert jobs.current is None
    assert page.cards.words.text() == ""


@pytest.fixture
def slowly_measured(unmeasured, monkeypatch):
    """The page, shown while it measures; the probe ends when it is stopped, or at its second attempt."""
    page, asked = unmeasured

    def probe(_project, *groups):
        asked.append(len(groups))
        while len(asked) == 1:
            yield Progress("methods", 0, 3, "methods")
            time.sleep(0.01)
        yield estimated(quick=276.0)

    monkeypatch.setattr("inspector.jobs.duration.estimate_pretraining", probe)
    page.show()
    return page, asked


def waiting_run(page, monkeypatch):
    """A run that goes on until the event is set which this hands out."""
    is_over = threading.Event()

    def pretrain(_project, _request, **_):
        yield EpochDone(1, 4)
        is_over.wait(20)

    monkeypatch.setattr("inspector.jobs.pretrain.pretrain", pretrain)
    return is_over


def test_measuring_gives_way_to_a_run_and_is_done_after_it(qtbot, slowly_measured, monkeypatch, jobs):
    page, asked = slowly_measured
    is_over = waiting_run(page, monkeypatch)
    qtbot.waitUntil(lambda: asked == [3], timeout=20_000)
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: jobs.current is not None and jobs.current.job.kind == "pretrain", timeout=20_000)
    assert asked == [3]
    is_over.set()
    qtbot.waitUntil(lambda: is_measured(page), timeout=20_000)
    assert asked == [3, 3]


def test_a_second_press_queues_no_second_run_and_says_so(qtbot, slowly_measured, monkeypatch, jobs, shell):
    page, asked = slowly_measured
    is_over = waiting_run(page, monkeypatch)
    qtbot.waitUntil(lambda: asked == [3], timeout=20_000)
    for _ in range(2):
        qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    assert [entry.job.kind for entry in jobs.waiting] == ["pretrain"]
    qtbot.waitUntil(lambda: jobs.current is not None and jobs.current.job.kind == "pretrain", timeout=20_000)
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    assert jobs.waiting == []
    said = "This run is queued already; another one needs another setting or seed."
    assert shell.notes == [("info", said)] * 2
    page.side.form.choose("mae")
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    assert [entry.job.detail for entry in jobs.waiting] == ["MAE"]
    assert page.start_button.text() == "Queue another run"
    jobs.stop_all()
    is_over.set()


def test_a_measurement_that_failed_is_done_again_once_files_were_read_anew(qtbot, unmeasured, monkeypatch, jobs):
    page, _ = unmeasured
    measured = inspector.jobs.duration.estimate_pretraining

    def fail(*_):
        raise KnownError("coil.png can't be read.")
        yield

    monkeypatch.setattr("inspector.jobs.duration.estimate_pretraining", fail)
    with qtbot.waitSignal(jobs.ended, timeout=20_000):
        page.show()
    monkeypatch.setattr("inspector.jobs.duration.estimate_pretraining", measured)
    page.session.refresh(Change(images=True))
    qtbot.waitUntil(lambda: is_measured(page), timeout=20_000)


def test_the_estimate_stands_beside_the_presets(page):
    page._probe_id = 7
    page.jobs.event_arrived.emit(
        7, DurationEstimated({"quick": 276.0, "balanced": 1000.0}, 242.0, "cpu", "hybrid", 2_792_000)
    )
    assert page.side.form.preset.itemText(0) == "Quick, 5 min"
    assert page.side.form.preset.itemText(3) == "As in the paper"
    assert "242 images/s" in page.cards.words.text()


def test_a_preset_that_takes_too_long_here_names_the_budget(qtbot, page):
    page._probe_id = 7
    page.jobs.event_arrived.emit(7, estimated(quick=840.0, balanced=1200.0))
    form = page.side.form
    assert form.promise.text() == (
        "Quick is meant for 10 min and takes about 14 min on this machine; a time budget of 10 min keeps to that."
    )
    form.preset.setCurrentIndex(1)
    assert form.promise.text() == "About 20 min on this machine."
    form.minutes.setValue(10)
    assert not form.promise.isVisible()


def test_a_card_says_what_its_method_costs_here(page):
    page._probe_id = 7
    page.jobs.event_arrived.emit(7, estimated("simclr", quick=276.0))
    page.jobs.event_arrived.emit(7, estimated("mae", quick=600.0))
    cards = page.cards.cards
    assert cards["simclr"].cost.text() == "Quick: about 5 min here, 2.8 million parameters"
    assert cards["mae"].cost.text() == "Quick: about 10 min here, 2.8 million parameters"
    assert cards["hybrid"].cost.text() == "Quick: not measured here yet"
    page.side.form.preset.setCurrentIndex(1)
    assert cards["simclr"].cost.text() == "Balanced: not measured here, 2.8 million parameters"


@pytest.fixture
def kept_figures(monkeypatch):
    """Call it with the hybrid's gain over SimCLR; the application then has these figures."""

    def keep(gain: Share | None) -> None:
        five = "5 a class"
        accuracy = {
            "none": {"texture": {five: Share(0.9, 0.85, 0.95)}},
            "simclr": {"encoder": {five: Share(0.91, 0.88, 0.94)}, "fused": {five: Share(0.955, 0.94, 0.97)}},
            "hybrid": {"encoder": {five: Share(0.93, 0.9, 0.96)}},
        }
        measured = MeasuredPreset("quick", "NEU", 360, 3, "cpu", accuracy, {}, "simclr", gain)
        found = {("quick", "cpu"): measured}
        monkeypatch.setattr("inspector.jobs.method_figures.measured_presets", lambda: found)

    return keep


def test_a_card_says_what_its_method_brought(kept_figures):
    kept_figures(None)
    told = brought("simclr", "balanced")
    assert told.where == "NEU, 360 images that no step had seen, 5 labels a class, Quick, 3 seeds:"
    assert told.rows == (
        ("Encoder alone", "0.910", "[0.88–0.94]"),
        ("With texture", "0.955", "[0.94–0.97]"),
        ("No pretraining", "0.900", "[0.85–0.95]"),
    )
    assert brought("mae", "quick").where == "What it brings is not measured yet."


@pytest.mark.parametrize(
    ("gain", "verdict"),
    [
        (None, ""),
        (Share(0.02, 0.005, 0.035), "Its encoder beat SimCLR's by 2.0 points (0.5 to 3.5)."),
        (
            Share(0.016, -0.037, 0.069),
            "No sure gain: its encoder's +1.6 points (−3.7 to 6.9) over SimCLR's may be chance.",
        ),
        (
            Share(-0.003, -0.01, 0.004),
            "No gain: its encoder was not a point better than SimCLR's, −0.3 points (−1.0 to 0.4).",
        ),
    ],
)
def test_the_hybrids_card_says_whether_it_was_worth_it(kept_figures, gain, verdict):
    kept_figures(gain)
    assert brought("hybrid", "quick").verdict == verdict
    assert brought("simclr", "quick").verdict == ""


def test_figures_of_the_cards_are_shown(qtbot, kept_figures):
    kept_figures(Share(0.0, -0.01, 0.01))
    cards = MethodCards()
    qtbot.addWidget(cards)
    cards.choose("hybrid", "quick")
    cards.show()
    card = cards.cards["hybrid"]
    assert [name for name, _, _ in card.rows] == ["Encoder alone", "No pretraining"]
    assert card.verdict.text().startswith("No gain")
    assert "0.930" in card.accessibleDescription()


@pytest.mark.parametrize("width", [700, 1400])
def test_cards_say_the_same_things_at_the_same_height(qtbot, kept_figures, width):
    kept_figures(Share(0.0, -0.01, 0.01))
    cards = MethodCards()
    qtbot.addWidget(cards)
    cards.resize(width, 700)
    cards.choose("simclr", "quick")
    with qtbot.waitExposed(cards):
        cards.show()
    qtbot.waitUntil(lambda: len({card.cost.y() for card in cards.cards.values()}) == 1)
    assert len({card.where.y() for card in cards.cards.values()}) == 1


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
    assert "from about 200 on pretraining pays" in state_sentence(36, 0)
    assert "5 of the test set left out" in state_sentence(400, 5)


def test_it_is_drawn_in_both_themes(page):
    from inspector.ui.theme import theme

    before = page.grab().toImage()
    theme.apply("dark")
    after = page.grab().toImage()
    theme.apply("light")
    assert before.pixelColor(400, 600) != after.pixelColor(400, 600)


def test_a_session_of_one_image_says_what_is_missing(qtbot, project, jobs, shell, samples, tmp_path):
    import shutil

    (tmp_path / "one").mkdir()
    shutil.copy(next(samples.glob("*/*.png")), tmp_path / "one" / "a.png")
    for _ in project.import_folders([tmp_path / "one"]):
        pass
    page, thumbnails = open_page(qtbot, Session(project), jobs, shell)
    assert (page.start_button.isEnabled(), page.start_button.toolTip()) == (
        False,
        "Pretraining needs at least two images",
    )
    thumbnails.stop()

"""The forecast beside the guesses on the Label page: when it is made, and when it gives way."""

from __future__ import annotations

import threading

import pytest

from inspector.jobs.training.label_forecast import KnownForecast, LabelForecastFinished
from inspector.ui.background.jobs import Job
from inspector.ui.background.label_forecasting import KIND
from models.errors import KnownError
from models.forecasting.label_forecast import F1Range, LabelForecast

FEW = "How far more labels would help shows from 5 labels a class on."


@pytest.fixture
def made(monkeypatch) -> list[int]:
    """Forecasts that were made, by the number of their labels, in place of the real ones."""
    numbers: list[int] = []

    def label_forecast(project):
        numbers.append(len(project.labels()))
        yield LabelForecastFinished(numbers[-1], KnownForecast(None, f"From {numbers[-1]} labels."))

    monkeypatch.setattr("inspector.jobs.training.label_forecast.label_forecast", label_forecast)
    return numbers


def label_all(page, per_class: int) -> None:
    page.session.apply(page.session.project.label_from_folders(per_class=per_class))


def test_few_labels_are_told_what_is_missing(prepared, settle, made):
    label_all(prepared, 4)
    settle()
    assert prepared.suggestion.guess.forecast.text() == FEW
    assert made == []


def test_enough_labels_get_a_sentence_beside_the_estimate(qtbot, prepared, settle, made):
    label_all(prepared, 5)
    settle()
    qtbot.waitUntil(lambda: prepared.suggestion.guess.forecast.text() == "From 30 labels.")
    assert not prepared.suggestion.guess.forecast.isHidden()
    assert made == [30]


def test_it_is_made_again_only_after_enough_labels_more(qtbot, prepared, settle, jobs, made):
    label_all(prepared, 5)
    qtbot.waitUntil(lambda: made == [30] and jobs.current is None)
    prepared.session.label([prepared.session.images[0].id], "crazing")
    label_all(prepared, 6)
    settle()
    assert jobs.current is None
    assert made == [30]


def test_it_waits_until_nothing_else_runs(qtbot, prepared, settle, jobs, made):
    go_on = threading.Event()
    jobs.submit(Job("train", "Training", "", lambda: iter([go_on.wait(10)]), page="train"))
    label_all(prepared, 5)
    settle()
    assert made == []
    assert jobs.find(KIND) is None
    go_on.set()
    qtbot.waitUntil(lambda: made == [30])


def test_it_gives_way_to_another_job_and_is_made_afterwards(qtbot, prepared, jobs, monkeypatch):
    go_on, started = threading.Event(), []

    def label_forecast(project):
        started.append(len(started))
        if len(started) == 1:
            go_on.wait(10)
            yield None
        yield LabelForecastFinished(30, KnownForecast(None, "At last."))

    monkeypatch.setattr("inspector.jobs.training.label_forecast.label_forecast", label_forecast)
    label_all(prepared, 5)
    qtbot.waitUntil(lambda: started == [0])
    jobs.submit(Job("train", "Training", "", lambda: iter([None]), page="train"))
    assert jobs.current.state == "stopping"
    go_on.set()
    qtbot.waitUntil(lambda: prepared.suggestion.guess.forecast.text() == "At last.")
    assert len(started) == 2


def test_a_forecast_follows_the_names_and_is_made_anew_once_classes_are_one(qtbot, prepared, settle, jobs, monkeypatch):
    ranges = F1Range(0.5, 0.4, 0.6)
    made: list[int] = []

    def label_forecast(project):
        made.append(len(project.labels()))
        classes = tuple(sorted(set(project.labels().values())))
        forecast = LabelForecast(classes, 30, ranges, (ranges,) * len(classes), (), (), (classes[2], 3))
        yield LabelForecastFinished(made[-1], KnownForecast(forecast, None))

    monkeypatch.setattr("inspector.jobs.training.label_forecast.label_forecast", label_forecast)
    label_all(prepared, 5)
    said = prepared.suggestion.guess.forecast
    qtbot.waitUntil(lambda: "'patches' has 3" in said.text())
    project, session = prepared.session.project, prepared.session
    session.refresh(project.rename_class("patches", new_name="Flecken"))
    settle()
    assert "'Flecken' has 3" in said.text()
    assert made == [30]
    session.apply(project.merge_class("Flecken", into="crazing"))
    qtbot.waitUntil(lambda: made == [30, 30] and jobs.current is None)


def test_a_forecast_of_merged_classes_that_fails_is_not_tried_without_end(qtbot, prepared, settle, jobs, monkeypatch):
    ranges = F1Range(0.5, 0.4, 0.6)
    tried: list[int] = []

    def label_forecast(project):
        tried.append(len(project.labels()))
        if len(tried) > 1:
            raise KnownError("No image can be read.")
        classes = tuple(sorted(set(project.labels().values())))
        forecast = LabelForecast(classes, 30, ranges, (ranges,) * len(classes), (), (), (classes[2], 3))
        yield LabelForecastFinished(30, KnownForecast(forecast, None))

    monkeypatch.setattr("inspector.jobs.training.label_forecast.label_forecast", label_forecast)
    label_all(prepared, 5)
    qtbot.waitUntil(lambda: tried == [30] and jobs.current is None)
    prepared.session.apply(prepared.session.project.merge_class("patches", into="crazing"))
    qtbot.waitUntil(lambda: len(tried) > 1 and jobs.current is None)
    settle()
    assert tried == [30, 30]

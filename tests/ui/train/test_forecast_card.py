"""The card on the Train page that says what more labels would bring."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.jobs.training.label_forecast import NOT_FOR_NETWORKS, KnownForecast
from inspector.jobs.training.train import train
from inspector.jobs.training.training import TrainRequest
from inspector.ui.pages.train.forecast_card import FORECAST, MEASURED, ForecastCard
from inspector.ui.pages.train.train_page import TrainPage
from inspector.ui.state.session import Session
from models.forecasting.label_forecast import CurveStep, forecast_labels


@pytest.fixture
def known() -> KnownForecast:
    quarter, half, now = np.array([[6, 4], [4, 6]]), np.array([[7, 3], [3, 7]]), np.array([[8, 2], [2, 8]])
    steps = [CurveStep(15, 9 * quarter), CurveStep(30, 6 * half)]
    return KnownForecast(forecast_labels(3 * now, steps, classes=("good", "pore"), labels=60), None)


@pytest.fixture
def card(qtbot) -> ForecastCard:
    made = ForecastCard()
    qtbot.addWidget(made)
    return made


def test_the_sentence_stands_above_what_was_measured_and_what_is_forecast(card, known):
    card.show_forecast(known)
    assert card.sentence.text().startswith("60 more labels would raise mean F1 from 80 % to about ")
    assert card.plot.curves[MEASURED].x.tolist() == [15, 30, 48]
    assert card.plot.curves[FORECAST].x.tolist() == [60, 90, 120, 180, 300]
    assert (card.plot.bands[FORECAST].low < card.plot.curves[FORECAST].y).all()
    assert not card.plot.isHidden()


def test_a_reason_takes_the_curve_away(card, known):
    card.show_forecast(known)
    card.show_forecast(KnownForecast(None, NOT_FOR_NETWORKS))
    assert card.sentence.text() == NOT_FOR_NETWORKS
    assert card.plot.isHidden()
    assert card.plot.curves == {}


def test_without_a_finished_run_there_is_no_card(card, known):
    card.show_forecast(known)
    card.show_forecast(None)
    assert card.isHidden()


def test_the_page_shows_what_its_run_kept(qtbot, filled, jobs, shell, thumbnails):
    filled.label_from_folders()
    *_, finished = train(filled, TrainRequest(features="texture", device="cpu"))
    page = TrainPage(Session(filled), jobs, thumbnails, shell)
    qtbot.addWidget(page)
    page.show()
    assert page.side.forecast.sentence.text() == finished.forecast.sentence
    assert not page.side.forecast.plot.isHidden()

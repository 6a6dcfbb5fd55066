"""The card on the Evaluate page that says whether pretraining paid."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.jobs.training.pretraining_gain import TEXTURE_ALONE, KnownGain
from inspector.jobs.training.train import train
from inspector.jobs.training.training import TrainRequest
from inspector.ui.pages.evaluate.evaluate_page import EvaluatePage
from inspector.ui.pages.evaluate.pretraining_gain_card import PretrainingGainCard
from inspector.ui.state.session import Session
from models.forecasting.pretraining_gain import ENCODER, FUSED, RANDOM, RANDOM_FUSED, TEXTURE, pretraining_gain

WRONG = {ENCODER: 12, FUSED: 3, TEXTURE: 15, RANDOM: 30, RANDOM_FUSED: 20}  # answers of each kind of features


@pytest.fixture
def known() -> KnownGain:
    true = np.arange(60) % 2
    answers = {name: np.where(np.arange(60) < wrong, 1 - true, true) for name, wrong in WRONG.items()}
    return KnownGain(pretraining_gain(true, answers, subject=FUSED, classes=("good", "pore")), None)


@pytest.fixture
def card(qtbot) -> PretrainingGainCard:
    made = PretrainingGainCard()
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_verdict_stands_above_the_figures_of_each_kind(card, known):
    card.show_gain(known)
    assert card.verdict.text().startswith("Pretraining pays: +20.0 points (")
    names = ["Encoder", "Encoder and texture", "Texture spectrum", "Random encoder", "Random and texture"]
    assert [row[0] for row in card.rows] == names
    assert card.rows[1] == ("Encoder and texture", "0.95", "[0.86–0.98]")


def test_a_run_without_pretraining_takes_the_figures_away(card, known):
    card.show_gain(known)
    card.show_gain(KnownGain(None, TEXTURE_ALONE))
    assert card.verdict.text() == TEXTURE_ALONE
    assert card.rows == []


def test_the_page_shows_what_its_run_kept(qtbot, filled, jobs, shell, thumbnails):
    filled.label_from_folders()
    for _ in train(filled, TrainRequest(features="texture", device="cpu")):
        pass
    page = EvaluatePage(Session(filled), jobs, thumbnails, shell)
    qtbot.addWidget(page)
    page.show()
    assert page.side.gain.verdict.text() == TEXTURE_ALONE

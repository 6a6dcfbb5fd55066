"""The cards of the methods say what each brought where it was measured."""

from __future__ import annotations

import pytest

from inspector.jobs.pretraining.method_figures import Judged, MeasuredPreset, Share
from inspector.ui.pages.pretrain.method_cards import MethodCards
from inspector.ui.pages.pretrain.method_words import brought


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
        judged = dict.fromkeys(accuracy, Judged(360, 3))
        measured = MeasuredPreset("quick", "NEU", "cpu", judged, accuracy, {}, "simclr", gain)
        found = {("quick", "cpu"): measured}
        monkeypatch.setattr("inspector.jobs.pretraining.method_figures.measured_presets", lambda: found)

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

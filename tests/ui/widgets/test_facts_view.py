"""Facts are read whole."""

from __future__ import annotations

from inspector.ui.run_words import Fact
from inspector.ui.widgets.facts_view import FactsView


def test_a_long_value_wraps(qtbot):
    view = FactsView()
    qtbot.addWidget(view)
    view.set_facts([Fact("Judged by", "Whole image")])
    one_line_px = view.heightForWidth(240)
    view.set_facts([Fact("Judged by", "Whole image; labels propagated over the unlabelled images")])
    assert view.heightForWidth(240) >= 2 * one_line_px
    assert view.minimumSizeHint().width() <= 240

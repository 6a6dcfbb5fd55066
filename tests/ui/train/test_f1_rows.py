"""F1 of each class in rows."""

from __future__ import annotations

from inspector.ui.widgets.f1_rows import ROW_PX, F1Rows, f1_rows
from models.evaluation.evaluate import ClassScore

SCORES = (ClassScore(0.9, 0.7, 0.787, 6), ClassScore(0.0, 0.0, 0.0, 0))
LIMITS = ((0.44, 1.0), (float("nan"), float("nan")))


def test_rows_carry_value_interval_and_images():
    row = f1_rows(("Inclusion", "Dent"), SCORES, LIMITS)[0]
    assert (row.value_text, row.interval_text, row.support) == ("0.79", "0.44–1.00", 6)
    assert row.sentence == "Inclusion: F1 0.79, between 0.44 and 1.00, on 6 images"


def test_a_class_without_images_has_no_figure():
    row = f1_rows(("Inclusion", "Dent"), SCORES, LIMITS)[1]
    assert (row.value_text, row.interval_text) == ("–", "–")
    assert row.sentence == "Dent: no images to judge it by"


def test_the_view_has_a_row_of_fixed_height_a_class(qtbot, session):
    view = F1Rows(session)
    qtbot.addWidget(view)
    view.set_scores(("Inclusion", "Dent"), SCORES)
    view.show()
    assert view.visualRect(view.model().index(1)).height() == ROW_PX
    assert [row.low for row in view.rows] == [None, None]

"""A report of sections: whole, self-contained, and with nothing from outside taken for HTML or a formula."""

from __future__ import annotations

import csv

import pytest

from inspector.report.bars import amounts_figure, bars_figure
from inspector.report.document import Section, Table, write_document, write_table_csv

NASTY = "<b>bold</b>"


def test_everything_is_escaped(tmp_path):
    table = Table("t", NASTY, (NASTY, "n"), [(NASTY, 3)], NASTY)
    figures = {NASTY: bars_figure([NASTY], {NASTY: [(0.5, 0.4, 0.6)]})}
    section = Section(NASTY, [NASTY], [NASTY], [table], figures)
    write_document([section], path=tmp_path / "r.html", title=NASTY)
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert NASTY not in page
    assert page.count("&lt;b&gt;bold&lt;/b&gt;") >= 8
    assert "<svg" in page


def test_a_table_as_csv(tmp_path):
    write_table_csv(Table("t", "T", ("name", "n"), [("=1+1", 2.5), ("b", "")]), tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["name", "n"], ["'=1+1", "2.5"], ["b", ""]]


@pytest.mark.parametrize("draw", [bars_figure, amounts_figure])
def test_series_need_a_value_each(draw):
    with pytest.raises(ValueError, match="series of 2 values"):
        draw(["a", "b"], {"s": [(0.5, 0.4, 0.6)]})
    with pytest.raises(ValueError):
        draw(["a"], {})


def test_what_was_not_measured_leaves_a_gap():
    nothing = (float("nan"),) * 3
    figure = amounts_figure(["1", "5"], {"s": [(0.5, 0.4, 0.6), nothing]})
    (line,) = figure.axes[0].lines
    assert line.get_ydata()[0] == 0.5
    assert line.get_ydata()[1] != line.get_ydata()[1]

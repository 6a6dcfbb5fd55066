"""The HTML report stands alone, says what it measured, and shows names as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from inspector.report.figures import confusion_figure, f1_figure
from inspector.report.html import write_html
from models.errors import KnownError
from models.forecasting.pretraining_gain import ENCODER, FUSED, RANDOM, TEXTURE, PretrainingGain, pretraining_gain

WRONG = {ENCODER: 12, FUSED: 3, TEXTURE: 15, RANDOM: 30}  # answers of each kind of features


class _Page(HTMLParser):
    """Collects tags, links and text; raises nothing, as a browser would not."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href", "xlink:href")]

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def source(evaluation, tmp_path) -> str:
    path = tmp_path / "report.html"
    write_html(
        evaluation,
        path=path,
        title="Line 2 <b>",
        protocol="They are the held-out labels; none was trained on.",
        facts={"Encoder": "<img src=x>"},
        figures={"What was taken for what <i>": confusion_figure(evaluation), "F1": f1_figure(evaluation)},
    )
    return path.read_text(encoding="utf-8")


def test_report_refers_to_nothing_outside(source):
    assert all(link.startswith(("#", "data:")) for link in _Page(source).links)
    assert "http" not in source
    assert not re.search(r"url\((?!#)|@import", source)


def test_names_are_shown_as_text(source):
    page = _Page(source)
    assert not {"script", "i", "img"} & set(page.tags)
    for text in ("<script>alert(1)</script>", "Line 2 <b>", "<img src=x>", "What was taken for what <i>"):
        assert text in page.text


def test_report_says_on_what_it_was_measured(source, evaluation):
    lower, upper = evaluation.interval
    assert "Measured on 120 images. They are the held-out labels; none was trained on." in source
    assert f"[{lower:.2f}–{upper:.2f}]" in source


def test_scores_have_a_third_digit_only_from_300_images_on(source, evaluation):
    assert f"<b>{evaluation.macro_f1:.2f}</b>" in source
    assert f"{evaluation.macro_f1:.3f}" not in source


def test_report_has_a_dark_theme(source):
    assert "prefers-color-scheme: dark" in source
    assert "fill: var(--text3" in source


@pytest.fixture
def gain() -> PretrainingGain:
    true = np.arange(60) % 2
    answers = {name: np.where(np.arange(60) < wrong, 1 - true, true) for name, wrong in WRONG.items()}
    return pretraining_gain(true, answers, subject=FUSED, classes=("good", "pore"))


def test_report_says_whether_pretraining_paid(evaluation, tmp_path, gain):
    path = tmp_path / "report.html"
    write_html(evaluation, path=path, title="", protocol="", facts={}, figures={}, gain=gain)
    text = _Page(path.read_text(encoding="utf-8")).text
    assert "Did pretraining pay?" in text
    assert gain.verdict in text
    assert all(name in text for name in WRONG)


def test_report_says_why_it_cannot_tell_that(evaluation, tmp_path):
    path = tmp_path / "report.html"
    write_html(evaluation, path=path, title="", protocol="", facts={}, figures={}, gain_unknown="No encoder <b>.")
    assert "No encoder <b>." in _Page(path.read_text(encoding="utf-8")).text


def test_a_failed_write_leaves_the_old_report(evaluation, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr("os.fsync", _disk_full)
    with pytest.raises(KnownError, match=r"disk is full: .*report\.html"):
        write_html(evaluation, path=path, title="", protocol="", facts={}, figures={})
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def _disk_full(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")

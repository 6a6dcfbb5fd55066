"""Questions answered in another thread: only the newest counts."""

from __future__ import annotations

import threading

import pytest

from inspector.ui.background.newest_answer import NewestAnswer
from models.errors import KnownError


@pytest.fixture
def answers(qapp):
    made = NewestAnswer()
    made.taken = []
    made.answered.connect(made.taken.append)
    return made


def test_a_question_is_answered_elsewhere(qtbot, answers):
    with qtbot.waitSignal(answers.answered) as blocker:
        answers.ask(threading.get_ident)
    assert blocker.args[0] != threading.get_ident()
    assert not answers.is_busy


def test_what_was_overtaken_is_dropped(qtbot, answers):
    gate, asked = threading.Event(), []
    answers.ask(lambda: gate.wait(10))
    answers.ask(lambda: asked.append("never"))
    answers.ask(lambda: "newest")
    gate.set()
    qtbot.waitUntil(lambda: answers.taken == ["newest"])
    assert asked == []


def test_what_is_forgotten_is_not_answered(qtbot, answers):
    gate = threading.Event()
    answers.ask(lambda: gate.wait(10))
    answers.forget()
    gate.set()
    answers.ask(lambda: "later")
    qtbot.waitUntil(lambda: not answers.is_busy)
    assert answers.taken == ["later"]


def test_a_known_error_is_a_sentence(qtbot, answers):
    def fail():
        raise KnownError("There is no map yet.")

    with qtbot.waitSignal(answers.failed) as blocker:
        answers.ask(fail)
    assert blocker.args == ["There is no map yet."]


def test_an_error_that_nobody_foresaw_is_raised_in_the_window(qtbot, answers):
    with qtbot.captureExceptions() as caught:
        answers.ask(lambda: 1 / 0)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError

"""Guesses follow the labels off the event loop; only answers to the newest labels count."""

from __future__ import annotations


def test_guesses_follow_the_labels(qtbot, session, basis, guesses, settle):
    session.set_basis(basis)
    session.label([1], "crazing")
    session.label([36], "patches")
    settle()
    assert session.guesses is not None
    assert session.guess_of(2)[0][0] == "crazing"


def test_one_class_gives_no_guesses(session, basis, guesses, settle):
    session.set_basis(basis)
    session.label([1], "crazing")
    settle()
    assert session.guesses is None


def test_a_late_answer_is_dropped_and_waiting_wishes_are_replaced(qtbot, session, basis, guesses, settle):
    basis.may_answer.clear()
    session.set_basis(basis)
    qtbot.waitUntil(lambda: len(basis.asked) == 1)
    for image_id, name in ((1, "crazing"), (36, "patches"), (2, "patches")):
        session.label([image_id], name)
    basis.may_answer.set()
    settle()
    assert [len(labels) for labels in basis.asked] == [0, 3]
    assert session.guesses is not None


def test_an_answer_for_another_basis_is_dropped(qtbot, session, basis, guesses, settle):
    session.label([1], "crazing")
    session.label([36], "patches")
    basis.may_answer.clear()
    session.set_basis(basis)
    qtbot.waitUntil(lambda: len(basis.asked) == 1)
    session.set_basis(None)
    basis.may_answer.set()
    settle()
    assert session.guesses is None


def test_a_moved_map_asks_for_nothing(qtbot, session, basis, guesses, settle):
    session.set_basis(basis)
    settle()
    asked = len(basis.asked)
    session.set_points(basis.image_ids, basis.points + 1)
    assert (len(basis.asked), guesses.is_busy) == (asked, False)


def test_suggestions_leave_out_what_was_skipped(qtbot, session, basis, guesses, settle):
    session.set_basis(basis)
    session.label([36], "patches")
    with qtbot.waitSignal(guesses.suggested) as blocker:
        guesses.request_suggestions(3, {35})
    assert [suggested.image_id for suggested in blocker.args[0]] == [34, 33, 32]
    settle()


def test_an_error_is_raised_where_the_window_shows_it(qtbot, session, basis, guesses, settle, monkeypatch):
    def fail(labels: object) -> None:
        raise RuntimeError("no memory")

    basis.guess = fail
    with qtbot.captureExceptions() as raised:
        session.set_basis(basis)
        settle()
    assert [str(error) for _, error, _ in raised] == ["no memory"]


def test_a_run_by_unusual_places_guesses_where_labels_cannot(session, basis, guesses, settle):
    session.set_basis(basis)
    session.label([1], "crazing")
    session.label([36], "patches")
    figures = {"accuracy": 0.8, "interval": [0.7, 0.9], "images": 50}
    with session.project.start_run("train", {}) as run:
        session.project.save_predictions(run.id, [(2, "patches", 0.9)])
        run.finish({"places": "the most unusual place", "evaluation": figures})
    session.refresh()
    settle()
    assert session.guess_of(2)[0][0] == "patches"
    assert session.guesses.source == f"run {run.id}"

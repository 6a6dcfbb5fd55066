"""Starting from ImageNet weights on the Pretrain page: the question, what each answer does, the form."""

from __future__ import annotations

import io
import shutil
from email.message import Message

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from inspector.jobs.pool.imagenet_weights import FILE_NAME, stored_weights
from inspector.ui.pages.pretrain.imagenet_question import ImagenetQuestion
from inspector.ui.pages.pretrain.pretrain_form import PretrainForm
from inspector.ui.pages.pretrain.pretrain_page import PretrainPage


@pytest.fixture
def question(qtbot, qapp, jobs, weights_folder, monkeypatch):
    """Ask on an empty window; `gone_on` fills when the run may begin."""
    from PySide6.QtWidgets import QWidget

    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    made = ImagenetQuestion(jobs, window)
    made.gone_on = []
    made.when_ready(lambda: made.gone_on.append(True))
    return made


def press(qtbot, question: ImagenetQuestion, text: str) -> None:
    (pressed,) = [button for button in question.box.buttons() if button.text() == text]
    qtbot.mouseClick(pressed, Qt.MouseButton.LeftButton)


def test_it_says_what_it_is_for_and_how_large(question):
    assert "47 MB" in question.box.informativeText()
    assert {button.text() for button in question.box.buttons()} == {"Download", "Choose a file…", "Cancel"}


def test_cancel_fetches_nothing(qtbot, question, jobs):
    press(qtbot, question, "Cancel")
    assert (jobs.current, question.gone_on, stored_weights()) == (None, [], None)


def test_a_chosen_file_is_kept_and_the_run_begins(qtbot, question, jobs, resnet18_file, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(resnet18_file), ""))
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        press(qtbot, question, "Choose a file…")
    assert stored_weights().name == FILE_NAME
    assert question.gone_on == [True]


def test_a_download_that_is_not_the_file_begins_no_run(qtbot, question, jobs, monkeypatch):
    def open_url(url: str, **_: object) -> io.BytesIO:
        response = io.BytesIO(b"a page that asks to log in")
        response.headers = Message()
        return response

    monkeypatch.setattr("urllib.request.urlopen", open_url)
    with qtbot.waitSignal(jobs.ended, timeout=60_000) as blocker:
        press(qtbot, question, "Download")
    assert "not torchvision's file" in blocker.args[1].message
    assert (question.gone_on, stored_weights()) == ([], None)


def test_weights_that_are_there_are_not_asked_for(question, weights_folder, resnet18_file):
    weights_folder.mkdir(parents=True)
    shutil.copy(resnet18_file, weights_folder / FILE_NAME)
    question.box.close()
    question.when_ready(lambda: question.gone_on.append(True))
    assert question.gone_on == [True]


def test_the_width_follows_the_choice(qtbot, qapp):
    form = PretrainForm()
    qtbot.addWidget(form)
    form.start_from.setCurrentIndex(form.start_from.findData("imagenet"))
    assert (form.request().start_from, form.value("width"), form.fields["width"].isEnabled()) == ("imagenet", 64, False)
    form.start_from.setCurrentIndex(0)
    assert (form.request().width, form.fields["width"].isEnabled()) == (None, True)


def test_a_masked_autoencoder_is_not_offered_them(qtbot, qapp):
    form = PretrainForm()
    qtbot.addWidget(form)
    form.start_from.setCurrentIndex(form.start_from.findData("imagenet"))
    form.choose("mae")
    assert (form.start_from.findData("imagenet"), form.request().start_from) == (-1, "random")
    assert (form.request().width, form.fields["width"].isEnabled()) == (None, True)


def test_start_asks_before_a_run_begins(qtbot, session, jobs, thumbnails, shell, weights_folder):
    page = PretrainPage(session, jobs, thumbnails, shell)
    qtbot.addWidget(page)
    page.side.form.start_from.setCurrentIndex(page.side.form.start_from.findData("imagenet"))
    page.start()
    assert page._imagenet.box.isVisible()
    assert jobs.find("pretrain") is None

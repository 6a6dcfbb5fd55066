"""The Pretrain page of a project."""

from __future__ import annotations

import pytest

from inspector.ui.pages.pretrain.pretrain_page import PretrainPage
from inspector.ui.pictures.thumbnails import Thumbnails


@pytest.fixture
def open_page(qtbot, jobs, shell):
    """Opens the page of a session; the machine is not measured."""

    def open_(session):
        thumbnails = Thumbnails(session)
        page = PretrainPage(session, jobs, thumbnails, shell)
        qtbot.addWidget(page, before_close_func=lambda _: thumbnails.stop())
        page._probed_images = len(session.images)  # the probe is tested on its own
        page.resize(1076, 712)
        page.show()
        return page

    return open_


@pytest.fixture
def page(session, open_page):
    """That of the filled project."""
    return open_page(session)

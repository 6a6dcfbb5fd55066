"""An Images page on the sample project, on an empty one, and on one with a bad file and a duplicate."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from safetensors.numpy import save_file

from inspector.jobs.pool.detectors import feature_file
from inspector.jobs.pool.encoders import DETECTOR_FILE, ENCODER_FILE
from inspector.project import Project
from inspector.ui.pages.images.images_page import ImagesPage
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session


@pytest.fixture
def make_page(qtbot, jobs, shell):
    """Makes a shown page of a session; its threads end before the project is closed."""

    def make(session: Session) -> ImagesPage:
        thumbnails = Thumbnails(session)
        shell.session = session
        page = ImagesPage(session, jobs, thumbnails, shell)
        qtbot.addWidget(page, before_close_func=lambda _: thumbnails.stop())
        page.resize(1076, 700)
        page.show()
        return page

    return make


@pytest.fixture
def page(make_page, session):
    """The page of the sample project."""
    return make_page(session)


@pytest.fixture
def odd_folder(tmp_path, samples):
    """Two images, one of them twice, and a file that is none."""
    folder = tmp_path / "odd"
    folder.mkdir()
    first, second = sorted(samples.rglob("*.png"))[:2]
    shutil.copy(first, folder / "first.png")
    shutil.copy(first, folder / "again.png")
    shutil.copy(second, folder / "second.png")
    (folder / "bad.png").write_bytes(b"no image")
    return folder


@pytest.fixture
def odd_session(tmp_path, odd_folder):
    """The project of that folder."""
    with Project.create(tmp_path / "odd-project") as project:
        for _ in project.import_folders([odd_folder]):
            pass
        yield Session(project)


@pytest.fixture
def single_session(tmp_path, samples):
    """The project of one image."""
    folder = tmp_path / "single"
    folder.mkdir()
    shutil.copy(next(samples.rglob("*.png")), folder / "a.png")
    with Project.create(tmp_path / "single-project") as project:
        for _ in project.import_folders([folder]):
            pass
        yield Session(project)


@pytest.fixture
def detected(filled):
    """The sample project after pretraining; its last image is the most unusual, then the first, then the second."""
    with filled.start_run("pretrain", {"method": "simclr"}) as run:
        (run.folder / ENCODER_FILE).write_bytes(b"an encoder that nobody reads here")
        detector = run.folder / DETECTOR_FILE
        detector.write_bytes(b"a detector that nobody reads here")
        run.finish({})
    images = filled.images()
    scores = {images[-1].content_hash: 7.0, images[0].content_hash: 3.0, images[1].content_hash: -2.0}
    kept = feature_file(filled, detector)
    kept.parent.mkdir(parents=True)
    hashes = np.array([list(bytes.fromhex(digest)) for digest in scores], np.uint8)
    save_file({"hashes": hashes, "blocks.anomaly_logits": np.array([[s] for s in scores.values()], np.float32)}, kept)
    return Session(filled)

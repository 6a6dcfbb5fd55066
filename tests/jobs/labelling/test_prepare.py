"""inspector.jobs.labelling.prepare"""

from __future__ import annotations

import numpy as np
import pytest

from inspector.jobs.events import BasisReady, MapMoved, PrepareFinished
from inspector.jobs.labelling.prepare import prepare
from inspector.project import Project
from models.events import Notice, Progress


def of_kind(kind: type, events: list) -> list:
    return [event for event in events if isinstance(event, kind)]


def test_suggestions_are_possible_before_the_map_is_there(imported):
    events = list(prepare(imported, device="cpu"))
    (ready,) = of_kind(BasisReady, events)
    maps = of_kind(MapMoved, events)
    assert (ready.basis.description, ready.basis.encoder_run, ready.basis.points) == ("texture spectrum", None, None)
    assert events.index(ready) < events.index(maps[0])
    assert len(ready.basis.suggest({}, count=5)) == 5
    assert not of_kind(Notice, events)
    assert isinstance(events[-1], PrepareFinished)
    np.testing.assert_array_equal(events[-1].basis.points, maps[-1].points)


def test_between_two_moves_of_the_map_it_can_be_stopped_and_says_how_far_it_is(imported):
    events = list(prepare(imported, device="cpu"))
    first, second = [at for at, event in enumerate(events) if isinstance(event, MapMoved)][:2]
    assert events[first + 1 : second] == [Progress("map", done, 800, "steps") for done in range(101, 201)]


def test_the_map_is_kept(imported):
    *_, first = prepare(imported, device="cpu")
    again = list(prepare(imported, device="cpu"))
    assert not of_kind(MapMoved, again)
    np.testing.assert_array_equal(of_kind(BasisReady, again)[0].basis.points, first.basis.points)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"cos\nsystem\n(S'true'\ntR."])
def test_a_damaged_map_is_made_again(imported, content):
    list(prepare(imported, device="cpu"))
    (file,) = (imported.cache_folder / "maps").iterdir()
    file.write_bytes(content)
    assert of_kind(MapMoved, list(prepare(imported, device="cpu")))


def test_a_new_map_is_turned_like_the_one_before(imported):
    *_, first = prepare(imported, device="cpu")
    (file,) = (imported.cache_folder / "maps").iterdir()
    file.unlink()
    shown = first.basis.points @ np.array([[0.0, -1.0], [1.0, 0.0]])
    *_, last = prepare(imported, device="cpu", start_points=(first.basis.image_ids, shown))
    moved = np.linalg.norm(last.basis.points - shown, axis=1)
    assert np.median(moved) < 0.3 * np.ptp(shown, axis=0).max()


def test_many_images_are_sampled_around_the_labelled_ones(imported):
    ids = [image.id for image in imported.images()]
    imported.label_images({ids[3]: "pit", ids[30]: "crack"}, step="Label", source="test")
    events = list(prepare(imported, device="cpu", limit=10))
    basis = events[-1].basis
    assert len(basis.image_ids) == 10
    assert {ids[3], ids[30]} <= set(basis.image_ids.tolist())
    assert [n.text for n in of_kind(Notice, events)] == [
        "Suggestions, guesses and the map look at 10 of the 36 images."
    ]


def test_images_held_out_for_tests_are_not_looked_at(labelled):
    labelled.hold_out(0.5, seed=0)
    held_out = {i for i, part in labelled.split().items() if part == "test"}
    *_, finished = prepare(labelled, device="cpu")
    assert held_out
    assert not held_out & set(finished.basis.image_ids.tolist())


def test_an_encoder_of_no_use_leaves_the_texture(imported):
    with imported.start_run("pretrain", {}) as run:
        (run.folder / "encoder.safetensors").write_bytes(b"damaged")
    events = list(prepare(imported, device="cpu"))
    (notice,) = of_kind(Notice, events)
    assert notice.warning
    assert "texture spectrum alone" in notice.text
    assert events[-1].basis.encoder_run is None


def test_an_empty_project_has_no_basis(tmp_path):
    with Project.create(tmp_path / "empty") as project:
        (event,) = prepare(project)
    assert event.basis is None


def test_three_images_have_no_basis_and_it_says_why(imported, tmp_path):
    folder = tmp_path / "few"
    folder.mkdir()
    for image in imported.images()[:3]:
        source = imported.image_path(image.id)
        (folder / source.name).write_bytes(source.read_bytes())
    with Project.create(tmp_path / "small") as project:
        list(project.import_folders([folder]))
        *_, notice, finished = prepare(project, device="cpu")
    assert notice.text == "Suggestions, guesses and the map need at least 4 images that can be read."
    assert finished.basis is None

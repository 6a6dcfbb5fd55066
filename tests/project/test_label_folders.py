"""Labels from folder names, all or a draw."""

from __future__ import annotations

from collections import Counter

import pytest

from inspector.project import Project
from models.errors import KnownError


def test_labels_all_images_in_one_step(imported):
    change = imported.label_from_folders()
    assert change.labels == frozenset(range(1, 13))
    assert Counter(imported.labels().values()) == {"crazing": 4, "patches": 4, "scratches": 4}
    assert imported.undo_name == "Label 12 images from folders"


@pytest.mark.parametrize(
    ("amount", "each"), [({"per_class": 1}, 1), ({"per_class": 9}, 4), ({"fraction": 0.5}, 2), ({"fraction": 0.01}, 1)]
)
def test_draws_as_many_of_each_class(imported, amount, each):
    imported.label_from_folders(**amount)
    assert set(Counter(imported.labels().values()).values()) == {each}


def test_draw_depends_on_the_seed_but_not_on_the_order_of_import(imported, steel, importing, tmp_path):
    def drawn(project: Project, seed: int) -> set[str]:
        ids = project.label_from_folders(per_class=2, seed=seed).labels
        project.undo()
        return {image.content_hash for image in project.images() if image.id in ids}

    with Project.create(tmp_path / "other") as other:
        importing(other, steel / "scratches", steel / "patches", steel / "crazing")
        assert drawn(other, 3) == drawn(imported, 3)
    assert len({frozenset(drawn(imported, seed)) for seed in range(5)}) > 1


def test_a_smaller_draw_is_part_of_a_larger_one(imported):
    small = imported.label_from_folders(per_class=1, seed=5).labels
    imported.undo()
    assert small < imported.label_from_folders(per_class=3, seed=5).labels


def test_test_images_can_be_left_out(imported):
    imported.assign_split({1: "test", 5: "test"})
    imported.label_from_folders(exclude_part="test")
    assert imported.labels().keys() == set(range(1, 13)) - {1, 5}


def test_copies_in_two_class_folders_are_left_unlabelled(imported, steel, importing):
    (steel / "patches" / "copy.png").write_bytes((steel / "crazing" / "0.png").read_bytes())
    importing(imported, steel)
    change = imported.label_from_folders()
    assert [image.id for image in change.ambiguous] == [1]
    assert 1 not in imported.labels()


def test_an_image_moved_to_another_class_folder_is_not_ambiguous(imported, steel, importing):
    (steel / "crazing" / "0.png").rename(steel / "patches" / "moved.png")
    importing(imported, steel)
    assert imported.label_from_folders().ambiguous == ()
    assert imported.labels()[1] == "patches"


@pytest.mark.parametrize(
    "amount",
    [{"fraction": 0.0}, {"fraction": 1.5}, {"fraction": -1.0}, {"per_class": 0}, {"fraction": 0.5, "per_class": 1}],
)
def test_refuses_amounts_out_of_range(imported, amount):
    with pytest.raises(KnownError, match=r"fraction|per class"):
        imported.label_from_folders(**amount)


def test_refuses_a_project_without_images(project):
    with pytest.raises(KnownError, match="no images to label"):
        project.label_from_folders()

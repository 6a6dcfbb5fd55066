"""Which images are held back, and which have no clear class."""

from __future__ import annotations

import shutil
import unicodedata
from collections import Counter

from inspector.jobs.experiment.protocol import Truth, hold_back, truth_of, unseen_ids
from inspector.project import Project


def import_all(project: Project, folder) -> None:
    for _ in project.import_folders([folder]):
        pass


def test_a_fifth_of_each_class(class_folders, tmp_path):
    with Project.create(tmp_path / "p") as project:
        import_all(project, class_folders)
        truth = truth_of(project, class_folders)
        hold_back(project, truth, seed=1)
        unseen = unseen_ids(project, truth)
        assert Counter(truth.class_of[i] for i in unseen) == dict.fromkeys(range(6), 2)
        hold_back(project, truth, seed=2)
        assert set(unseen) != set(unseen_ids(project, truth))


def test_five_seeds_hold_back_every_image_once(class_folders, tmp_path):
    with Project.create(tmp_path / "p") as project:
        import_all(project, class_folders)
        truth = truth_of(project, class_folders)
        times = Counter()
        for seed in range(5):
            project.assign_split(dict.fromkeys(truth.class_of, "train"))
            hold_back(project, truth, seed=seed)
            times.update(unseen_ids(project, truth))
        assert times == dict.fromkeys(truth.class_of, 1)


def test_near_duplicates_are_held_back_together(class_folders, tmp_path):
    with Project.create(tmp_path / "p") as project:
        import_all(project, class_folders)
        truth = truth_of(project, class_folders)
        ids = sorted(truth.class_of)
        pairs = {ids[k]: ids[k + 1] for k in range(0, 60, 4)}  # neighbours in their class folder
        project.save_near_duplicates({image_id: pairs.get(image_id, image_id) for image_id in ids})
        times = Counter()
        for seed in range(5):
            project.assign_split(dict.fromkeys(ids, "train"))
            hold_back(project, truth, seed=seed)
            unseen = set(unseen_ids(project, truth))
            times.update(unseen)
            assert all((one in unseen) == (other in unseen) for one, other in pairs.items())
        assert times == dict.fromkeys(ids, 1)


def test_each_seed_holds_back_about_a_fifth_where_images_come_in_bursts(class_folders, tmp_path):
    with Project.create(tmp_path / "p") as project:
        import_all(project, class_folders)
        ids = sorted(truth_of(project, class_folders).class_of)
        two_classes = Truth(("a", "b"), {image_id: k // 30 for k, image_id in enumerate(ids)}, ())
        project.save_near_duplicates({image_id: ids[k - k % 3] for k, image_id in enumerate(ids)})  # 10 bursts of 3
        for seed in range(5):
            project.assign_split(dict.fromkeys(ids, "train"))
            hold_back(project, two_classes, seed=seed)
            unseen = unseen_ids(project, two_classes)
            assert Counter(two_classes.class_of[i] for i in unseen) == {0: 6, 1: 6}


def test_so_many_of_each_class_but_at_most_half(class_folders, tmp_path):
    with Project.create(tmp_path / "p") as project:
        import_all(project, class_folders)
        truth = truth_of(project, class_folders)
        hold_back(project, truth, seed=1, per_class=12)
        assert len(unseen_ids(project, truth)) == 6 * 5


def test_an_image_in_two_classes_is_seen_by_no_step_and_never_judged(class_folders, tmp_path):
    folder = shutil.copytree(class_folders, tmp_path / "images")
    image = next(iter(sorted((folder / "crazing").iterdir())))
    (folder / "patches" / "copy.png").write_bytes(image.read_bytes())
    with Project.create(tmp_path / "p") as project:
        import_all(project, folder)
        truth = truth_of(project, folder)
        hold_back(project, truth, seed=1)
        (unclear,) = truth.unclear
        assert project.split()[unclear] == "test"
        assert unclear not in unseen_ids(project, truth)


def test_classes_are_called_as_labels_call_them(class_folders, tmp_path):
    folder = shutil.copytree(class_folders, tmp_path / "images")
    (folder / "crazing").rename(folder / unicodedata.normalize("NFD", "rayé"))
    (folder / "patches").rename(folder / " Patches")
    with Project.create(tmp_path / "p") as project:
        import_all(project, folder)
        truth = truth_of(project, folder)
        project.label_images({i: truth.classes[k] for i, k in truth.class_of.items()}, step="Label", source="test")
        assert set(project.labels().values()) == set(truth.classes) >= {"rayé", "Patches"}
        assert not truth.unclear


def test_folders_of_one_class_are_one(class_folders, tmp_path):
    folder = shutil.copytree(class_folders, tmp_path / "images")
    (folder / "crazing").rename(folder / "patches ")
    with Project.create(tmp_path / "p") as project:
        import_all(project, folder)
        truth = truth_of(project, folder)
    assert Counter(truth.class_of.values())[truth.classes.index("patches")] == 20

"""What is learned from and what is kept for judging."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.project.seeded_order import seeded_order
from models.errors import KnownError


def test_assigned_parts_are_kept(imported):
    assert imported.assign_split({1: "test", 2: "train"}).splits
    imported.assign_split({1: "train"})
    assert imported.split() == {1: "train", 2: "train"}


def test_refuses_other_parts_and_unknown_images(imported):
    with pytest.raises(ValueError, match="'validation'"):
        imported.assign_split({1: "validation"})
    with pytest.raises(ValueError, match="no image 99"):
        imported.assign_split({1: "test", 99: "test"})
    assert imported.split() == {}


def test_holds_out_a_share_of_each_class(imported):
    imported.label_from_folders()
    imported.hold_out(0.25, seed=1)
    labels, split = imported.labels(), imported.split()
    assert Counter(labels[key] for key, part in split.items() if part == "test") == dict.fromkeys(labels.values(), 1)
    assert len(split) == 12


def test_small_classes_keep_an_image_in_each_part(imported):
    imported.label_images({1: "a", 2: "a", 3: "b"}, step="Label", source="test")
    imported.hold_out(0.9, seed=1)
    split = imported.split()
    assert {split[1], split[2]} == {"train", "test"}
    assert split[3] == "train"


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.5])
def test_refuses_fractions_out_of_range(imported, fraction):
    imported.label_from_folders()
    with pytest.raises(KnownError, match="between 0 and 1"):
        imported.hold_out(fraction, seed=1)


def test_refuses_without_labels(imported):
    with pytest.raises(KnownError, match="no labels yet"):
        imported.hold_out(0.2, seed=1)


def test_copies_never_straddle_the_split(imported, steel, importing):
    (steel / "patches" / "copy.png").write_bytes((steel / "crazing" / "0.png").read_bytes())
    imported.assign_split({1: "test"})
    importing(imported, steel)
    ids = imported.image_ids_by_path(["crazing/0.png", "patches/copy.png"])
    assert {imported.split()[image_id] for image_id in ids.values()} == {"test"}
    assert len(imported.paths(1)) == 2


@given(st.sets(st.text(min_size=1), max_size=20), st.integers(), st.randoms(use_true_random=False))
def test_seeded_order_depends_on_content_and_seed_alone(hashes, seed, random):
    shuffled = random.sample(sorted(hashes), len(hashes))
    expected = seeded_order(hashes, seed=seed)
    assert seeded_order(shuffled, seed=seed) == expected
    part = shuffled[: len(shuffled) // 2]
    assert seeded_order(part, seed=seed) == [entry for entry in expected if entry in part]

"""models.classification.labelled_pool: heads on all features, and a say for those of what stands beside it."""

from __future__ import annotations

import numpy as np
import pytest

from models.classification.labelled_pool import SAY_BESIDE, LabelledPool, Rule
from models.features.extraction import columns_beside_encoder, joined, without_encoder

ALL = np.arange(6)


def pool_of(blocks: dict[str, np.ndarray], labels: np.ndarray, positions: np.ndarray, **options: bool) -> LabelledPool:
    named = {name: values.astype(np.float32) for name, values in blocks.items()}
    use_unlabelled = options.get("use_unlabelled", True)
    return LabelledPool.build(named, positions, labels[positions], "ab", use_unlabelled=use_unlabelled)


@pytest.fixture
def described(blobs) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """40 images of two classes, told apart by a texture block; the encoder's blocks are noise."""
    vectors, labels = blobs(20, 2, spread=0.3)
    noise = np.random.default_rng(3).standard_normal((2, 40, 9))
    return {"encoder_deviation": noise[0], "encoder_mean": noise[1], "local8": vectors}, labels


def test_the_columns_beside_the_encoder_are_those_of_its_blocks(described):
    blocks, _ = described
    assert (joined(blocks)[:, columns_beside_encoder(blocks)] == joined(without_encoder(blocks))).all()


@pytest.mark.parametrize("kept", [("encoder_mean",), ("local8",)])
def test_one_kind_of_features_has_one_head(described, kept):
    blocks, labels = described
    assert pool_of({name: blocks[name] for name in kept}, labels, ALL * 6).beside is None


@pytest.mark.parametrize("rule", [Rule(propagated, equal) for propagated in (True, False) for equal in (True, False)])
def test_the_head_is_the_sum_of_two_with_the_shares_of_the_classes_counted_once(described, rule):
    blocks, labels = described
    positions = np.array([0, 1, 2, 3, 20, 21])  # four of one class, two of the other
    pool = pool_of(blocks, labels, positions)
    texture = pool_of(without_encoder(blocks), labels, positions)
    alone = LabelledPool(pool.features, pool.graph, pool.positions, pool.labels, pool.classes)
    shares = np.array([0.5, 0.5]) if rule.equal_shares else np.array([2 / 3, 1 / 3])
    own, other = alone.fit(rule, ALL).logits(pool.features), texture.fit(rule, ALL).logits(texture.features)
    expected = own + SAY_BESIDE * (other - np.log(shares))
    np.testing.assert_allclose(pool.fit(rule, ALL).logits(pool.features), expected, rtol=1e-3, atol=1e-3)


def test_an_encoder_that_learned_nothing_harms_less(described):
    blocks, labels = described
    pool = pool_of(blocks, labels, np.array([0, 1, 2, 20, 21, 22]))
    alone = LabelledPool(pool.features, pool.graph, pool.positions, pool.labels, pool.classes)
    rule = Rule(propagated=True, equal_shares=True)
    right, right_alone = (
        np.count_nonzero(each.fit(rule, ALL).logits(pool.features).argmax(1) == labels) for each in (pool, alone)
    )
    assert right > right_alone


def test_images_are_judged_by_heads_that_had_not_learned_from_them(described):
    blocks, labels = described
    pool = pool_of(blocks, labels, np.array([0, 1, 2, 20, 21, 22]))
    head, logits = pool.fit_and_judge(Rule(propagated=True, equal_shares=True))
    own = head.logits(pool.features)
    np.testing.assert_allclose(logits[pool.positions], own[pool.positions], rtol=1e-5)
    unlabelled = np.setdiff1d(np.arange(40), pool.positions)
    sure, own_sure = (np.abs(np.diff(each[unlabelled])).mean() for each in (logits, own))
    assert 0 < sure < own_sure

"""The decoded-once cache: right pixels, and never a half one, whatever is deleted, cut or full."""

from __future__ import annotations

import errno
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.errors import KnownError
from models.events import Progress
from models.images import cache as image_cache
from models.images import cache_segments
from models.images.cache import ImageCache
from models.images.reading import content_hash
from models.images.settings import ImageSettings, Scaling

Items = list[tuple[str, Path]]


@pytest.fixture
def items(tmp_path: Path) -> Items:
    """Ten grey images, image i all of level 20 * i, 40 px wide and 60 + 20 * i px high."""
    found = []
    for level in range(0, 200, 20):
        path = tmp_path / f"{level:03}.png"
        Image.new("L", (40, 60 + level), level).save(path)
        found.append((content_hash(path.read_bytes()), path))
    return found


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_cache, "_SEGMENT_IMAGES", 4)


def open_cache(tmp_path: Path, **changes) -> ImageCache:
    settings = ImageSettings(channels=1, max_area=10_000, scaling=Scaling(), max_pixels=10**9)
    return ImageCache(tmp_path / "cache", replace(settings, **changes))


def levels(cache: ImageCache, items: Items) -> list[int]:
    return [int(image[0, 0, 0]) for image in cache.gather([image_hash for image_hash, _ in items])]


def test_gathers_what_was_decoded_in_the_order_asked(tmp_path, items, small_segments):
    with open_cache(tmp_path) as cache:
        events = list(cache.ensure(items))
        assert events[-1] == Progress("decode", 10, 10)
        assert cache.image(items[0][0]).shape == (1, 60, 40)
        assert levels(cache, [items[9], items[0], items[5], items[5]]) == [180, 0, 100, 100]


def test_decodes_only_what_is_missing(tmp_path, items):
    with open_cache(tmp_path) as cache:
        list(cache.ensure(items[:7]))
    with open_cache(tmp_path) as again:
        assert items[0][0] in again
        assert items[8][0] not in again
        assert [event.total for event in again.ensure(items)] == [3, 3, 3]
        assert list(again.ensure(items)) == []


def test_other_shape_or_scaling_is_another_cache(tmp_path, items):
    with open_cache(tmp_path) as cache, open_cache(tmp_path, channels=3) as colour:
        list(cache.ensure(items))
        list(colour.ensure(items[:1]))
        assert colour.image(items[0][0]).shape == (3, 60, 40)
        assert items[0][0] not in open_cache(tmp_path, scaling=Scaling(uint16=(0.0, 4095.0)))


def test_images_keep_their_own_shapes(tmp_path, items):
    with open_cache(tmp_path) as cache:
        list(cache.ensure(items))
    with open_cache(tmp_path) as again:
        names = [items[i][0] for i in (9, 0, 3)]
        assert again.shapes(names).tolist() == [[240, 40], [60, 40], [120, 40]]
        assert [image.shape for image in again.gather(names)] == [(1, 240, 40), (1, 60, 40), (1, 120, 40)]


def test_segments_are_bounded_by_their_bytes(tmp_path, items, monkeypatch):
    monkeypatch.setattr(image_cache, "_SEGMENT_BYTES", 10_000)
    with open_cache(tmp_path) as cache:
        list(cache.ensure(items))
        assert max(path.stat().st_size for path in cache.folder.glob("*.u8")) < 20_000
        assert levels(cache, items) == list(range(0, 200, 20))


def test_unknown_hash_is_a_key_error(tmp_path, items):
    with open_cache(tmp_path) as cache:
        list(cache.ensure(items[:1]))
        with pytest.raises(KeyError, match=items[1][0]):
            cache.gather([items[0][0], items[1][0]])


def test_tells_what_failed_and_goes_on(tmp_path, items):
    items[1][1].write_bytes(items[2][1].read_bytes())
    items[3][1].unlink()
    items[4][1].write_bytes(b"")
    with open_cache(tmp_path) as cache:
        list(cache.ensure(items))
        assert cache.failed == {
            items[1][0]: "has changed since the import",
            items[3][0]: "is gone",
            items[4][0]: "has changed since the import",
        }
        assert levels(cache, [items[0], items[9]]) == [0, 180]


def test_second_path_stands_in_for_the_first(tmp_path, items):
    image_hash, path = items[3]
    copy = shutil.copy(path, tmp_path / "copy.png")
    path.unlink()
    with open_cache(tmp_path) as cache:
        list(cache.ensure([(image_hash, path), (image_hash, Path(copy))]))
        assert cache.failed == {}
        assert levels(cache, [items[3]]) == [60]


def test_closing_early_keeps_what_was_decoded(tmp_path, items, small_segments):
    cache = open_cache(tmp_path)
    decoding = cache.ensure(items)
    for _ in range(6):
        next(decoding)
    decoding.close()
    cache.close()
    with open_cache(tmp_path) as again:
        assert [image_hash in again for image_hash, _ in items] == [True] * 6 + [False] * 4


def test_pixels_without_hashes_do_not_count_and_are_swept_when_old(tmp_path, items):
    with open_cache(tmp_path) as cache:
        list(cache.ensure(items[:1]))
        old, fresh = cache.folder / "old.u8", cache.folder / "fresh.u8"
        old.write_bytes(bytes(64))
        fresh.write_bytes(bytes(64))
        two_days_ago = time.time() - 48 * 3600
        os.utime(old, (two_days_ago, two_days_ago))
        list(cache.ensure(items))
        assert (old.exists(), fresh.exists()) == (False, True)
        assert levels(cache, items) == list(range(0, 200, 20))


@pytest.mark.parametrize("damage", ["cut pixels", "garbage hashes", "other shapes", "no shapes", "no pixels"])
def test_damaged_segment_is_decoded_again(tmp_path, items, damage):
    with open_cache(tmp_path) as cache:
        list(cache.ensure(items))
        pixels, hashes = next(cache.folder.glob("*.u8")), next(cache.folder.glob("*.hashes"))
    if damage == "cut pixels":
        pixels.write_bytes(pixels.read_bytes()[:-1])
    elif damage == "garbage hashes":
        hashes.write_bytes(b"\xff\x00" * 325)
    elif damage == "other shapes":
        hashes.write_bytes(hashes.read_bytes().replace(b" 60 ", b" 61 "))
    elif damage == "no shapes":
        hashes.write_bytes(hashes.read_bytes().replace(b" 60 40", b""))
    else:
        pixels.unlink()
    with open_cache(tmp_path) as again:
        assert items[0][0] not in again
        list(again.ensure(items))
        assert levels(again, items) == list(range(0, 200, 20))


def test_folder_may_be_deleted_between_two_calls(tmp_path, items):
    with open_cache(tmp_path) as cache:
        list(cache.ensure(items))
        cache.close()
        shutil.rmtree(tmp_path / "cache")
        with pytest.raises(KeyError):
            levels(cache, items)
        list(cache.ensure(items))
        assert levels(cache, items) == list(range(0, 200, 20))


def test_two_caches_fill_one_folder_at_the_same_time(tmp_path, items, small_segments):
    with open_cache(tmp_path) as one, open_cache(tmp_path) as other:
        for _ in zip(one.ensure(items), other.ensure(items[::-1]), strict=True):
            pass
        assert levels(one, items) == levels(other, items) == list(range(0, 200, 20))


def test_finds_what_another_process_decoded_meanwhile(tmp_path, items):
    with open_cache(tmp_path) as reader, open_cache(tmp_path) as writer:
        list(writer.ensure(items))
        assert levels(reader, items) == list(range(0, 200, 20))


def test_few_maps_are_open_at_a_time(tmp_path, items, monkeypatch):
    monkeypatch.setattr(image_cache, "_SEGMENT_IMAGES", 1)
    monkeypatch.setattr(image_cache, "_MAX_OPEN_MAPS", 2)
    with open_cache(tmp_path) as cache:
        list(cache.ensure(items))
        assert levels(cache, items) == list(range(0, 200, 20))
        assert sum(segment.is_open for segment in cache._segments.values()) <= 2


def test_full_disk_names_the_folder_and_leaves_no_half_segment(tmp_path, items, small_segments, monkeypatch):
    flush, flushed = cache_segments._flush_to_disk, []

    def fail_in_second_segment(file) -> None:
        flushed.append(file)
        if len(flushed) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(file)

    monkeypatch.setattr(cache_segments, "_flush_to_disk", fail_in_second_segment)
    with open_cache(tmp_path) as cache:
        with pytest.raises(KnownError, match="disk is full"):
            list(cache.ensure(items))
        assert sorted(path.suffix for path in cache.folder.iterdir()) == [".hashes", ".u8"]
        assert levels(cache, items[:4]) == [0, 20, 40, 60]


def test_unwritable_folder_is_a_known_error(tmp_path, items):
    (tmp_path / "cache").write_text("a file in the way", encoding="utf-8")
    with open_cache(tmp_path) as cache, pytest.raises(KnownError, match="can't be written"):
        list(cache.ensure(items))


def test_gathered_pixels_are_a_copy(tmp_path, items):
    with open_cache(tmp_path) as cache:
        list(cache.ensure(items))
        cache.image(items[2][0])[:] = 7
        assert np.array_equal(cache.image(items[2][0]), np.full((1, 100, 40), 40))

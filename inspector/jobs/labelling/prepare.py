"""What labelling stands on, made in the background: features of the pool, their neighbours, the map."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.events import BasisReady, MapMoved, PrepareFinished
from inspector.jobs.labelling.basis import LabelBasis
from inspector.jobs.pool.detectors import find_unusual
from inspector.jobs.pool.features import PoolFeatures, pool_features
from inspector.jobs.pool.pool import Pool, fill_pool, open_cache
from inspector.jobs.pretraining.live_map import places
from inspector.jobs.running.devices import usable_device
from models.errors import KnownError
from models.events import Notice, Progress

if TYPE_CHECKING:
    import numpy as np

    from inspector.project import Project

LIMIT = 20_000  # images that suggestions, guesses and the map look at
MIN_IMAGES = 4  # of a map
KEPT_MAPS = 8  # the newest; a map of 20,000 images takes 160 KB


def prepare(
    project: Project,
    *,
    encoder: str = "latest",
    device: str = "auto",
    limit: int = LIMIT,
    seed: int = 0,
    start_points: tuple[np.ndarray, np.ndarray] | None = None,
) -> Iterator[Any]:
    """Make features, neighbours and the map: progress, BasisReady, MapMoved as the points move, then PrepareFinished.

    Features and the final map are kept in the project's cache. Above `limit` images a sample is taken, with all
    labelled ones in it.

    Args:
        start_points: (image ids (n,), points (n, 2)) of the map that is shown now; the new one is turned to be like it.

    Raises:
        KnownError: no image can be read, or the disk is full.
    """
    if not project.images():
        yield PrepareFinished(None)
        return
    with open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        pool = yield from _sampled(project, pool, limit, seed)
        if len(pool.image_ids) < MIN_IMAGES:
            yield Notice(f"Suggestions, guesses and the map need at least {MIN_IMAGES} images that can be read.")
            yield PrepareFinished(None)
            return
        basis = yield from _basis(project, pool, encoder, device, seed)
    file = _map_file(project, basis)
    stored = _read_map(file, len(basis.unit))
    if stored is not None:
        basis = basis.with_points(stored)
    basis.warm_up()
    yield BasisReady(basis)
    if stored is None:
        basis = yield from _with_map(basis, start_points, seed)
        _write_map(file, basis.points)
    yield PrepareFinished(basis)


def _basis(
    project: Project, pool: Pool, encoder: str, device_name: str, seed: int
) -> Generator[Progress | Notice, None, LabelBasis]:
    import numpy as np

    from models.classification.propagate import NeighbourGraph
    from models.features.extraction import unit_blocks

    made, run_id = yield from _features(project, pool, encoder, device_name, seed)
    unit = unit_blocks(made.blocks).astype(np.float32)
    graph = yield from NeighbourGraph.building(unit)
    unusual = None
    if made.detector is not None:
        unusual = yield from find_unusual(project, pool, made.detector, (yield from usable_device(device_name)))
    known = project.groups()
    groups = np.array([known[image_id] for image_id in pool.image_ids], dtype=np.int64)
    ids = np.array(pool.image_ids, dtype=np.int64)
    return LabelBasis(ids, unit, graph, made.description, run_id, unusual, groups)


def _features(
    project: Project, pool: Pool, encoder: str, device_name: str, seed: int
) -> Generator[Progress | Notice, None, tuple[PoolFeatures, int | None]]:
    """Features of the encoder and the texture spectrum, and the encoder's run.

    Texture stands alone as long as nothing is pretrained, and where the encoder of the latest run is of no use.
    """
    device = yield from usable_device(device_name)
    run = project.latest_run("pretrain") if encoder == "latest" else None
    if run is not None or encoder != "latest":
        try:
            made = yield from pool_features(project, pool, encoder=encoder, device=device, seed=seed)
        except KnownError as error:
            if run is None:
                raise
            yield Notice(f"{error} Suggestions stand on the texture spectrum alone until then.", warning=True)
        else:
            return made, None if run is None else run.id
    made = yield from pool_features(project, pool, which="texture", device=device, seed=seed)
    return made, None


def _sampled(project: Project, pool: Pool, limit: int, seed: int) -> Generator[Notice, None, Pool]:
    """All labelled images and others by chance, `limit` in all."""
    import numpy as np

    total = len(pool.image_ids)
    if total <= limit:
        return pool
    labelled = np.array(sorted(pool.labelled(project)), dtype=np.int64)[:limit]
    others = np.setdiff1d(np.arange(total), labelled)
    drawn = np.random.default_rng(seed).permutation(others)[: limit - len(labelled)]
    kept = np.sort(np.concatenate([labelled, drawn])).tolist()
    yield Notice(f"Suggestions, guesses and the map look at {limit:,} of the {total:,} images.")
    return replace(pool, image_ids=[pool.image_ids[i] for i in kept], hashes=[pool.hashes[i] for i in kept])


def _with_map(
    basis: LabelBasis, start_points: tuple[np.ndarray, np.ndarray] | None, seed: int
) -> Generator[MapMoved | Progress, None, LabelBasis]:
    from models.features.embed import aligned, tsne_steps

    reference = None if start_points is None else places(basis.image_ids, *start_points)
    points = basis.points
    for layout in tsne_steps(basis.unit, seed=seed):
        if isinstance(layout, Progress):
            yield layout
            continue
        points = layout if reference is None else aligned(layout, reference)
        yield MapMoved(basis.image_ids, points)
    assert points is not None
    return basis.with_points(points)


def _map_file(project: Project, basis: LabelBasis) -> Path:
    """By what the map is made of, so that it is found again for the same features of the same images."""
    digest = hashlib.sha256(basis.image_ids.tobytes())
    digest.update(basis.unit.tobytes())
    return project.cache_folder / "maps" / f"{digest.hexdigest()[:24]}.npy"


def _read_map(file: Path, count: int) -> np.ndarray | None:
    import numpy as np

    try:
        points = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):  # none yet, or damaged: it is made again
        return None
    is_whole = points.shape == (count, 2) and points.dtype == np.float32 and np.isfinite(points).all()
    return points if is_whole else None


def _write_map(file: Path, points: np.ndarray | None) -> None:
    import io

    import numpy as np

    from models.storage.files import write_atomically

    content = io.BytesIO()
    np.save(content, np.asarray(points, dtype=np.float32), allow_pickle=False)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, content.getvalue())
        for old in sorted(file.parent.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT_MAPS]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise KnownError(f"The map cannot be kept in {file.parent}: {error.strerror}.") from error

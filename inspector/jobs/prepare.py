"""What labelling stands on, made in the background: features of the pool, their neighbours, the map."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.basis import LabelBasis
from inspector.jobs.events import BasisReady, MapMoved, PrepareFinished
from inspector.jobs.features import pool_features
from inspector.jobs.pool import Pool, fill_pool, open_cache
from models.errors import KnownError
from models.events import Notice

if TYPE_CHECKING:
    import numpy as np

    from inspector.project import Project

LIMIT = 20_000  # images that suggestions, guesses and the map look at
MIN_GRAPH, MIN_MAP = 2, 4  # images


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
        KnownError: no image can be read, or the encoder is damaged.
    """
    from models.device import pick_device
    from models.features import unit_blocks
    from models.propagate import NeighbourGraph

    if not project.images():
        yield PrepareFinished(None)
        return
    with open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        pool = yield from _sampled(project, pool, limit, seed)
        if len(pool.image_ids) < MIN_GRAPH:
            yield Notice("Suggestions and guesses need at least two images.")
            yield PrepareFinished(None)
            return
        made = yield from pool_features(project, pool, encoder=encoder, device=pick_device(device), seed=seed)
    import numpy as np

    unit = unit_blocks(made.blocks).astype(np.float32)
    run = project.latest_run("pretrain") if encoder == "latest" else None
    basis = LabelBasis(
        np.array(pool.image_ids, dtype=np.int64),
        unit,
        NeighbourGraph.build(unit),
        made.description,
        None if run is None else run.id,
    )
    file = _map_file(project, basis)
    stored = _read_map(file, len(unit))
    if stored is not None:
        basis = basis.with_points(stored)
    basis.warm_up()
    yield BasisReady(basis)
    if stored is None and len(unit) >= MIN_MAP:
        basis = yield from _with_map(basis, start_points, seed)
        _write_map(file, basis.points)
    yield PrepareFinished(basis)


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
) -> Generator[MapMoved, None, LabelBasis]:
    from models.embed import aligned, tsne_steps

    reference = None if start_points is None else _places(basis.image_ids, *start_points)
    points = basis.points
    for layout in tsne_steps(basis.unit, seed=seed):
        points = layout if reference is None else aligned(layout, reference)
        yield MapMoved(basis.image_ids, points)
    assert points is not None
    return basis.with_points(points)


def _places(image_ids: np.ndarray, known_ids: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Where an earlier map (n, 2) shows the images (N,): (N, 2), NaN where it does not."""
    import numpy as np

    order = np.argsort(known_ids)
    rows = np.minimum(np.searchsorted(known_ids[order], image_ids), len(known_ids) - 1)
    found = known_ids[order][rows] == image_ids
    return np.where(found[:, None], points[order][rows], np.nan)


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

    from models.files import write_atomically

    content = io.BytesIO()
    np.save(content, np.asarray(points, dtype=np.float32), allow_pickle=False)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, content.getvalue())
    except OSError as error:
        raise KnownError(f"The map cannot be kept in {file.parent}: {error.strerror}.") from error

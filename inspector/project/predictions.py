"""What runs said about the project's images."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.project.database import Database
from inspector.project.former_names import names_today
from inspector.project.records import Prediction


def save_predictions(database: Database, run_id: int, rows: Iterable[tuple[int, str, float]]) -> None:
    """Store (image id, class name, confidence) of a run, replacing what it said before about the same images."""
    with database.transaction(durable=False) as transaction:
        transaction.executemany(
            "INSERT OR REPLACE INTO predictions (run_id, image_id, class_name, confidence) VALUES (?, ?, ?, ?)",
            ((run_id, int(image_id), class_name, float(confidence)) for image_id, class_name, confidence in rows),
        )


def predictions(database: Database, run_id: int) -> list[Prediction]:
    """A run's predictions by image id in ascending order, under the names that their classes have today."""
    rows = database.query(
        "SELECT image_id, class_name, confidence FROM predictions WHERE run_id = ? ORDER BY image_id", (run_id,)
    )
    names = names_today(database, {class_name for _, class_name, _ in rows})
    return [Prediction(image_id, names[class_name], confidence) for image_id, class_name, confidence in rows]

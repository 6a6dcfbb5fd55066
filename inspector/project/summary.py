"""What a project holds, in numbers."""

from __future__ import annotations

from typing import Any

from inspector.project.database import Database


def counts(database: Database) -> dict[str, int]:
    """The numbers of images, paths, images at more than one path ('duplicates') and unreadable files."""
    images = database.value("SELECT count(DISTINCT image_id) FROM image_paths")
    paths = database.value("SELECT count(*) FROM image_paths WHERE NOT missing")
    duplicates = database.value(
        """SELECT count(*) FROM
        (SELECT image_id FROM image_paths WHERE NOT missing GROUP BY image_id HAVING count(*) > 1)"""
    )
    unreadable = database.value("SELECT count(*) FROM unreadable_files")
    return {"images": images, "paths": paths, "duplicates": duplicates, "unreadable": unreadable}


def labels_per_class(database: Database) -> dict[str, int]:
    """The number of labelled images of every class, in the order in which the classes were made."""
    return dict(
        database.query(
            """SELECT classes.name, coalesce(labelled.images, 0) FROM listed_classes AS classes LEFT JOIN
                (SELECT class_id, count(*) AS images FROM labels
                WHERE image_id IN (SELECT image_id FROM image_paths) GROUP BY class_id) AS labelled
            ON labelled.class_id = classes.id ORDER BY classes.id"""
        )
    )


def content(database: Database) -> dict[str, Any]:
    """Images, paths, duplicates, unreadable files, and the labels by class."""
    per_class = labels_per_class(database)
    return {**counts(database), "classes": per_class, "labels": sum(per_class.values())}

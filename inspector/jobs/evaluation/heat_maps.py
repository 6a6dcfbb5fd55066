"""Where an image is unusual, or where a trained model sees its defect: for a window that lays it over the image.

Reading weights and computing take up to a second: to be used in a background thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import KnownError

if TYPE_CHECKING:
    import numpy as np

    from inspector.project import Project
    from models.images.settings import ImageSettings
    from models.prediction.model_file import Classifier
    from models.small_defects.anomaly_detector import AnomalyDetector


NOTHING_LEARNED = "There is no map yet: pretrain long enough, small defects included, to learn what is unusual."


class NoMapsError(KnownError):
    """There are no maps that can be believed."""


@dataclass(frozen=True, eq=False)
class HeatMap:
    """Heat (H, W) float32, 0 to 1, over an image of H x W px (the working image, without its mirrored margin).

    Attributes:
        source: in words, what it shows.
    """

    heat: np.ndarray
    source: str


@dataclass(eq=False)
class HeatMaps:
    """Maps by one model: a trained classifier, or the anomaly detector of a pretraining run."""

    settings: ImageSettings
    source: str
    classifier: Classifier | None = None
    detector: AnomalyDetector | None = None

    @classmethod
    def of_model(cls, file: Path) -> HeatMaps:
        """The maps of a classifier.

        Raises:
            KnownError: it has none that can be believed, with the reason.
        """
        from models.prediction.model_file import load_classifier

        classifier = load_classifier(file, device="cpu")
        if classifier.no_maps is not None:
            raise NoMapsError(f"There is no map: {classifier.no_maps}.")
        return cls(classifier.image_settings, "where the model sees a defect", classifier=classifier)

    @classmethod
    def of_project(cls, project: Project) -> HeatMaps:
        """Those of the newest trained classifier if it has reliable ones, else of the newest anomaly detector.

        Raises:
            KnownError: there is neither.
        """
        import torch

        from inspector.jobs.pool.detectors import load_detector
        from inspector.jobs.pool.encoders import choose_encoder, detector_file
        from inspector.jobs.training.train import MODEL_FILE

        run = project.latest_run("train")
        if run is not None and (run.folder / MODEL_FILE).is_file():
            try:
                return cls.of_model(run.folder / MODEL_FILE)
            except NoMapsError:
                pass  # a model of whole images, or maps that fail their tests: the detector needs no labels
        file = detector_file(choose_encoder(project, "latest"))
        if file is None:
            raise NoMapsError(NOTHING_LEARNED)
        detector = load_detector(file, torch.device("cpu"))
        if not detector.has_learned:
            raise NoMapsError(NOTHING_LEARNED)
        return cls(project.image_settings, "where the image is unusual", detector=detector)

    def of_file(self, path: Path) -> HeatMap:
        """The map of an image file, without the mirrored margin of a small image.

        Raises:
            KnownError: it cannot be read.
        """
        from models.images.reading import decode
        from models.images.shapes import shape_within

        data = self._read(path)
        _, heat = self._heated(data, path)
        height, width = decode(data, max_pixels=self.settings.max_pixels).pixels.shape[:2]
        height, width = shape_within(height=height, width=width, max_area=self.settings.max_area)
        return HeatMap(heat[:height, :width], self.source)

    def with_pixels(self, path: Path) -> tuple[np.ndarray, np.ndarray]:
        """An image file as the model reads it, (C, H, W) uint8, and its heat (H, W); KnownError as `of_file`."""
        return self._heated(self._read(path), path)

    def _read(self, path: Path) -> bytes:
        from models.images.reading import ImageError, read_bytes

        try:
            return read_bytes(path)
        except ImageError as error:
            raise KnownError(f"{path} {error}.") from error

    def _heated(self, data: bytes, path: Path) -> tuple[np.ndarray, np.ndarray]:
        import torch

        from models.images.reading import ImageError, prepare

        settings = self.settings
        try:
            pixels = prepare(data, settings)
        except ImageError as error:
            raise KnownError(f"{path} {error}.") from error
        if self.classifier is not None:
            return pixels, self.classifier.maps([pixels])[0]
        assert self.detector is not None
        return pixels, self.detector.map(torch.from_numpy(pixels)[None])[0].numpy()

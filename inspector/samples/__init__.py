"""Generated pictures of steel strip with six kinds of defect, for the demo and the tests. Knows no learning."""

from inspector.samples.strip import CLASSES, draw
from inspector.samples.write import write_samples

__all__ = ["CLASSES", "draw", "write_samples"]

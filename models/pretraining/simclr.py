"""SimCLR: two or more views of an image agree, views of other images do not (Chen et al., 2020)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.encoders.architectures import Encoder
from models.pretraining.objective import Objective


def nt_xent(embeddings: Tensor, *, views: int, temperature: float) -> Tensor:
    """Normalised temperature-scaled cross-entropy of embeddings (V * B, d), views outermost (Chen et al., 2020, eq. 1).

    For two views it is the paper's loss. For more, every other view of an image is a positive in a term of its own,
    and the remaining positives stay out of that term's denominator.

    Raises:
        ValueError: fewer than two views or images, or a temperature that is not positive.
    """
    count = len(embeddings)
    if views < 2 or count < 2 * views or count % views:
        raise ValueError(f"contrast needs at least 2 views of 2 images, not {count} embeddings in {views} views")
    if temperature <= 0:
        raise ValueError(f"temperature must be positive, not {temperature}")
    with torch.autocast(embeddings.device.type, enabled=False):  # bfloat16 logits lose the small differences
        unit = F.normalize(embeddings.float(), dim=1)
        logits = unit @ unit.T / temperature  # (VB, VB)
    image = torch.arange(count // views, device=logits.device).repeat(views)
    same_image = image[:, None] == image[None, :]
    negatives = logits.masked_fill(same_image, -torch.inf).logsumexp(1, keepdim=True)  # (VB, 1)
    positives = same_image & ~torch.eye(count, dtype=torch.bool, device=logits.device)
    # -log(e^p / (e^p + sum of e^n)) = softplus(log sum e^n - p)
    return F.softplus(negatives - logits)[positives].mean()


class ProjectionHead(nn.Sequential):
    """features -> hidden -> (BatchNorm) -> ReLU -> d; dropped after pretraining."""

    def __init__(self, features: int, *, hidden: int, outputs: int, batch_norm: bool) -> None:
        layers: list[nn.Module] = [nn.Linear(features, hidden, bias=not batch_norm)]
        if batch_norm:
            layers.append(nn.BatchNorm1d(hidden))
        super().__init__(*layers, nn.ReLU(), nn.Linear(hidden, outputs))


class SimCLR(Objective):
    """Encoder, projection head and NT-Xent."""

    def __init__(
        self,
        encoder: Encoder,
        *,
        views: int = 2,
        temperature: float = 0.2,
        projection_hidden: int = 512,
        projection_outputs: int = 128,
        projection_batch_norm: bool = True,
    ) -> None:
        super().__init__()
        if views < 2:
            raise ValueError(f"contrast needs at least 2 views of each image, not {views}")
        self.encoder = encoder
        self.views = views
        self.temperature = temperature
        self.projection = ProjectionHead(
            encoder.features, hidden=projection_hidden, outputs=projection_outputs, batch_norm=projection_batch_norm
        )

    def forward(self, views: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        features = self.encoder(views.flatten(0, 1))  # (V * B, D)
        return self.loss(features), features[: views.shape[1]].detach()

    def loss(self, features: Tensor) -> Tensor:
        """NT-Xent of projected features (V * B, D)."""
        return nt_xent(self.projection(features), views=self.views, temperature=self.temperature)

"""Writes losses.json: PyTorch's own losses on fixed numbers. Run: python3 tests/golden/losses.py."""
import json
import os

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
prediction = torch.tensor([[2.5, -1.0, 0.25], [-40.0, 0.0, 60.0]])
target = torch.tensor([[0.0, 1.0, 0.5], [1.0, 0.25, 1.0]])
labels = torch.tensor([2, 0])
deviation = torch.tensor([[0.5, 1.0, 2.0], [4.0, 1.5, 0.1]])

bce = F.binary_cross_entropy_with_logits
score, other = prediction[:, :2] / 10, target[:, :2]
losses = {
    "softmaxCrossEntropy": F.cross_entropy(prediction, labels, reduction="none"),
    "softmaxCrossEntropySmoothed": F.cross_entropy(prediction, labels, reduction="none", label_smoothing=0.1),
    "binaryCrossEntropy": bce(prediction, target, reduction="none"),
    "squaredError": F.mse_loss(prediction, target, reduction="none"),
    "absoluteError": F.l1_loss(prediction, target, reduction="none"),
    "huberError": F.huber_loss(prediction, target, delta=1.5, reduction="none"),
    "gaussianNegativeLogLikelihood": -torch.distributions.Normal(prediction, deviation).log_prob(target),
    "gaussianNegativeLogLikelihoodFixed": -torch.distributions.Normal(prediction, 0.3).log_prob(target),
    "gaussianRate": torch.distributions.kl_divergence(
        torch.distributions.Normal(prediction, torch.exp(0.5 * target)), torch.distributions.Normal(0.0, 1.0)
    ),
    # binary cross-entropy against constant labels is the game as Goodfellow et al. wrote it
    "nonSaturating.discriminator": bce(score, torch.full_like(score, 0.9)) + bce(other, torch.zeros_like(other)),
    "nonSaturating.generator": bce(other, torch.ones_like(other)),
    "hinge.discriminator": F.hinge_embedding_loss(score, -torch.ones_like(score), margin=1.0) + F.hinge_embedding_loss(-other, -torch.ones_like(other), margin=1.0),
    "hinge.generator": -other.mean(),
    "leastSquares.discriminator": 0.5 * F.mse_loss(score, torch.ones_like(score)) + 0.5 * F.mse_loss(other, torch.zeros_like(other)),
    "leastSquares.generator": 0.5 * F.mse_loss(other, torch.ones_like(other)),
    "wasserstein.discriminator": other.mean() - score.mean(),
    "wasserstein.generator": -other.mean(),
}
path = os.path.join(os.path.dirname(__file__), "losses.json")
with open(path, "w") as file:
    given = {"prediction": prediction, "target": target, "labels": labels, "deviation": deviation}
    json.dump({**{k: v.flatten().tolist() for k, v in given.items()}, "losses": {k: v.flatten().tolist() for k, v in losses.items()}}, file)

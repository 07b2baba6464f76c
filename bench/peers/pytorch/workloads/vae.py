"""A convolutional VAE on 28×28 pictures with Adam, batch 64: conv 32 and 64 with stride 2, 16 latents."""
import torch
import torch.nn.functional as F
from torch import nn

from settings import descend
from workloads.batches import images

CONVOLUTIONAL = True
BATCH = 64
LATENTS = 16


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
        )
        self.mean = nn.Linear(3136, LATENTS)
        self.log_variance = nn.Linear(3136, LATENTS)

    def forward(self, x):
        features = self.features(x)
        return self.mean(features), self.log_variance(features)


def make_decoder():
    return nn.Sequential(
        nn.Linear(LATENTS, 3136),
        nn.ReLU(),
        nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(32, 1, 4, stride=2, padding=1),
    )


class Training:
    def __init__(self, settings):
        self.encoder = settings.model(Encoder())
        self.decoder = settings.model(make_decoder())
        self.models = [self.encoder, self.decoder]
        self.optimizer = settings.adam([*self.encoder.parameters(), *self.decoder.parameters()], 1e-3)
        self.batches = images(settings, BATCH, 1, 28, 28)

    def step(self):
        x = self.batches.next()
        mean, log_variance = self.encoder(x)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        distortion = F.binary_cross_entropy_with_logits(self.decoder(z), x, reduction="sum") / BATCH
        rate = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum() / BATCH
        loss = distortion + rate
        return descend(self.optimizer, loss), distortion.item(), rate.item()

    @torch.inference_mode()
    def sample(self, count):
        return [torch.sigmoid(self.decoder(torch.randn(BATCH, LATENTS))) for _ in range(count // BATCH)]

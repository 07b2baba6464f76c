"""784-512-256-10 with Adam, batch 128."""
import torch.nn.functional as F
from torch import nn

from settings import descend
from workloads.batches import labelled_images

CONVOLUTIONAL = False


class Training:
    def __init__(self, settings):
        self.model = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)
        )
        self.models = [self.model]
        self.optimizer = settings.adam(self.model.parameters(), 1e-3)
        self.batches = labelled_images(settings, 128, 1, 28, 28)

    def step(self):
        x, y = self.batches.next()
        loss = F.cross_entropy(self.model(x), y)
        return descend(self.optimizer, loss)

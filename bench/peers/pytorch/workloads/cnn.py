"""conv32-pool-conv64-pool-dense128-10 on 28×28 pictures with Adam, batch 64."""
import torch.nn.functional as F
from torch import nn

from settings import descend
from workloads.batches import labelled_images

CONVOLUTIONAL = True


class Training:
    def __init__(self, settings):
        model = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(3136, 128),
            nn.ReLU(),
            nn.Linear(128, 10),
        )
        self.model = settings.model(model)
        self.models = [self.model]
        self.optimizer = settings.adam(self.model.parameters(), 1e-3)
        self.batches = labelled_images(settings, 64, 1, 28, 28)

    def step(self):
        x, y = self.batches.next()
        loss = F.cross_entropy(self.model(x), y)
        return descend(self.optimizer, loss)

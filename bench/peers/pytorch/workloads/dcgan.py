"""DCGAN on 32×32 colour pictures with Adam, batch 64: one step trains the discriminator once, then the generator once."""
import torch
import torch.nn.functional as F
from torch import nn

from settings import descend
from workloads.batches import images

CONVOLUTIONAL = True
BATCH = 64
LATENTS = 100


def up(channels, filters):
    return nn.ConvTranspose2d(channels, filters, 4, stride=2, padding=1, bias=False)


def down(channels, filters):
    return nn.Conv2d(channels, filters, 4, stride=2, padding=1, bias=False)


def make_generator():
    return nn.Sequential(
        nn.Linear(LATENTS, 4096, bias=False),
        nn.Unflatten(1, (256, 4, 4)),
        nn.BatchNorm2d(256),
        nn.ReLU(inplace=True),
        up(256, 128),
        nn.BatchNorm2d(128),
        nn.ReLU(inplace=True),
        up(128, 64),
        nn.BatchNorm2d(64),
        nn.ReLU(inplace=True),
        nn.ConvTranspose2d(64, 3, 4, stride=2, padding=1),
        nn.Tanh(),
    )


def make_discriminator():
    return nn.Sequential(
        nn.Conv2d(3, 64, 4, stride=2, padding=1),
        nn.LeakyReLU(0.2, inplace=True),
        down(64, 128),
        nn.BatchNorm2d(128),
        nn.LeakyReLU(0.2, inplace=True),
        down(128, 256),
        nn.BatchNorm2d(256),
        nn.LeakyReLU(0.2, inplace=True),
        nn.Flatten(),
        nn.Linear(4096, 1),
    )


class Training:
    def __init__(self, settings):
        self.generator = settings.model(make_generator())
        self.discriminator = settings.model(make_discriminator())
        self.models = [self.generator, self.discriminator]
        self.generator_adam = settings.adam(self.generator.parameters(), 2e-4, betas=(0.5, 0.999))
        self.discriminator_adam = settings.adam(self.discriminator.parameters(), 2e-4, betas=(0.5, 0.999))
        self.batches = images(settings, BATCH, 3, 32, 32, symmetric=True)

    def step(self):
        return self.train_discriminator(self.batches.next()), self.train_generator()

    def train_discriminator(self, real):
        with torch.no_grad():
            fake = self.generator(torch.randn(BATCH, LATENTS))
        loss = F.softplus(-self.discriminator(real)).mean() + F.softplus(self.discriminator(fake)).mean()
        return descend(self.discriminator_adam, loss)

    def train_generator(self):
        # Gradients of the discriminator's weights are not needed here: PyTorch is spared the work.
        self.discriminator.requires_grad_(False)
        loss = F.softplus(-self.discriminator(self.generator(torch.randn(BATCH, LATENTS)))).mean()
        value = descend(self.generator_adam, loss)
        self.discriminator.requires_grad_(True)
        return value

    @torch.inference_mode()
    def sample(self, count):
        self.generator.eval()
        made = [self.generator(torch.randn(BATCH, LATENTS)) for _ in range(count // BATCH)]
        self.generator.train()
        return made

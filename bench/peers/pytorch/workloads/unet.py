"""DDPM on 32×32 colour pictures with Adam, batch 32: a U-Net of 32 and 64 channels with attention at 8×8."""
import math

import torch
import torch.nn.functional as F
from torch import nn

from settings import descend
from workloads.batches import images

CONVOLUTIONAL = True
BATCH = 32
LEVELS = 1000
SAMPLER_STEPS = 50
SAMPLER_BATCH = 64


class TimeEmbedding(nn.Module):
    def __init__(self, dimension, units):
        super().__init__()
        half = dimension // 2
        self.register_buffer("rates", 1000 * 10000 ** (-torch.arange(half) / (half - 1)))
        self.dense = nn.Sequential(nn.Linear(dimension, units), nn.SiLU(), nn.Linear(units, units))

    def forward(self, time):
        angles = time[:, None] * self.rates
        return self.dense(torch.cat([angles.sin(), angles.cos()], 1))


class Residual(nn.Module):
    def __init__(self, channels, filters):
        super().__init__()
        self.first = nn.Sequential(nn.GroupNorm(8, channels), nn.SiLU(), nn.Conv2d(channels, filters, 3, padding=1))
        self.embedding = nn.Sequential(nn.SiLU(), nn.Linear(128, filters))
        self.second = nn.Sequential(nn.GroupNorm(8, filters), nn.SiLU(), nn.Conv2d(filters, filters, 3, padding=1))
        self.shortcut = nn.Identity() if channels == filters else nn.Conv2d(channels, filters, 1)

    def forward(self, x, embedding):
        inner = self.first(x) + self.embedding(embedding)[:, :, None, None]
        return self.second(inner) + self.shortcut(x)


class Attention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.GroupNorm(8, channels)
        self.query_key_value = nn.Conv2d(channels, 3 * channels, 1)
        self.output = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        n, channels, height, width = x.shape
        query, key, value = self.query_key_value(self.norm(x)).flatten(2).chunk(3, dim=1)
        weights = torch.softmax(query.transpose(1, 2) @ key / math.sqrt(channels), dim=-1)
        mixed = (value @ weights.transpose(1, 2)).view(n, channels, height, width)
        return x + self.output(mixed)


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = TimeEmbedding(32, 128)
        self.open = nn.Conv2d(3, 32, 3, padding=1)
        self.down32 = Residual(32, 32)
        self.halve32 = nn.Conv2d(32, 32, 3, stride=2, padding=1)
        self.down16 = Residual(32, 64)
        self.halve16 = nn.Conv2d(64, 64, 3, stride=2, padding=1)
        self.down8 = Residual(64, 64)
        self.attention8 = Attention(64)
        self.middle8 = Residual(64, 64)
        self.double16 = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(64, 64, 3, padding=1))
        self.up16 = Residual(128, 64)
        self.double32 = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(64, 32, 3, padding=1))
        self.up32 = Residual(64, 32)
        self.close = nn.Sequential(nn.GroupNorm(8, 32), nn.SiLU(), nn.Conv2d(32, 3, 3, padding=1))

    def forward(self, x, time):
        t = self.time(time)
        down32 = self.down32(self.open(x), t)
        down16 = self.down16(self.halve32(down32), t)
        middle = self.middle8(self.attention8(self.down8(self.halve16(down16), t)), t)
        up16 = self.up16(torch.cat([self.double16(middle), down16], 1), t)
        up32 = self.up32(torch.cat([self.double32(up16), down32], 1), t)
        return self.close(up32)


class Training:
    def __init__(self, settings):
        self.settings = settings
        self.model = settings.model(Denoiser())
        self.models = [self.model]
        self.optimizer = settings.adam(self.model.parameters(), 2e-4)
        self.batches = images(settings, BATCH, 3, 32, 32, symmetric=True)
        self.kept = torch.cumprod(1 - torch.linspace(1e-4, 0.02, LEVELS), 0)
        self.signal, self.noise = self.kept.sqrt(), (1 - self.kept).sqrt()

    def step(self):
        x = self.batches.next()
        t = torch.randint(LEVELS, (BATCH,))
        epsilon = torch.randn_like(x)
        mixed = self.signal[t, None, None, None] * x + self.noise[t, None, None, None] * epsilon
        loss = F.mse_loss(self.model(mixed, t / LEVELS), epsilon)
        return descend(self.optimizer, loss)

    @torch.inference_mode()
    def sample(self, count):
        return [self.ddim() for _ in range(count // SAMPLER_BATCH)]

    def ddim(self):
        """DDIM (Song et al. 2021) without fresh noise: 50 of the 1,000 times."""
        x = self.settings.images(torch.randn(SAMPLER_BATCH, 3, 32, 32))
        times = torch.linspace(LEVELS - 1, 0, SAMPLER_STEPS).round().long().tolist()
        for t, following in zip(times, [*times[1:], None]):
            epsilon = self.model(x, torch.full((SAMPLER_BATCH,), t / LEVELS))
            clean = ((x - self.noise[t] * epsilon) / self.signal[t]).clamp_(-1, 1)
            if following is None:
                return clean
            epsilon = (x - self.signal[t] * clean) / self.noise[t]
            x = self.signal[following] * clean + self.noise[following] * epsilon

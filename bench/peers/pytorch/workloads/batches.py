"""Batches in memory, made once and handed out in turn: what is measured is training, not reading files."""
import itertools

import torch

POOL = 8


class Batches:
    def __init__(self, make):
        self._pool = itertools.cycle([make() for _ in range(POOL)])

    def next(self):
        return next(self._pool)


def labelled_images(settings, batch, *shape, classes=10):
    return Batches(lambda: (settings.images(torch.rand(batch, *shape)), torch.randint(classes, (batch,))))


def images(settings, batch, *shape, symmetric=False):
    made = (lambda x: 2 * x - 1) if symmetric else (lambda x: x)
    return Batches(lambda: settings.images(made(torch.rand(batch, *shape))))


def characters(vocabulary, batch, length):
    """Texts and the same texts a character further on: [batch, length] each."""

    def make():
        text = torch.randint(vocabulary, (batch, length + 1))
        return text[:, :-1].contiguous(), text[:, 1:].contiguous()

    return Batches(make)

"""A GPT over 96 characters with Adam, batch 32: 4 layers, 4 heads, 128 wide, 128 characters long."""
import math

import torch
import torch.nn.functional as F
from torch import nn

from settings import descend
from workloads.batches import characters

CONVOLUTIONAL = False
VOCABULARY = 96
WIDTH, HEADS, LAYERS, CONTEXT, BATCH = 128, 4, 4, 128, 32


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.output = nn.Linear(WIDTH, WIDTH)
        hidden = torch.ones(CONTEXT, CONTEXT, dtype=torch.bool).triu(1)
        self.register_buffer("hidden", hidden, persistent=False)

    def forward(self, x, cache=None):
        """`cache` holds keys and values of the characters before x and is given those of x."""
        batch, length, _ = x.shape
        parts = self.query_key_value(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        query, key, value = parts
        if cache is not None:
            key, value = cache.append(key, value)
        scores = query @ key.transpose(-2, -1) / math.sqrt(WIDTH // HEADS)
        if length > 1:
            scores = scores.masked_fill(self.hidden[:length, :length], float("-inf"))
        mixed = torch.softmax(scores, dim=-1) @ value
        return self.output(mixed.transpose(1, 2).reshape(batch, length, WIDTH))


class Cache:
    """Keys and values of one layer, in buffers as long as the context."""

    def __init__(self, batch):
        self.key = torch.empty(batch, HEADS, CONTEXT, WIDTH // HEADS)
        self.value = torch.empty_like(self.key)
        self.length = 0

    def append(self, key, value):
        start, self.length = self.length, self.length + key.shape[2]
        self.key[:, :, start : self.length] = key
        self.value[:, :, start : self.length] = value
        return self.key[:, :, : self.length], self.value[:, :, : self.length]


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention = Attention()
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x, cache=None):
        x = x + self.attention(self.norm1(x), cache)
        return x + self.mlp(self.norm2(x))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        self.logits = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, tokens, start=0, caches=(None,) * LAYERS):
        x = self.tokens(tokens) + self.positions.weight[start : start + tokens.shape[1]]
        for block, cache in zip(self.blocks, caches):
            x = block(x, cache)
        return self.logits(self.norm(x))


class Training:
    def __init__(self, settings):
        self.model = Gpt()
        self.models = [self.model]
        self.optimizer = settings.adam(self.model.parameters(), 1e-3)
        self.batches = characters(VOCABULARY, BATCH, CONTEXT)

    def step(self):
        x, y = self.batches.next()
        loss = F.cross_entropy(self.model(x).flatten(0, 1), y.flatten())
        return descend(self.optimizer, loss)

    @torch.inference_mode()
    def sample(self, count):
        """`count` texts side by side, as long as the context, each character drawn and fed back."""
        caches = [Cache(count) for _ in range(LAYERS)]
        token = torch.zeros(count, 1, dtype=torch.long)
        text = [token]
        for position in range(CONTEXT - 1):
            logits = self.model(token, position, caches)[:, -1]
            token = torch.multinomial(torch.softmax(logits, dim=-1), 1)
            text.append(token)
        return torch.cat(text, 1)

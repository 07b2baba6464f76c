"""A character LSTM of 256 units over 64 characters with Adam, batch 32: embedding of 128, dense 96."""
import torch.nn.functional as F
from torch import nn

from settings import descend
from workloads.batches import characters

CONVOLUTIONAL = False
VOCABULARY = 96


class CharacterLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(VOCABULARY, 128)
        self.lstm = nn.LSTM(128, 256, batch_first=True)
        self.logits = nn.Linear(256, VOCABULARY)

    def forward(self, tokens):
        hidden, _ = self.lstm(self.tokens(tokens))
        return self.logits(hidden)


class Training:
    def __init__(self, settings):
        self.model = CharacterLstm()
        self.models = [self.model]
        self.optimizer = settings.adam(self.model.parameters(), 1e-3)
        self.batches = characters(VOCABULARY, 32, 64)

    def step(self):
        x, y = self.batches.next()
        loss = F.cross_entropy(self.model(x).flatten(0, 1), y.flatten())
        return descend(self.optimizer, loss)

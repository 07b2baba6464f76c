"""How a PyTorch peer runs: what its user may choose without changing the model."""
import dataclasses
import itertools

import torch
from torch import nn


@dataclasses.dataclass(frozen=True)
class Settings:
    onednn: bool = True
    channels_last: bool = False
    foreach: bool = False

    def __str__(self):
        chosen = ["oneDNN on" if self.onednn else "oneDNN off"]
        chosen += ["channels last"] if self.channels_last else []
        chosen += ["foreach Adam"] if self.foreach else []
        return ", ".join(chosen)

    def apply(self):
        torch.backends.mkldnn.set_flags(self.onednn)

    def model(self, model):
        """The model in the chosen memory format."""
        return model.to(memory_format=torch.channels_last) if self.channels_last else model

    def images(self, images):
        """A batch of images [n, channels, height, width] in the chosen memory format."""
        return images.contiguous(memory_format=torch.channels_last) if self.channels_last else images

    def adam(self, parameters, rate, **options):
        return torch.optim.Adam(parameters, lr=rate, foreach=self.foreach, **options)


def candidates(convolutional, device="cpu"):
    """The settings worth trying: memory formats concern convolutions only, and oneDNN the processor."""
    onednn = (False, True) if device == "cpu" else (True,)
    formats = (False, True) if convolutional else (False,)
    return [Settings(*chosen) for chosen in itertools.product(onednn, formats, (False, True))]


def parameter_count(*models: nn.Module):
    return sum(value.numel() for model in models for value in model.parameters())


def descend(optimizer, loss):
    """One step of the optimizer down the loss. Gives its value, which waits for the work to be done."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss.item()

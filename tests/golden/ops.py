"""Writes ops.json: operators' outputs, first gradients and gradients of gradients as PyTorch computes them, in double precision.

Run with a Python that has torch: python3 tests/golden/ops.py
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)


def rounded(tensor):
    return [float(f"{value:.14g}") for value in tensor.detach().reshape(-1).tolist()]


def stored(tensor):
    return {"shape": list(tensor.shape), "data": rounded(tensor)}


def draw(*shape):
    """Two decimals: short in the file, and exact there."""
    return (torch.randn(*shape) * 100).round() / 100


cases = {}


def case(name, function, *inputs):
    """y, d(w·y)/dx and, of half the squared norm of that gradient, d/dx again."""
    inputs = [one.clone().requires_grad_() for one in inputs]
    output = function(*inputs)
    weights = draw(*output.shape)
    first = torch.autograd.grad((output * weights).sum(), inputs, create_graph=True)
    entry = {
        "inputs": [stored(one) for one in inputs],
        "weights": stored(weights),
        "output": stored(output),
        "first": [stored(one) for one in first],
    }
    norm = sum((one * one).sum() for one in first) / 2
    again = torch.autograd.grad(norm, inputs, allow_unused=True) if norm.requires_grad else [None] * len(inputs)
    entry["second"] = [stored(torch.zeros_like(one) if grad is None else grad) for one, grad in zip(inputs, again)]
    cases[name] = entry


def penalised_critic(x, k1, b1, k2, w):
    """Two strided convolutions and a linear layer."""
    h = F.leaky_relu(F.conv2d(x, k1, b1, stride=2, padding=1), 0.2)
    h = F.leaky_relu(F.conv2d(h, k2, None, stride=2, padding=1), 0.2)
    return h.flatten(1) @ w


def wasserstein_penalty():
    """WGAN-GP (Gulrajani et al. 2017): mean (‖d critic / d x‖ − 1)², differentiated by the critic's weights."""
    x = draw(3, 2, 8, 8).requires_grad_()
    weights = [one.requires_grad_() for one in (draw(4, 2, 4, 4) / 5, draw(4), draw(3, 4, 4, 4) / 5, draw(12, 1) / 5)]
    score = penalised_critic(x, *weights)
    (gradient,) = torch.autograd.grad(score.sum(), x, create_graph=True)
    penalty = ((gradient.flatten(1).norm(dim=1) - 1) ** 2).mean()
    grads = torch.autograd.grad(penalty, weights, allow_unused=True)
    cases["wgan-gp"] = {
        "inputs": [stored(one) for one in (x, *weights)],
        "penalty": stored(penalty),
        "gradients": [stored(torch.zeros_like(one) if grad is None else grad) for one, grad in zip(weights, grads)],
    }


case("conv2d", lambda x, w, c: F.conv2d(x, w, c, padding=1), draw(2, 3, 5, 5), draw(4, 3, 3, 3), draw(4))
case("conv2d strided", lambda x, w: F.conv2d(x, w, stride=2, padding=1), draw(2, 2, 6, 7), draw(3, 2, 3, 3))
case("conv2d dilated", lambda x, w: F.conv2d(x, w, dilation=2, padding=(2, 1)), draw(1, 2, 6, 6), draw(2, 2, 3, 2))
case("conv2d grouped", lambda x, w: F.conv2d(x, w, groups=2, stride=2), draw(2, 4, 5, 5), draw(6, 2, 2, 2))
case("conv2d depthwise", lambda x, w: F.conv2d(x, w, groups=3, padding=1), draw(2, 3, 4, 4), draw(3, 1, 3, 3))
case("conv1d", lambda x, w, c: F.conv1d(x, w, c, stride=2, padding=2, dilation=2), draw(2, 3, 9), draw(4, 3, 3), draw(4))
case("convTranspose2d", lambda x, w, c: F.conv_transpose2d(x, w, c, stride=2, padding=1, output_padding=1), draw(2, 3, 3, 4), draw(3, 2, 3, 3), draw(2))
case("convTranspose2d grouped", lambda x, w: F.conv_transpose2d(x, w, groups=2, stride=2, padding=1), draw(1, 4, 3, 3), draw(4, 2, 4, 4))
case("maxPool2d", lambda x: F.max_pool2d(x, 2) ** 2, torch.randperm(64).reshape(2, 2, 4, 4) / 32 - 1)
case("maxPool2d overlapping", lambda x: F.max_pool2d(x, 3, 2, 1) ** 2, torch.randperm(98).reshape(2, 1, 7, 7) / 49 - 1)
case("avgPool2d overlapping", lambda x: F.avg_pool2d(x, 3, 2, 1) ** 2, draw(2, 2, 5, 6))
case("avgPool2d ceil", lambda x: F.avg_pool2d(x, 2, 2, 0, ceil_mode=True, count_include_pad=False) ** 2, draw(1, 2, 5, 5))
case("batchNorm", lambda x, g, c: F.batch_norm(x, None, None, g, c, training=True, eps=1e-3), draw(4, 2, 3, 3), draw(2), draw(2))
case("layerNorm", lambda x, g, c: F.layer_norm(x, (6,), g, c, eps=1e-3), draw(3, 2, 6), draw(6), draw(6))
case("instanceNorm", lambda x, g, c: F.instance_norm(x, weight=g, bias=c, eps=1e-3), draw(2, 2, 3, 4), draw(2), draw(2))
case("gelu", F.gelu, draw(3, 5))
case("gelu tanh", lambda x: F.gelu(x, approximate="tanh"), draw(3, 5))
case("mish", F.mish, draw(3, 5))
# Written out: the second derivative of PyTorch 1.13's own SELU fails its gradgradcheck.
selu_alpha, selu_gamma = 1.6732632423543772, 1.0507009873554805
case("selu", lambda x: selu_gamma * torch.where(x > 0, x, selu_alpha * torch.expm1(x)), draw(3, 5))
case("softplus", F.softplus, draw(3, 5))
case("softmax", lambda x: F.softmax(x, 1), draw(2, 4, 3))
case("logSoftmax", lambda x: F.log_softmax(x, -1), draw(3, 5))
case("bmm", torch.bmm, draw(2, 3, 4), draw(2, 4, 2))
case("linear on sequences", lambda x, w, c: F.linear(x, w, c), draw(2, 3, 4), draw(5, 4), draw(5))
case("attention", lambda q, k, v: F.softmax(q @ k.transpose(-1, -2) / 2, -1) @ v, draw(2, 2, 3, 4), draw(2, 2, 3, 4), draw(2, 2, 3, 4))
case("embedding", lambda t: F.embedding(torch.tensor([[1, 3, 1], [0, 1, 4]]), t) ** 2, draw(5, 3))
case("interpolate nearest", lambda x: F.interpolate(x, scale_factor=2, mode="nearest") ** 2, draw(1, 2, 3, 4))
case("interpolate bilinear", lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False) ** 2, draw(1, 2, 3, 4))
case("interpolate bilinear aligned", lambda x: F.interpolate(x, size=(5, 7), mode="bilinear", align_corners=True) ** 2, draw(1, 1, 3, 4))
case("pow", torch.pow, draw(2, 3).abs() + 0.3, draw(2, 3))
case("logSumExp", lambda x: torch.logsumexp(x, (0, 2)), draw(2, 3, 2))
case("norm", lambda x: torch.linalg.vector_norm(x, dim=1), draw(3, 4))
case("prod", lambda x: torch.prod(x, 1), draw(3, 4))
case("cumsum", lambda x: torch.cumsum(x, 1) ** 2, draw(2, 4))
case("maximum with ties", torch.maximum, torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 3.0, 2.0]))
case("amax with ties", lambda x: torch.amax(x, 1), torch.tensor([[1.0, 2.0, 2.0], [0.0, -1.0, 0.0]]))
case("reflection pad", lambda x: F.pad(x, (1, 2, 2, 1), mode="reflect") ** 2, draw(1, 2, 3, 4))
case("prelu", F.prelu, draw(2, 3, 2), draw(3))
wasserstein_penalty()

Path(__file__).with_suffix(".json").write_text(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")) + "\n")

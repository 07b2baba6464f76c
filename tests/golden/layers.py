"""Writes layers.json: what PyTorch gives for each layer, forwards and backwards, in double precision.

Run: python3 tests/golden/layers.py. Inputs, parameters, noise and loss weights come from `fill`, which the test repeats.
The layers are written here in torch.nn.functional, from the papers and PyTorch's documentation, not from our code.
"""
import json
import math
import os

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
cases = []


def fill(shape, seed):
    """((7i² + 37i + 101·seed) mod 1009) / 1009 − 1/2 in row-major order."""
    size = math.prod(shape)
    values = [((7 * i * i + 37 * i + 101 * seed) % 1009) / 1009 - 0.5 for i in range(size)]
    return torch.tensor(values).reshape(shape)


def rounded(t):
    return [float(f"{v:.10g}") for v in t.detach().reshape(-1).tolist()]


def case(kind, fields, inputs, parameters, forward, training=True, buffers=None, steps=1, label="", spread=1):
    """inputs: shapes (filled, times `spread`), or ("int64", shape, values). forward(xs, p, b, noise) gives the output; p and b are dicts by name."""
    xs = [torch.tensor(x[2]).reshape(x[1]) if isinstance(x, tuple) else (fill(x, i + 1) * spread).requires_grad_() for i, x in enumerate(inputs)]
    p = {name: fill(shape, 20 + i).requires_grad_() for i, (name, shape) in enumerate(parameters.items())}
    b = {name: fill(shape, 60 + i) + (1 if "ariance" in name else 0) for i, (name, shape) in enumerate((buffers or {}).items())}
    draws = []

    def noise(distribution, shape):
        draws.append({"distribution": distribution, "shape": list(shape)})
        return fill(shape, 80 + len(draws) - 1) + (0.5 if distribution == "uniform" else 0)

    for _ in range(steps):
        draws.clear()
        out = forward(xs, p, b, noise)
    weights = fill(list(out.shape), 99)
    wanted = list(p.values()) + [x for x in xs if x.requires_grad]
    grads = torch.autograd.grad((out * weights).sum(), wanted, allow_unused=True) if out.requires_grad else [None] * len(wanted)
    grads = [torch.zeros_like(w) if g is None else g for g, w in zip(grads, wanted)]
    names = list(p) + [f"input{i}" for i, x in enumerate(xs) if x.requires_grad]
    cases.append({
        "type": kind,
        "label": label,
        "fields": fields,
        "training": training,
        "steps": steps,
        "spread": spread,
        "inputs": [{"dtype": "int64", "shape": list(x[1]), "data": x[2]} if isinstance(x, tuple) else {"dtype": "float32", "shape": list(x)} for x in inputs],
        "parameters": {name: list(shape) for name, shape in parameters.items()},
        "buffers": {name: list(shape) for name, shape in (buffers or {}).items()},
        "noise": list(draws),
        "output": {"shape": list(out.shape), "data": rounded(out)},
        "gradients": {name: rounded(g) for name, g in zip(names, grads)},
        "buffersAfter": {name: rounded(value) for name, value in b.items()} if training else {},
    })


def both(*args, **kwargs):
    for training in (True, False):
        case(*args, training=training, **kwargs)


# --- dense ---
both("dense", {"units": 3, "activation": "tanh"}, [[4, 5]], {"kernel": [5, 3], "bias": [3]},
     lambda x, p, b, n: torch.tanh(F.linear(x[0], p["kernel"].T, p["bias"])))
case("dense", {"units": 3, "useBias": False}, [[2, 4, 5]], {"kernel": [5, 3]}, lambda x, p, b, n: F.linear(x[0], p["kernel"].T), label="sequence")

# --- convolutions ---


def same(size, kernel, stride, dilation=1):
    total = max((math.ceil(size / stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def same2d(x, kernel, stride, value=0.0):
    top, bottom = same(x.shape[2], kernel[0], stride[0])
    left, right = same(x.shape[3], kernel[1], stride[1])
    return F.pad(x, (left, right, top, bottom), value=value)


both("conv2d", {"filters": 4, "kernelSize": 4, "strides": 2, "activation": "relu"}, [[2, 3, 7, 6]], {"kernel": [4, 3, 4, 4], "bias": [4]},
     lambda x, p, b, n: F.relu(F.conv2d(same2d(x[0], (4, 4), (2, 2)), p["kernel"], p["bias"], stride=2)))
case("conv2d", {"filters": 4, "kernelSize": [3, 2], "strides": [1, 2], "groups": 2, "padding": "valid"}, [[2, 4, 5, 7]],
     {"kernel": [4, 2, 3, 2], "bias": [4]}, lambda x, p, b, n: F.conv2d(x[0], p["kernel"], p["bias"], stride=(1, 2), groups=2), label="groups")
case("conv2d", {"filters": 2, "kernelSize": 3, "dilation": 2, "padding": 1, "useBias": False}, [[1, 2, 6, 7]], {"kernel": [2, 2, 3, 3]},
     lambda x, p, b, n: F.conv2d(x[0], p["kernel"], padding=1, dilation=2), label="dilated")
case("conv1d", {"filters": 4, "kernelSize": 3, "dilation": 2}, [[2, 3, 8]], {"kernel": [4, 3, 3], "bias": [4]},
     lambda x, p, b, n: F.conv1d(x[0], p["kernel"], p["bias"], padding=2, dilation=2))
case("conv1d", {"filters": 2, "kernelSize": 4, "strides": 3}, [[2, 3, 8]], {"kernel": [2, 3, 4], "bias": [2]},
     lambda x, p, b, n: F.conv1d(F.pad(x[0], same(8, 4, 3)), p["kernel"], p["bias"], stride=3), label="strided")
case("depthwiseConv2d", {"kernelSize": 3, "depthMultiplier": 2, "strides": 2}, [[2, 3, 5, 6]], {"kernel": [6, 1, 3, 3], "bias": [6]},
     lambda x, p, b, n: F.conv2d(same2d(x[0], (3, 3), (2, 2)), p["kernel"], p["bias"], stride=2, groups=3))


def transposed(x, kernel, bias, stride, groups=1):
    """Padding 'same': the full transposed convolution, cut to input × stride."""
    dims = kernel.dim() - 2
    sizes = kernel.shape[2:]
    extra = max(stride - sizes[0], 0)
    run = F.conv_transpose2d if dims == 2 else F.conv_transpose1d
    full = run(x, kernel, bias, stride=stride, groups=groups, output_padding=extra)
    for axis in range(dims):
        begin = max(sizes[axis] - stride, 0) // 2
        full = full.narrow(2 + axis, begin, x.shape[2 + axis] * stride)
    return full


both("conv2dTranspose", {"filters": 2, "kernelSize": 4, "strides": 2}, [[2, 3, 4, 3]], {"kernel": [3, 2, 4, 4], "bias": [2]},
     lambda x, p, b, n: transposed(x[0], p["kernel"], p["bias"], 2))
case("conv2dTranspose", {"filters": 2, "kernelSize": 3, "strides": 2}, [[1, 3, 4, 3]], {"kernel": [3, 2, 3, 3], "bias": [2]},
     lambda x, p, b, n: transposed(x[0], p["kernel"], p["bias"], 2), label="odd kernel")
case("conv2dTranspose", {"filters": 4, "kernelSize": 2, "strides": 3, "groups": 2}, [[1, 4, 3, 3]], {"kernel": [4, 2, 2, 2], "bias": [4]},
     lambda x, p, b, n: transposed(x[0], p["kernel"], p["bias"], 3, groups=2), label="kernel under stride")
case("conv1dTranspose", {"filters": 2, "kernelSize": 5, "strides": 2, "padding": 1}, [[2, 3, 4]], {"kernel": [3, 2, 5], "bias": [2]},
     lambda x, p, b, n: F.conv_transpose1d(x[0], p["kernel"], p["bias"], stride=2, padding=1))
case("conv1dTranspose", {"filters": 2, "kernelSize": 3, "padding": "valid", "dilation": 2}, [[2, 3, 4]], {"kernel": [3, 2, 3], "bias": [2]},
     lambda x, p, b, n: F.conv_transpose1d(x[0], p["kernel"], p["bias"], dilation=2), label="dilated")

# --- pooling ---


def average_same(x, kernel, stride):
    """Padding does not count: sums over real elements divided by their number."""
    ones = torch.ones_like(x)
    total, number = (F.avg_pool2d(same2d(v, (kernel, kernel), (stride, stride)), kernel, stride) for v in (x, ones))
    return total / number


case("maxPooling2d", {}, [[2, 3, 6, 5]], {}, lambda x, p, b, n: F.max_pool2d(x[0], 2))
case("maxPooling2d", {"poolSize": 3, "strides": 2, "padding": "same"}, [[2, 3, 6, 5]], {},
     lambda x, p, b, n: F.max_pool2d(same2d(x[0], (3, 3), (2, 2), -math.inf), 3, 2), label="same")
case("averagePooling2d", {}, [[2, 3, 6, 5]], {}, lambda x, p, b, n: F.avg_pool2d(x[0], 2))
case("averagePooling2d", {"poolSize": 3, "strides": 2, "padding": "same"}, [[2, 3, 6, 5]], {}, lambda x, p, b, n: average_same(x[0], 3, 2), label="same")
case("averagePooling2d", {"poolSize": 3, "strides": 1, "padding": 1}, [[1, 2, 4, 5]], {},
     lambda x, p, b, n: F.avg_pool2d(x[0], 3, 1, padding=1, count_include_pad=False), label="padded")
case("maxPooling1d", {"poolSize": 3, "strides": 2, "padding": 1}, [[2, 3, 7]], {}, lambda x, p, b, n: F.max_pool1d(x[0], 3, 2, padding=1))
case("averagePooling1d", {"poolSize": 3}, [[2, 3, 8]], {}, lambda x, p, b, n: F.avg_pool1d(x[0], 3))
case("globalAveragePooling", {}, [[2, 3, 4, 5]], {}, lambda x, p, b, n: x[0].mean((2, 3)))
case("globalAveragePooling", {}, [[2, 3, 4]], {}, lambda x, p, b, n: x[0].mean(2), label="signal")
case("globalMaxPooling", {}, [[2, 3, 4, 5]], {}, lambda x, p, b, n: x[0].amax((2, 3)))

# --- normalisation ---
for label, shape in (("rows", [5, 3]), ("signal", [4, 3, 5]), ("image", [3, 4, 2, 3])):
    c = shape[1]
    for training, steps in ((True, 2), (False, 1)):
        case("batchNormalization", {"momentum": 0.8, "epsilon": 1e-3}, [shape], {"gamma": [c], "beta": [c]},
             lambda x, p, b, n, training=training: F.batch_norm(x[0], b["movingMean"], b["movingVariance"], p["gamma"], p["beta"], training, 0.2, 1e-3),
             training=training, buffers={"movingMean": [c], "movingVariance": [c]}, steps=steps, label=label)
case("batchNormalization", {"scale": False, "center": False}, [[4, 3]], {},
     lambda x, p, b, n: F.batch_norm(x[0], b["movingMean"], b["movingVariance"], None, None, True, 0.1, 1e-5),
     buffers={"movingMean": [3], "movingVariance": [3]}, label="plain")
both("layerNormalization", {}, [[3, 5]], {"gamma": [5], "beta": [5]}, lambda x, p, b, n: F.layer_norm(x[0], [5], p["gamma"], p["beta"]))
both("layerNormalization", {"epsilon": 1e-3}, [[2, 3, 5]], {"gamma": [5], "beta": [5]},
     lambda x, p, b, n: F.layer_norm(x[0], [5], p["gamma"], p["beta"], 1e-3), label="sequence")
both("layerNormalization", {}, [[2, 4, 3, 2]], {"gamma": [4], "beta": [4]},
     lambda x, p, b, n: F.layer_norm(x[0].permute(0, 2, 3, 1), [4], p["gamma"], p["beta"]).permute(0, 3, 1, 2), label="image")
both("groupNormalization", {"groups": 2}, [[2, 6, 3, 2]], {"gamma": [6], "beta": [6]}, lambda x, p, b, n: F.group_norm(x[0], 2, p["gamma"], p["beta"]))
both("groupNormalization", {"groups": 3}, [[4, 6]], {"gamma": [6], "beta": [6]}, lambda x, p, b, n: F.group_norm(x[0], 3, p["gamma"], p["beta"]), label="rows")
both("groupNormalization", {"groups": 1, "scale": False}, [[2, 4, 5]], {"beta": [4]}, lambda x, p, b, n: F.group_norm(x[0], 1, torch.ones(4), p["beta"]), label="signal")
both("instanceNormalization", {}, [[2, 3, 3, 4]], {"gamma": [3], "beta": [3]}, lambda x, p, b, n: F.instance_norm(x[0], weight=p["gamma"], bias=p["beta"]))

# --- spectral normalisation: torch.nn.utils.spectral_norm, one power iteration a step from the given u ---


def spectral(weight, b, dim, training):
    matrix = weight.transpose(0, dim).reshape(weight.shape[dim], -1)
    u = b["spectralVector"].reshape(-1)
    with torch.no_grad():
        v = F.normalize(matrix.T @ u, dim=0, eps=1e-12)
        u = F.normalize(matrix @ v if training else u, dim=0, eps=1e-12)
        if training:
            b["spectralVector"] = u.reshape(-1, 1)
    return weight / (u @ (matrix @ v))


def torch_spectral(weight, b, dim):
    """The same by PyTorch's own module, to hold the formula above to it."""
    module = torch.nn.Module()
    module.weight = torch.nn.Parameter(weight.detach().clone())
    torch.nn.utils.spectral_norm(module, "weight", dim=dim, eps=1e-12)
    module.weight_u.copy_(b["spectralVector"].reshape(-1))
    for hook in module._forward_pre_hooks.values():
        hook(module, None)
    b["spectralVector"] = module.weight_u.reshape(-1, 1).clone()
    return module.weight


for dim, shape in ((0, [4, 3, 2, 2]), (1, [3, 4, 2, 2])):
    one, two = ({"spectralVector": fill([4, 1], 60)} for _ in range(2))
    for _ in range(3):
        assert torch.allclose(spectral(fill(shape, 20), one, dim, True), torch_spectral(fill(shape, 20), two, dim))
        assert torch.allclose(one["spectralVector"], two["spectralVector"])

sn = {"spectralNormalization": True, "useBias": False}
for training, steps in ((True, 3), (False, 1)):
    case("dense", {"units": 4, **sn}, [[3, 5]], {"kernel": [5, 4]},
         lambda x, p, b, n, t=training: F.linear(x[0], spectral(p["kernel"].T, b, 0, t)),
         buffers={"spectralVector": [4, 1]}, training=training, steps=steps, label="spectral")
    case("conv2d", {"filters": 4, "kernelSize": 2, "padding": "valid", **sn}, [[2, 3, 4, 3]], {"kernel": [4, 3, 2, 2]},
         lambda x, p, b, n, t=training: F.conv2d(x[0], spectral(p["kernel"], b, 0, t)),
         buffers={"spectralVector": [4, 1]}, training=training, steps=steps, label="spectral")
    case("conv2dTranspose", {"filters": 4, "kernelSize": 2, "padding": "valid", **sn}, [[2, 3, 4, 3]], {"kernel": [3, 4, 2, 2]},
         lambda x, p, b, n, t=training: F.conv_transpose2d(x[0], spectral(p["kernel"], b, 1, t)),
         buffers={"spectralVector": [4, 1]}, training=training, steps=steps, label="spectral")

# --- activations ---
activations = {
    "linear": lambda x: x * 1,
    "relu": F.relu,
    "leakyRelu": lambda x: F.leaky_relu(x, 0.2),
    "elu": F.elu,
    "selu": F.selu,
    "celu": F.celu,
    "gelu": F.gelu,
    "geluTanh": lambda x: F.gelu(x, approximate="tanh"),
    "silu": F.silu,
    "swish": F.silu,
    "mish": F.mish,
    "softplus": F.softplus,
    "softsign": F.softsign,
    "sigmoid": torch.sigmoid,
    "hardSigmoid": F.hardsigmoid,
    "hardSwish": F.hardswish,
    "tanh": torch.tanh,
    "softmax": lambda x: F.softmax(x, 1),
    "logSoftmax": lambda x: F.log_softmax(x, 1),
}
for name, run in activations.items():
    # from −5 to 5, so that every branch is met
    case("activation", {"activation": name}, [[2, 3, 2, 3]], {}, lambda x, p, b, n, run=run: run(x[0]), label=name, spread=10)
case("activation", {"activation": {"type": "leakyRelu", "alpha": 0.05}}, [[3, 4]], {}, lambda x, p, b, n: F.leaky_relu(x[0], 0.05), label="alpha")
case("activation", {"activation": {"type": "elu", "alpha": 0.5}}, [[3, 4]], {}, lambda x, p, b, n: F.elu(x[0], 0.5), label="elu alpha")
case("activation", {"activation": "softmax"}, [[2, 3, 4]], {}, lambda x, p, b, n: F.softmax(x[0], -1), label="softmax of a sequence")
case("prelu", {}, [[2, 3, 2, 2]], {"slope": [3]}, lambda x, p, b, n: F.prelu(x[0], p["slope"]))
case("prelu", {}, [[4, 3]], {"slope": [3]}, lambda x, p, b, n: F.prelu(x[0], p["slope"]), label="rows")

# --- shape ---
case("flatten", {}, [[2, 3, 2, 2]], {}, lambda x, p, b, n: x[0].flatten(1))
case("reshape", {"shape": [2, -1, 3]}, [[2, 3, 2, 2]], {}, lambda x, p, b, n: x[0].reshape(2, 2, 2, 3))
case("permute", {"dims": [3, 1, 2]}, [[2, 3, 4, 2]], {}, lambda x, p, b, n: x[0].permute(0, 3, 1, 2))
case("zeroPadding2d", {"padding": [[1, 2], [0, 3]]}, [[2, 2, 3, 2]], {}, lambda x, p, b, n: F.pad(x[0], (0, 3, 1, 2)))
case("cropping2d", {"cropping": [[1, 2], [0, 1]]}, [[2, 2, 5, 4]], {}, lambda x, p, b, n: x[0][:, :, 1:3, 0:3])
case("upsampling2d", {"size": [2, 3]}, [[2, 2, 3, 2]], {}, lambda x, p, b, n: F.interpolate(x[0], scale_factor=(2, 3)))
case("upsampling2d", {"size": [2, 3], "interpolation": "bilinear"}, [[2, 2, 3, 4]], {},
     lambda x, p, b, n: F.interpolate(x[0], scale_factor=(2, 3), mode="bilinear", align_corners=False), label="bilinear")
case("upsampling1d", {"size": 3}, [[2, 2, 3]], {}, lambda x, p, b, n: F.interpolate(x[0], scale_factor=3))

# --- merging ---
image = [2, 3, 2, 2]
case("add", {}, [image, image, [2, 3]], {}, lambda x, p, b, n: x[0] + x[1] + x[2][:, :, None, None])
case("multiply", {}, [[2, 3], image], {}, lambda x, p, b, n: x[0][:, :, None, None] * x[1])
case("subtract", {}, [image, image], {}, lambda x, p, b, n: x[0] - x[1])
case("average", {}, [image, image, image], {}, lambda x, p, b, n: (x[0] + x[1] + x[2]) / 3)
case("maximum", {}, [image, image], {}, lambda x, p, b, n: torch.maximum(x[0], x[1]))
case("concatenate", {}, [image, [2, 1, 2, 2]], {}, lambda x, p, b, n: torch.cat(x, 1))
case("concatenate", {"axis": -1}, [[2, 3], [2, 4]], {}, lambda x, p, b, n: torch.cat(x, -1), label="rows")

# --- embeddings ---
case("embedding", {"inputDim": 5, "outputDim": 3}, [("int64", [2, 3], [0, 4, 2, 2, 1, 0])], {"embeddings": [5, 3]}, lambda x, p, b, n: F.embedding(x[0], p["embeddings"]))
case("classEmbedding", {"classes": 4, "outputDim": 3}, [("int64", [3], [0, 4, 2])], {"embeddings": [5, 3]}, lambda x, p, b, n: F.embedding(x[0], p["embeddings"]))


def ddpm_time(t, dim, scale, period):
    """get_timestep_embedding of Ho et al.'s code."""
    half = dim // 2
    emb = torch.exp(torch.arange(half) * -(math.log(period) / (half - 1)))
    emb = (t.reshape(-1) * scale)[:, None] * emb[None, :]
    return torch.cat([torch.sin(emb), torch.cos(emb)], dim=1)


case("timeEmbedding", {"dimension": 8}, [[3]], {}, lambda x, p, b, n: ddpm_time(x[0], 8, 1000, 10000))
case("timeEmbedding", {"dimension": 6, "scale": 10, "maxPeriod": 100, "units": 4}, [[3, 1]],
     {"dense1/kernel": [6, 4], "dense1/bias": [4], "dense2/kernel": [4, 4], "dense2/bias": [4]},
     lambda x, p, b, n: F.linear(F.silu(F.linear(ddpm_time(x[0], 6, 10, 100), p["dense1/kernel"].T, p["dense1/bias"])), p["dense2/kernel"].T, p["dense2/bias"]),
     label="with units")

# --- regularisation: the noise is `fill`, too ---
case("dropout", {"rate": 0.3}, [[4, 5]], {}, lambda x, p, b, n: x[0] * (n("uniform", [4, 5]) >= 0.3) / 0.7)
case("dropout", {"rate": 0.3}, [[4, 5]], {}, lambda x, p, b, n: x[0] * 1, training=False)
case("spatialDropout", {"rate": 0.5}, [[3, 4, 2, 2]], {}, lambda x, p, b, n: x[0] * (n("uniform", [3, 4, 1, 1]) >= 0.5) / 0.5)
case("spatialDropout", {"rate": 0.5}, [[3, 4, 2, 2]], {}, lambda x, p, b, n: x[0] * 1, training=False)
case("gaussianNoise", {"deviation": 0.2}, [[4, 5]], {}, lambda x, p, b, n: x[0] + 0.2 * n("normal", [4, 5]))
case("gaussianNoise", {"deviation": 0.2}, [[4, 5]], {}, lambda x, p, b, n: x[0] * 1, training=False)

# --- composite layers ---


def residual(x, p, emb=None, groups=2, act=F.silu, resample="none"):
    size = lambda t: {"none": lambda: t, "down": lambda: F.avg_pool2d(t, 2), "up": lambda: F.interpolate(t, scale_factor=2)}[resample]()
    h = act(F.group_norm(x, groups, p["norm1/gamma"], p["norm1/beta"]))
    h = F.conv2d(size(h), p["conv1/kernel"], p["conv1/bias"], padding=1)
    if emb is not None:
        h = h + F.linear(act(emb), p["embedding/kernel"].T, p["embedding/bias"])[:, :, None, None]
    h = act(F.group_norm(h, groups, p["norm2/gamma"], p["norm2/beta"]))
    h = F.conv2d(h, p["conv2/kernel"], p["conv2/bias"], padding=1)
    s = size(x)
    if "shortcut/kernel" in p:
        s = F.conv2d(s, p["shortcut/kernel"], p["shortcut/bias"])
    return s + h


def residual_parameters(before, after, embedding=None):
    norm = lambda i, c: {f"norm{i}/gamma": [c], f"norm{i}/beta": [c]}
    return {
        **norm(1, before), "conv1/kernel": [after, before, 3, 3], "conv1/bias": [after],
        **({"embedding/kernel": [embedding, after], "embedding/bias": [after]} if embedding else {}),
        **norm(2, after), "conv2/kernel": [after, after, 3, 3], "conv2/bias": [after],
        **({"shortcut/kernel": [after, before, 1, 1], "shortcut/bias": [after]} if before != after else {}),
    }


both("residualBlock", {"filters": 4, "groups": 2}, [[2, 4, 3, 3]], residual_parameters(4, 4), lambda x, p, b, n: residual(x[0], p))
both("residualBlock", {"filters": 6, "groups": 2, "activation": "gelu", "resample": "down"}, [[2, 4, 4, 2], [2, 5]], residual_parameters(4, 6, 5),
     lambda x, p, b, n: residual(x[0], p, x[1], act=F.gelu, resample="down"), label="embedding, down")
case("residualBlock", {"filters": 2, "groups": 2, "resample": "up"}, [[1, 4, 2, 3]], residual_parameters(4, 2),
     lambda x, p, b, n: residual(x[0], p, resample="up"), label="up")


def attention(x, p, heads, size):
    n, c, h, w = x.shape
    q, k, v = F.conv2d(F.group_norm(x, 2, p["norm/gamma"], p["norm/beta"]), p["queryKeyValue/kernel"], p["queryKeyValue/bias"]).reshape(n, 3, heads, size, h * w).unbind(1)
    weights = torch.softmax(torch.einsum("nhdi,nhdj->nhij", q, k) / math.sqrt(size), -1)
    mixed = torch.einsum("nhij,nhdj->nhdi", weights, v).reshape(n, heads * size, h, w)
    return x + F.conv2d(mixed, p["output/kernel"], p["output/bias"])


for heads, size, fields in ((1, 4, {"groups": 2}), (2, 3, {"groups": 2, "heads": 2, "headSize": 3})):
    inner = heads * size
    both("selfAttention2d", fields, [[2, 4, 2, 3]],
         {"norm/gamma": [4], "norm/beta": [4], "queryKeyValue/kernel": [3 * inner, 4, 1, 1], "queryKeyValue/bias": [3 * inner],
          "output/kernel": [4, inner, 1, 1], "output/bias": [4]},
         lambda x, p, b, n, heads=heads, size=size: attention(x[0], p, heads, size), label=f"{heads} heads")


# --- sequences: PyTorch's own multi-head attention, its weights made of ours ---


def multihead(x, memory, p, heads, causal, bias):
    d = x.shape[2]
    mask = torch.triu(torch.ones(x.shape[1], x.shape[1], dtype=torch.bool), 1) if causal else None
    t = lambda v: v.transpose(0, 1)
    kernels = {f"{k}_proj_weight": p[f"{name}/kernel"].T for k, name in (("q", "query"), ("k", "key"), ("v", "value"))}
    in_bias = torch.cat([p[f"{name}/bias"] for name in ("query", "key", "value")]) if bias else None
    out, _ = F.multi_head_attention_forward(
        t(x), t(memory), t(memory), d, heads, None, in_bias, None, None, False, 0.0, p["output/kernel"].T,
        p["output/bias"] if bias else None, attn_mask=mask, use_separate_proj_weight=True, **kernels)
    return t(out)


def multihead_parameters(d, memory, inner, bias):
    sizes = {"query": (d, inner), "key": (memory, inner), "value": (memory, inner), "output": (inner, d)}
    return {k: v for name, (i, o) in sizes.items() for k, v in ({f"{name}/kernel": [i, o], **({f"{name}/bias": [o]} if bias else {})}).items()}


both("multiHeadAttention", {"heads": 2, "causal": True}, [[2, 5, 4]], multihead_parameters(4, 4, 4, True),
     lambda x, p, b, n: multihead(x[0], x[0], p, 2, True, True), label="causal")
case("multiHeadAttention", {"heads": 3, "useBias": False}, [[2, 5, 6], [2, 3, 4]], multihead_parameters(6, 4, 6, False),
     lambda x, p, b, n: multihead(x[0], x[1], p, 3, False, False), label="memory")
case("positionEmbedding", {}, [[2, 3, 4]], {"positions": [3, 4]}, lambda x, p, b, n: x[0] + p["positions"])

case("tokenScores", {"tokens": 5}, [[2, 3, 4]], {"kernel": [4, 5], "bias": [5]}, lambda x, p, b, n: x[0] @ p["kernel"] + p["bias"])


# --- recurrent layers: PyTorch's own, its gates in another order than ONNX's ---


def reordered(weight, gates, order):
    return torch.cat([weight.chunk(gates)[i] for i in order])


def torch_lstm(x, p):
    # ours i, o, f, g; PyTorch's i, f, g, o
    w, r, bias = (reordered(p[name], 4, (0, 2, 3, 1)) for name in ("kernel", "recurrentKernel", "bias"))
    zero = torch.zeros(1, x.shape[0], r.shape[1])
    return torch.lstm(x, (zero, zero), [w, r, bias, torch.zeros_like(bias)], True, 1, 0.0, False, False, True)[0]


def torch_gru(x, p):
    # ours z, r, n; PyTorch's r, z, n
    names = ("kernel", "recurrentKernel", "bias", "recurrentBias")
    zero = torch.zeros(1, x.shape[0], p["recurrentKernel"].shape[1])
    weights = [reordered(p[name], 3, (1, 0, 2)) for name in names]
    return torch.gru(x, zero, weights, True, 1, 0.0, False, False, True)[0]


for kind, layer, gates in (("lstm", torch_lstm, 4), ("gru", torch_gru, 3)):
    shapes = {"kernel": [3 * gates, 4], "recurrentKernel": [3 * gates, 3], "bias": [3 * gates],
              **({"recurrentBias": [3 * gates]} if kind == "gru" else {})}
    both(kind, {"units": 3}, [[2, 5, 4]], shapes, lambda x, p, b, n, layer=layer: layer(x[0], p), label="sequences")
    case(kind, {"units": 3, "returnSequences": False}, [[3, 2, 4]], shapes,
         lambda x, p, b, n, layer=layer: layer(x[0], p)[:, -1], label="last")
    case(kind, {"units": 3}, [[2, 1, 4]], shapes, lambda x, p, b, n, layer=layer: layer(x[0], p), label="one step")

path = os.path.join(os.path.dirname(__file__), "layers.json")
with open(path, "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(entry) for entry in cases) + "\n]\n")
print(len(cases), "cases,", os.path.getsize(path), "bytes")

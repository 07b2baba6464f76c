"""Trains the seven benchmark networks of bench/workloads with PyTorch for 20 steps under seven optimizers, in float32 and
(the smaller three) in float64, and writes the losses of every step to workloads/<name>.json.

Run: python3 tests/golden/workloads.py [name …]. Architectures follow the documents layer by layer; Keras's 'same' padding
puts the odd element at the end. Weights, batches, noise and times come from Lathe's own random streams by the names of
the tensors they fill, so that tests/core/workloads.test.ts draws the same without storing them. Batches are the documents'
own, of the U-Net and the GPT a quarter of them.
"""
import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

import streams
from optimizers import make_optimizer

STEPS = 20
SEED = 2026


class Parameters:
    """Hands out named tensors, each drawn when it is first asked for."""

    def __init__(self, dtype):
        self.dtype, self.made = dtype, {}

    def __call__(self, name, *shape):
        if name not in self.made:
            self.made[name] = torch.tensor(start(name, shape)).to(self.dtype).requires_grad_()
        return self.made[name]

    def named(self, *networks):
        return {name: value for name, value in self.made.items() if name.split("/")[0] in networks}


def start(name, shape):
    """Kernels uniform within ±√(6 / (fan in + fan out)), gains around 1, biases around 0; float32."""
    u = 2 * streams.uniform(SEED, name, 0, shape) - 1
    kind = name.split("/")[-1]
    if kind == "kernel":
        u = u * math.sqrt(6 / ((shape[0] + shape[1]) * math.prod(shape[2:])))
    elif kind == "gamma":
        u = 1 + 0.1 * u
    else:
        u = 0.1 * u
    return u.astype("float32")


# --- layers, by the documents' names ---


def dense(p, name, x, units):
    return x @ p(f"{name}/kernel", x.shape[-1], units) + p(f"{name}/bias", units)


def same_padded(x, kernel, stride):
    ends = []
    for size in (x.shape[3], x.shape[2]):
        total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
        ends += [total // 2, total - total // 2]
    return F.pad(x, ends)


def conv(p, name, x, filters, kernel, stride=1, bias=True):
    weight = p(f"{name}/kernel", filters, x.shape[1], kernel, kernel)
    return F.conv2d(same_padded(x, kernel, stride), weight, p(f"{name}/bias", filters) if bias else None, stride)


def conv_transpose(p, name, x, filters, kernel, stride, bias=True):
    weight = p(f"{name}/kernel", x.shape[1], filters, kernel, kernel)
    offset = p(f"{name}/bias", filters) if bias else None
    return F.conv_transpose2d(x, weight, offset, stride, padding=(kernel - stride) // 2)


def batch_norm(p, name, x):
    gain, offset = p(f"{name}/gamma", x.shape[1]), p(f"{name}/beta", x.shape[1])
    return F.batch_norm(x, None, None, gain, offset, training=True, eps=1e-5)


def group_norm(p, name, x, groups=8):
    return F.group_norm(x, groups, p(f"{name}/gamma", x.shape[1]), p(f"{name}/beta", x.shape[1]), eps=1e-5)


def layer_norm(p, name, x):
    size = x.shape[-1]
    return F.layer_norm(x, (size,), p(f"{name}/gamma", size), p(f"{name}/beta", size), eps=1e-5)


def causal_attention(p, name, x, heads):
    n, steps, features = x.shape
    query, key, value = (
        dense(p, f"{name}/{part}", x, features).reshape(n, steps, heads, -1).transpose(1, 2)
        for part in ("query", "key", "value")
    )
    later = torch.ones(steps, steps, dtype=torch.bool).triu(1)
    scores = query @ key.transpose(2, 3) / math.sqrt(features / heads)
    mixed = torch.softmax(scores.masked_fill(later, -math.inf), dim=-1) @ value
    return dense(p, f"{name}/output", mixed.transpose(1, 2).reshape(n, steps, features), features)


def lstm(p, name, x, units):
    """Gates stand in the rows of the kernels in ONNX's order: input, output, forget, candidate."""
    sums = x @ p(f"{name}/kernel", 4 * units, x.shape[-1]).T
    recurrent = p(f"{name}/recurrentKernel", 4 * units, units).T
    bias = p(f"{name}/bias", 4 * units)
    h = c = torch.zeros(x.shape[0], units, dtype=x.dtype)
    states = []
    for step in range(x.shape[1]):
        i, o, f, g = (sums[:, step] + h @ recurrent + bias).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        states.append(h)
    return torch.stack(states, dim=1)


def residual(p, name, x, embedding, filters):
    inner = conv(p, f"{name}/conv1", F.silu(group_norm(p, f"{name}/norm1", x)), filters, 3)
    inner = inner + dense(p, f"{name}/embedding", F.silu(embedding), filters)[:, :, None, None]
    change = conv(p, f"{name}/conv2", F.silu(group_norm(p, f"{name}/norm2", inner)), filters, 3)
    return change + (x if x.shape[1] == filters else conv(p, f"{name}/shortcut", x, filters, 1))


def attention(p, name, x):
    n, channels, height, width = x.shape
    joined = conv(p, f"{name}/queryKeyValue", group_norm(p, f"{name}/norm", x), 3 * channels, 1)
    query, key, value = joined.reshape(n, 3, channels, height * width).unbind(1)
    weights = torch.softmax(query.transpose(1, 2) @ key / math.sqrt(channels), dim=-1)
    mixed = (value @ weights.transpose(1, 2)).reshape(n, channels, height, width)
    return x + conv(p, f"{name}/output", mixed, channels, 1)


def time_embedding(p, name, time, dimension, units):
    half = dimension // 2
    rates = [1000 * 10000 ** (-i / (half - 1)) for i in range(half)]
    angles = time[:, None] * torch.tensor(rates, dtype=torch.float32).to(time.dtype)
    waves = torch.cat([torch.sin(angles), torch.cos(angles)], 1)
    return dense(p, f"{name}/dense2", F.silu(dense(p, f"{name}/dense1", waves, units)), units)


# --- networks ---


def mlp(p, x):
    x = F.relu(dense(p, "classifier/hidden1", x.flatten(1), 512))
    return dense(p, "classifier/logits", F.relu(dense(p, "classifier/hidden2", x, 256)), 10)


def cnn(p, x):
    x = F.max_pool2d(F.relu(conv(p, "classifier/conv1", x, 32, 3)), 2)
    x = F.max_pool2d(F.relu(conv(p, "classifier/conv2", x, 64, 3)), 2)
    return dense(p, "classifier/logits", F.relu(dense(p, "classifier/hidden", x.flatten(1), 128)), 10)


def encoder(p, x):
    x = F.relu(conv(p, "encoder/conv1", x, 32, 4, 2))
    x = F.relu(conv(p, "encoder/conv2", x, 64, 4, 2)).flatten(1)
    return dense(p, "encoder/mean", x, 16), dense(p, "encoder/logVariance", x, 16)


def decoder(p, z):
    x = F.relu(dense(p, "decoder/hidden", z, 3136)).reshape(-1, 64, 7, 7)
    x = F.relu(conv_transpose(p, "decoder/conv1", x, 32, 4, 2))
    return conv_transpose(p, "decoder/conv2", x, 1, 4, 2)


def generator(p, z):
    x = (z @ p("generator/start/kernel", z.shape[1], 4096)).reshape(-1, 256, 4, 4)
    x = F.relu(batch_norm(p, "generator/norm0", x))
    x = F.relu(batch_norm(p, "generator/norm1", conv_transpose(p, "generator/conv1", x, 128, 4, 2, bias=False)))
    x = F.relu(batch_norm(p, "generator/norm2", conv_transpose(p, "generator/conv2", x, 64, 4, 2, bias=False)))
    return torch.tanh(conv_transpose(p, "generator/conv3", x, 3, 4, 2))


def discriminator(p, x):
    x = F.leaky_relu(conv(p, "discriminator/conv1", x, 64, 4, 2), 0.2)
    x = F.leaky_relu(batch_norm(p, "discriminator/norm2", conv(p, "discriminator/conv2", x, 128, 4, 2, bias=False)), 0.2)
    x = F.leaky_relu(batch_norm(p, "discriminator/norm3", conv(p, "discriminator/conv3", x, 256, 4, 2, bias=False)), 0.2)
    return dense(p, "discriminator/score", x.flatten(1), 1)


def denoiser(p, x, time):
    def name(layer):
        return f"denoiser/{layer}"

    t = time_embedding(p, name("time"), time, 32, 128)
    down32 = residual(p, name("down32"), conv(p, name("open"), x, 32, 3), t, 32)
    down16 = residual(p, name("down16"), conv(p, name("halve32"), down32, 32, 3, 2), t, 64)
    down8 = residual(p, name("down8"), conv(p, name("halve16"), down16, 64, 3, 2), t, 64)
    middle = residual(p, name("middle8"), attention(p, name("attention8"), down8), t, 64)
    double16 = conv(p, name("double16"), F.interpolate(middle, scale_factor=2.0), 64, 3)
    up16 = residual(p, name("up16"), torch.cat([double16, down16], 1), t, 64)
    double32 = conv(p, name("double32"), F.interpolate(up16, scale_factor=2.0), 32, 3)
    up32 = residual(p, name("up32"), torch.cat([double32, down32], 1), t, 32)
    return conv(p, name("noise"), F.silu(group_norm(p, name("normal"), up32)), 3, 3)


def gpt(p, tokens):
    name = "languageModel"
    x = p(f"{name}/tokens/embeddings", 96, 128)[tokens]
    x = x + p(f"{name}/places/positions", 128, 128)
    for block in (f"{name}/block{i}" for i in range(1, 5)):
        x = x + causal_attention(p, f"{block}/attention", layer_norm(p, f"{block}/norm1", x), 4)
        wide = F.gelu(dense(p, f"{block}/wide", layer_norm(p, f"{block}/norm2", x), 512))
        x = x + dense(p, f"{block}/narrow", wide, 128)
    return dense(p, f"{name}/logits", layer_norm(p, f"{name}/norm", x), 96)


def recurrent(p, tokens):
    x = p("languageModel/tokens/embeddings", 96, 128)[tokens]
    return dense(p, "languageModel/logits", lstm(p, "languageModel/memory", x, 256), 96)


# --- one training step each: losses by metric name; `lower(loss, networks…)` makes an optimizer step ---


class Draw:
    """What one step draws, under the names of the training program's inputs."""

    def __init__(self, step, dtype, batch, shape):
        self.step, self.dtype, self.batch, self.shape = step, dtype, batch, shape

    def classes(self):
        return torch.tensor(streams.integers(SEED, "batch.y.0", self.step, self.batch, 10))

    def x(self, symmetric=False):
        """A picture of the sample's class, in blocks of 4×4 pixels that are dark or bright, and noise: [0, 1) or [−1, 1)."""
        channels, height, width = self.shape
        blocks = streams.uniform(SEED, "pictures", 0, (10, channels, height // 4, width // 4))
        pictures = ((blocks > 0.5) * 0.75).repeat(4, axis=2).repeat(4, axis=3)[self.classes().numpy()]
        x = pictures + 0.25 * streams.uniform(SEED, "batch.x.0", self.step, (self.batch, *self.shape))
        return torch.tensor((2 * x - 1 if symmetric else x).astype("float32")).to(self.dtype)

    def tokens(self):
        """Texts of 96 tokens: which 24 of them come at a place goes round every four places, low ones among them more often."""
        (length,) = self.shape
        u = streams.uniform(SEED, "batch.x.0", self.step, (self.batch, length))
        return torch.tensor(((u * u * 24) // 1).astype("int64") + 24 * (torch.arange(length).numpy() % 4))

    def normal(self, name, *shape):
        return torch.tensor(streams.normal(SEED, name, self.step, (self.batch, *shape))).to(self.dtype)

    def uniform(self, name):
        return torch.tensor(streams.uniform(SEED, name, self.step, (self.batch,)).astype("float32"))


def classifier_step(network):
    def step(p, draw, lower):
        loss = F.cross_entropy(network(p, draw.x()), draw.classes())
        lower(loss, "classifier")
        return {"loss": loss}

    return step


def language_step(network):
    def step(p, draw, lower):
        tokens = draw.tokens()
        logits = network(p, tokens[:, :-1])
        loss = F.cross_entropy(logits.reshape(-1, 96), tokens[:, 1:].reshape(-1))
        lower(loss, "languageModel")
        return {"loss": loss}

    return step


def vae_step(p, draw, lower):
    x = draw.x()
    mean, log_variance = encoder(p, x)
    z = mean + torch.exp(0.5 * log_variance) * draw.normal("noise/latent", 16)
    distortion = F.binary_cross_entropy_with_logits(decoder(p, z), x, reduction="sum") / draw.batch
    rate = 0.5 * (mean**2 + torch.exp(log_variance) - 1 - log_variance).sum() / draw.batch
    loss = distortion + rate
    lower(loss, "encoder", "decoder")
    return {"loss": loss, "distortion": distortion, "rate": rate}


def dcgan_step(p, draw, lower):
    real = draw.x(symmetric=True)
    fake = generator(p, draw.normal("noise/latent/critic0", 100)).detach()
    d_loss = F.softplus(-discriminator(p, real)).mean() + F.softplus(discriminator(p, fake)).mean()
    lower(d_loss, "discriminator")
    g_loss = F.softplus(-discriminator(p, generator(p, draw.normal("noise/latent/generator", 100)))).mean()
    lower(g_loss, "generator")
    return {"discriminatorLoss": d_loss, "generatorLoss": g_loss}


def unet_step(p, draw, lower):
    x, epsilon = draw.x(symmetric=True), draw.normal("noise/noise", 3, 32, 32)
    t = (draw.uniform("noise/time") * 1000).long()
    kept = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), 0)
    at = lambda table: table.float().to(draw.dtype)[t][:, None, None, None]
    mixed = at(kept.sqrt()) * x + at((1 - kept).sqrt()) * epsilon
    loss = F.mse_loss(denoiser(p, mixed, (t.float() / 1000).to(draw.dtype)), epsilon)
    lower(loss, "denoiser")
    return {"loss": loss}


WORKLOADS = {
    "mlp": (classifier_step(mlp), 128, (1, 28, 28), ["classifier"]),
    "cnn": (classifier_step(cnn), 64, (1, 28, 28), ["classifier"]),
    "vae": (vae_step, 64, (1, 28, 28), ["encoder,decoder"]),
    "dcgan": (dcgan_step, 64, (3, 32, 32), ["discriminator", "generator"]),
    "unet": (unet_step, 8, (3, 32, 32), ["denoiser"]),
    "gpt": (language_step(gpt), 8, (129,), ["languageModel"]),
    "lstm": (language_step(recurrent), 32, (65,), ["languageModel"]),
}

# The others take PyTorch half an hour in float64.
IN_DOUBLE = ("mlp", "cnn", "vae")

# Step sizes of plain descent, and of Adam. The VAE's loss is a sum over 784 pixels, so plain descent needs a smaller one.
# RMSprop's first steps are 1 / √(1 − rho) = 10 times its rate, Lion's all equal it. The networks with kinks (relu,
# leakyRelu, pooling) take gentle steps: where the last bit of a number decides on which side of a kink it falls, a long
# step amplifies the difference. At ten times dcgan's rates PyTorch's own float32 and float64 part by 1e-4 in the third
# step of rmsprop and by 8e-4 in the sixth of adamw, at cnn's threefold rates by 2e-4 in the twentieth step of rmsprop.
RATES = {
    "mlp": (0.05, 3e-4),
    "cnn": (0.005, 1e-4),
    "vae": (1e-3, 1e-3),
    "dcgan": (2e-4, 1e-5),
    "unet": (0.02, 2e-4),
    "gpt": (0.05, 3e-4),
    "lstm": (0.5, 1e-3),
}

# Weight decay applies to these and not to biases, gains and offsets.
DECAYED = ("kernel", "recurrentKernel", "embeddings", "positions")


def optimizers(workload):
    descent, adaptive = RATES[workload]
    return {
        "sgd": {"type": "sgd", "learningRate": descent},
        "momentum": {"type": "sgd", "learningRate": descent / 4, "momentum": 0.9},
        "nesterov": {"type": "sgd", "learningRate": descent / 4, "momentum": 0.9, "nesterov": True},
        "adam": {"type": "adam", "learningRate": adaptive},
        "adamw": {"type": "adamw", "learningRate": adaptive, "weightDecay": 0.05},
        "rmsprop": {"type": "rmsprop", "learningRate": adaptive / 10},
        "lion": {"type": "lion", "learningRate": adaptive / 10, "weightDecay": 0.1},
    }


def train(workload, config, dtype):
    step, batch, shape, groups = WORKLOADS[workload]
    p = Parameters(dtype)
    step(p, Draw(0, dtype, batch, shape), lambda loss, *networks: None)  # makes every parameter
    made = {}
    for group in groups:
        named = p.named(*group.split(","))
        decayed = [value for name, value in named.items() if name.split("/")[-1] in DECAYED]
        made[group] = make_optimizer(config, decayed, [value for name, value in named.items() if name.split("/")[-1] not in DECAYED])

    def lower(loss, *networks):
        optimizer = made[",".join(networks)]
        for value in p.made.values():
            value.grad = None
        loss.backward()
        optimizer.step()

    losses = {}
    for number in range(STEPS):
        for name, value in step(p, Draw(number, dtype, batch, shape), lower).items():
            losses.setdefault(name, []).append(value.item())
    return losses


def main(names):
    torch.set_num_threads(2)
    torch.backends.mkldnn.set_flags(False)  # its transposed convolutions are 25 times slower in PyTorch 1.13
    for workload in names or WORKLOADS:
        runs = []
        for name, config in optimizers(workload).items():
            run = {"name": name, "optimizer": config, "float32": train(workload, config, torch.float32)}
            if workload in IN_DOUBLE:
                run["float64"] = train(workload, config, torch.float64)
            print(workload, name, {key: [values[0], values[-1]] for key, values in run["float32"].items()}, flush=True)
            runs.append(run)
        result = {"torch": torch.__version__, "threads": 2, "seed": SEED, "steps": STEPS, "batch": WORKLOADS[workload][1], "runs": runs}
        rounded = json.loads(json.dumps(result), parse_float=lambda text: float(f"{float(text):.8g}"))
        path = pathlib.Path(__file__).parent / "workloads" / f"{workload}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(rounded).replace('{"name"', '\n{"name"').replace('"float', '\n "float') + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Computes optimizers.json with PyTorch in float64: 50 steps of every optimizer on a small network, and schedules.

Run: python3 tests/golden/optimizers.py. Lion, which PyTorch lacks, is written from its paper (Chen et al. 2023,
algorithm 2), the weight decay multiplied in as its authors' code and PyTorch's AdamW do. Data and weights come from Lathe's own random streams, so only results are stored.
"""
import json
import math
import pathlib

import streams
import torch

STEPS = 50
SEED = 7
SHAPES = {"net/hidden/kernel": (4, 5), "net/hidden/bias": (5,), "net/out/kernel": (5, 3), "net/out/bias": (3,)}


class Lion(torch.optim.Optimizer):
    def __init__(self, groups, lr, betas, weight_decay=0.0):
        super().__init__(groups, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("momentum", torch.zeros_like(p))
                update = torch.sign(beta1 * m + (1 - beta1) * p.grad)
                p.mul_(1 - group["lr"] * group["weight_decay"]).sub_(group["lr"] * update)
                m.copy_(beta2 * m + (1 - beta2) * p.grad)


def make_optimizer(config, decayed, plain):
    """A document's optimizer in PyTorch: weight decay for kernels alone."""
    kind, lr = config["type"], config["learningRate"]
    groups = [
        {"params": decayed, "weight_decay": config.get("weightDecay", 0.01 if kind == "adamw" else 0.0)},
        {"params": plain, "weight_decay": 0.0},
    ]
    if kind == "sgd":
        return torch.optim.SGD(groups, lr, momentum=config.get("momentum", 0.0), nesterov=config.get("nesterov", False))
    if kind == "rmsprop":
        rest = {"alpha": config.get("rho", 0.99), "eps": config.get("epsilon", 1e-8)}
        return torch.optim.RMSprop(groups, lr, momentum=config.get("momentum", 0.0), **rest)
    betas = (config.get("beta1", 0.9), config.get("beta2", 0.99 if kind == "lion" else 0.999))
    if kind == "lion":
        return Lion(groups, lr, betas)
    maker = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind]
    return maker(groups, lr, betas=betas, eps=config.get("epsilon", 1e-8))


def run(case):
    config = case["optimizer"]
    x = torch.tensor(2 * streams.uniform(SEED, "x", 0, (8, 4)) - 1)
    y = torch.tensor(2 * streams.uniform(SEED, "y", 0, (8, 3)) - 1)
    weights = {
        name: torch.tensor(2 * streams.uniform(SEED, name, 0, shape) - 1).requires_grad_()
        for name, shape in SHAPES.items()
    }
    excluded = case.get("excluded", [])
    is_decayed = lambda name: name.endswith("kernel") and name not in excluded
    decayed = [w for name, w in weights.items() if is_decayed(name)]
    optimizer = make_optimizer(config, decayed, [w for name, w in weights.items() if not is_decayed(name)])
    averages = {name: w.detach().clone() for name, w in weights.items()}
    losses, norms = [], []
    for _ in range(STEPS):
        hidden = torch.tanh(x @ weights["net/hidden/kernel"] + weights["net/hidden/bias"])
        made = hidden @ weights["net/out/kernel"] + weights["net/out/bias"]
        loss = ((made - y) ** 2).mean() * case.get("lossScale", 1)
        optimizer.zero_grad()
        loss.backward()
        clip = config.get("clip", {})
        if "value" in clip:
            torch.nn.utils.clip_grad_value_(list(weights.values()), clip["value"])
        norms.append(torch.nn.utils.clip_grad_norm_(list(weights.values()), clip.get("norm", math.inf)).item())
        optimizer.step()
        losses.append(loss.item())
        for name, w in weights.items():
            averages[name].mul_(EMA_DECAY).add_(w.detach(), alpha=1 - EMA_DECAY)
    flat = lambda tensors: torch.cat([tensors[name].detach().reshape(-1) for name in SHAPES]).tolist()
    return {**case, "losses": losses, "norms": norms, "final": flat(weights), "averages": flat(averages)}


EMA_DECAY = 0.9
OPTIMIZERS = {
    "sgd": {"type": "sgd", "learningRate": 0.1},
    "momentum": {"type": "sgd", "learningRate": 0.02, "momentum": 0.9},
    "nesterov": {"type": "sgd", "learningRate": 0.02, "momentum": 0.9, "nesterov": True},
    "adam": {"type": "adam", "learningRate": 0.01},
    "adam, other constants": {"type": "adam", "learningRate": 0.01, "beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3},
    "adamw": {"type": "adamw", "learningRate": 0.01, "weightDecay": 0},
    "rmsprop": {"type": "rmsprop", "learningRate": 0.002},
    "rmsprop, momentum": {"type": "rmsprop", "learningRate": 0.001, "momentum": 0.8, "rho": 0.9},
    "lion": {"type": "lion", "learningRate": 0.003},
}
DECAY = {"adamw": 0.5, "lion": 0.5}
CASES = [{"name": name, "optimizer": config} for name, config in OPTIMIZERS.items()]
CASES += [
    {"name": f"{name}, weight decay", "optimizer": {**config, "weightDecay": DECAY.get(config["type"], 0.1)}}
    for name, config in OPTIMIZERS.items()
]
CASES += [
    {
        "name": "adamw, a kernel excluded from weight decay",
        "optimizer": {**OPTIMIZERS["adamw"], "weightDecay": 0.5, "decayExclude": ["out"]},
        "excluded": ["net/out/kernel"],
    },
    {"name": "clip by norm", "optimizer": {**OPTIMIZERS["sgd"], "clip": {"norm": 0.5}}, "lossScale": 4},
    {"name": "clip by value", "optimizer": {**OPTIMIZERS["sgd"], "clip": {"value": 0.05}}, "lossScale": 4},
    {"name": "clip by both", "optimizer": {**OPTIMIZERS["momentum"], "clip": {"value": 0.3, "norm": 0.6}}, "lossScale": 4},
]


def factors(total, make):
    """The factor of the base rate at each step of a PyTorch scheduler."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 1.0)
    scheduler = make(optimizer)
    rates = []
    for _ in range(total):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step() if len(rates) < total else None
    return rates


def schedules():
    lr = torch.optim.lr_scheduler
    # PyTorch's cycle peaks at step pct_start·total − 1 of total − 1 intervals, ours at the share peakAt of them
    cycle = {"type": "oneCycle", "peakAt": (0.3 * 40 - 1) / 39, "startFactor": 0.04, "finalFactor": 0.04 / 1e4}
    return [
        {
            "schedule": {"type": "cosine", "finalFactor": 0.1},
            "factors": factors(40, lambda o: lr.CosineAnnealingLR(o, 39, eta_min=0.1)),
        },
        {
            "schedule": {"type": "linear", "finalFactor": 0.2},
            "factors": factors(40, lambda o: lr.LinearLR(o, 1.0, 0.2, total_iters=39)),
        },
        {
            "schedule": {"type": "step", "every": 12, "factor": 0.5},
            "factors": factors(40, lambda o: lr.StepLR(o, 12, gamma=0.5)),
        },
        {
            "schedule": cycle,
            "factors": factors(40, lambda o: lr.OneCycleLR(o, 1.0, total_steps=40, cycle_momentum=False)),
        },
    ]


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = {
        "torch": torch.__version__,
        "steps": STEPS,
        "seed": SEED,
        "emaDecay": EMA_DECAY,
        "cases": [run(case) for case in CASES],
        "schedules": schedules(),
    }
    rounded = json.loads(json.dumps(result), parse_float=lambda text: float(f"{float(text):.9g}"))
    lines = json.dumps(rounded).replace('{"name"', '\n{"name"').replace('{"schedule"', '\n{"schedule"')
    pathlib.Path(__file__).with_suffix(".json").write_text(lines + "\n")

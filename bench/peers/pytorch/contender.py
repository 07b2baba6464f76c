"""A PyTorch peer of the benchmark: trains one workload, a few steps whenever it is asked to.

contender.py WORKLOAD --threads N [--device cuda] (--choose | --settings JSON) speaks JSON, one object a line. With --choose it times
every setting for a few steps and says which is fastest; otherwise it says that it is ready and answers requests
{"kind": "steps", "count": n} with the milliseconds of each step, and {"kind": "sample", "count": n} with the
milliseconds it took to draw n samples.
"""
import argparse
import dataclasses
import importlib
import json
import statistics
import sys
import time

import torch

from settings import Settings, candidates, parameter_count

# A setting is given up after a step that took so many times as long as the best setting's; the first step prepares more.
HOPELESS, HOPELESS_AT_FIRST = 3, 10
# A trial lasts about so long.
TRIAL_MS = 1000


def say(**message):
    print(json.dumps(message), flush=True)


def timed(work):
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def step_time(module, settings, best):
    """Milliseconds of the median step, as the pairs are measured, after a first one that prepares more."""
    settings.apply()
    training = module.Training(settings)
    first = timed(training.step)
    if first > HOPELESS_AT_FIRST * best:
        return first
    second = timed(training.step)
    if second > HOPELESS * best:
        return second
    count = max(3, min(50, round(TRIAL_MS / second)))
    return statistics.median([second, *(timed(training.step) for _ in range(count))])


def choose(module, device):
    tried = []
    for settings in candidates(module.CONVOLUTIONAL, device):
        best = min((each["ms"] for each in tried), default=float("inf"))
        ms = step_time(module, settings, best)
        tried.append({"words": str(settings), "settings": dataclasses.asdict(settings), "ms": ms})
    say(tried=sorted(tried, key=lambda each: each["ms"]))


def multiply_rate():
    """Floating-point operations a second of a product of matrices of 1024 × 1024: the median of 20."""
    a, b = torch.randn(2, 1024, 1024)
    for _ in range(3):
        a @ b
    times = sorted(timed(lambda: a @ b) for _ in range(20))
    return 2 * 1024**3 / (times[10] / 1000)


def serve(module, settings):
    settings.apply()
    training = module.Training(settings)
    parameters = parameter_count(*training.models)
    samples = hasattr(training, "sample")
    say(ready=True, version=torch.__version__, parameters=parameters, samples=samples, multiplies=True)
    for line in sys.stdin:
        request = json.loads(line)
        if request["kind"] == "steps":
            say(ms=[timed(training.step) for _ in range(request["count"])])
        elif request["kind"] == "sample":
            say(ms=timed(lambda: training.sample(request["count"])))
        elif request["kind"] == "gemm":
            say(flopsPerSecond=multiply_rate())
        else:
            raise ValueError(f"no such request: {line}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workload")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--choose", action="store_true")
    parser.add_argument("--settings", type=json.loads, default={})
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.device != "cpu":
        # Models, batches and noise are made there. A step hands its loss back, which waits for all of its work.
        torch.set_default_device(args.device)
    torch.manual_seed(1)
    module = importlib.import_module(f"workloads.{args.workload}")
    if args.choose:
        choose(module, args.device)
    else:
        serve(module, Settings(**args.settings))


if __name__ == "__main__":
    main()

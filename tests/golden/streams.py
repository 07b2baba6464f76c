"""Lathe's random streams in NumPy (core/random/threefry.ts and random.ts), so that both sides of a comparison draw the
same numbers and none need storing."""
import math

import numpy as np

ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)
WORD = 0xFFFFFFFF


def hash_name(name):
    """FNV-1a over the UTF-16 code units of a name (plain ASCII here)."""
    value = 0x811C9DC5
    for character in name:
        value = (value ^ ord(character)) * 0x01000193 & WORD
    return value


def bits(seed, stream, step, count):
    """The first `count` words of RandomStream(seed, stream, step); seeds below 2^32."""
    keys = [seed & WORD, hash_name(stream)]
    keys.append(0x1BD11BDA ^ keys[0] ^ keys[1])
    counters = np.arange((count + 1) // 2, dtype=np.uint32)
    x0 = counters + np.uint32(keys[0])
    x1 = np.full_like(counters, (step + keys[1]) & WORD)
    for group in range(5):
        for rotation in ROTATIONS[4 * (group % 2) : 4 * (group % 2) + 4]:
            x0 = x0 + x1
            x1 = (x1 << np.uint32(rotation) | x1 >> np.uint32(32 - rotation)) ^ x0
        x0 = x0 + np.uint32(keys[(group + 1) % 3])
        x1 = x1 + np.uint32((keys[(group + 2) % 3] + group + 1) & WORD)
    return np.stack([x0, x1], axis=1).reshape(-1)[:count]


def uniform(seed, stream, step, shape):
    """fillUniform: 24 bits on [0, 1), float64 holding float32 values."""
    return ((bits(seed, stream, step, math.prod(shape)) >> np.uint32(8)) * 2.0**-24).reshape(shape)


def normal(seed, stream, step, shape):
    """fillNormal: Box–Muller in float64, rounded to float32 at the end."""
    count = math.prod(shape)
    words = bits(seed, stream, step, count + count % 2).astype(np.float64)
    radius = np.sqrt(-2 * np.log((words[0::2] + 1) * 2.0**-32))
    angle = 2 * np.pi * words[1::2] * 2.0**-32
    pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return pairs.reshape(-1)[:count].reshape(shape).astype(np.float32)


def integers(seed, stream, step, count, below):
    """floor(word · 2^-32 · below) of the first `count` words."""
    return np.floor(bits(seed, stream, step, count) * 2.0**-32 * below).astype(np.int64)

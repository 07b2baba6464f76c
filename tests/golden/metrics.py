"""Computes metrics.json with NumPy: two feature sets with full covariances and their distances, each by another road
than core/metrics takes. Run: python3 tests/golden/metrics.py (NumPy only)."""
import json
import pathlib

import numpy as np

rng = np.random.default_rng(20240607)
columns = 6
mix_a, mix_b = rng.normal(size=(columns, columns)), rng.normal(size=(columns, columns))
real = np.round(rng.normal(size=(60, columns)) @ mix_a + 0.3, 5)
samples = np.round(rng.normal(size=(50, columns)) @ (0.7 * mix_a + 0.4 * mix_b) + 2 * rng.normal(size=columns), 5)


def frechet(a, b):
    """tr((S1 S2)^1/2) from the eigenvalues of the product itself, which is not symmetric."""
    s1, s2 = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = np.sqrt(np.linalg.eigvals(s1 @ s2).astype(complex)).real.sum()
    difference = a.mean(0) - b.mean(0)
    return difference @ difference + np.trace(s1) + np.trace(s2) - 2 * root


def kernel_distance(a, b):
    def kernel(x, y):
        return (x @ y.T / x.shape[1] + 1) ** 3

    m, n = len(a), len(b)
    aa, bb, ab = kernel(a, a), kernel(b, b), kernel(a, b)
    return (aa.sum() - np.trace(aa)) / (m * (m - 1)) + (bb.sum() - np.trace(bb)) / (n * (n - 1)) - 2 * ab.mean()


def distances(a, b):
    return np.sqrt(((a[:, None, :] - b[None, :, :]) ** 2).sum(-1))


def manifold(a, b, k=3, k_density=5):
    """The definitions of Kynkaanniemi et al. 2019 (closed balls) and Naeem et al. 2020 (open balls)."""
    across = distances(a, b)
    # Sorted, place 0 is the row itself, place k its k-th neighbour.
    radius_a, radius_b = np.sort(distances(a, a), 1), np.sort(distances(b, b), 1)
    inside = across < radius_a[:, [k_density]]
    return {
        "precision": float((across <= radius_a[:, [k]]).any(0).mean()),
        "recall": float((across <= radius_b[:, k][None, :]).any(1).mean()),
        "density": float(inside.sum(0).mean() / k_density),
        "coverage": float(inside.any(1).mean()),
    }


nearest = distances(samples, real)
result = {
    "columns": columns,
    "real": real.ravel().tolist(),
    "samples": samples.ravel().tolist(),
    "frechet": float(frechet(real, samples)),
    "kernelDistance": float(kernel_distance(real, samples)),
    "manifold": manifold(real, samples),
    "nearestIndices": nearest.argmin(1).tolist(),
    "nearestDistances": nearest.min(1).tolist(),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(result) + "\n")
print({key: value for key, value in result.items() if key in ("frechet", "kernelDistance", "manifold")})

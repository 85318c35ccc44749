"""Formas com bordas suaves em lotes de imagens: cada função devolve a cobertura de cada pixel, de 0 a 1.

Convenção: `x` cresce para a direita e `y` para baixo, em pixels; o centro do primeiro pixel é 0,5.
Os parâmetros de forma são números ou arrays (n, 1, 1), um valor por imagem.
"""

from __future__ import annotations

import numpy as np


def grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Coordenadas dos centros dos pixels: `x` (1, 1, size) e `y` (1, size, 1), float32."""
    centers = np.arange(size, dtype=np.float32) + 0.5
    return centers[None, None, :], centers[None, :, None]


def uniform(rng: np.random.Generator, n: int, low: float, high: float) -> np.ndarray:
    """Um valor por imagem, uniforme em [low, high): (n, 1, 1), float32."""
    return rng.uniform(low, high, (n, 1, 1)).astype(np.float32)


def chance(rng: np.random.Generator, n: int, probability: float) -> np.ndarray:
    """1 com a probabilidade dada, senão 0, um por imagem: (n, 1, 1), float32."""
    return (rng.random((n, 1, 1)) < probability).astype(np.float32)


def either(rng: np.random.Generator, n: int, probability: float, first, second) -> np.ndarray:
    """`first` com a probabilidade dada, senão `second`; um sorteio por imagem."""
    return second + (first - second) * chance(rng, n, probability)


def inside(depth: np.ndarray) -> np.ndarray:
    """Cobertura a partir da profundidade em pixels: 1 bem dentro, 0 bem fora, ½ na borda."""
    return np.clip(depth + 0.5, 0, 1)


def band(value, low, high) -> np.ndarray:
    """Pontos em que low < value < high."""
    return inside(value - low) * inside(high - value)


def box(x, y, left, top, right, bottom) -> np.ndarray:
    """Retângulo de lados paralelos aos eixos."""
    return band(x, left, right) * band(y, top, bottom)


def ellipse(x, y, cx, cy, rx, ry, angle=0.0) -> np.ndarray:
    """Elipse de centro (cx, cy) e semieixos (rx, ry), girada de `angle` radianos."""
    c, s = np.cos(angle), np.sin(angle)
    u, v = (x - cx) * c + (y - cy) * s, (y - cy) * c - (x - cx) * s
    radius = np.sqrt((u / rx) ** 2 + (v / ry) ** 2)
    return inside((1 - radius) * np.minimum(rx, ry))


def limb(x, y, x0, y0, x1, y1, r0, r1=None) -> np.ndarray:
    """Traço de (x0, y0) a (x1, y1), com pontas redondas e raio que vai de `r0` a `r1`."""
    dx, dy = x1 - x0, y1 - y0
    along = np.clip(((x - x0) * dx + (y - y0) * dy) / np.maximum(dx * dx + dy * dy, 1e-6), 0, 1)
    radius = r0 + ((r0 if r1 is None else r1) - r0) * along
    return inside(radius - np.hypot(x - x0 - along * dx, y - y0 - along * dy))


def ring(x, y, cx, cy, rx, ry, thickness) -> np.ndarray:
    """Contorno de uma elipse, com a espessura dada em pixels."""
    radius = np.sqrt(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2)
    return inside(thickness / 2 - np.abs(radius - 1) * np.minimum(rx, ry))


def profile(t, knots) -> np.ndarray:
    """Linha quebrada em `t`: `knots` é uma lista de pares (posição, valor), em ordem de posição."""
    (start, value), *rest = knots
    total = value
    for end, following in rest:
        total = total + (following - value) * np.clip((t - start) / np.maximum(end - start, 1e-3), 0, 1)
        start, value = end, following
    return total


def smooth_noise(rng: np.random.Generator, n: int, size: int, cells: int) -> np.ndarray:
    """Manchas suaves (n, size, size), float32, de média 0 e valores perto de ±1."""
    coarse = rng.standard_normal((n, cells + 1, cells + 1)).astype(np.float32)
    at = np.linspace(0, cells, size, endpoint=False, dtype=np.float32)
    low = at.astype(int)
    weight = at - low
    weight = weight * weight * (3 - 2 * weight)
    rows = coarse[:, low] * (1 - weight)[None, :, None] + coarse[:, low + 1] * weight[None, :, None]
    return rows[:, :, low] * (1 - weight) + rows[:, :, low + 1] * weight

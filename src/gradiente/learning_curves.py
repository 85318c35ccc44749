"""Lê um par de curvas, treino e validação, com as quatro regras de quem as olha."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np

from gradiente.formatting import number, percent

__all__ = ["Diagnosis", "diagnose"]

RISE = 0.05  # quanto a validação tem de subir acima do mínimo para que se fale em sobreajuste
STILL = 0.01  # mudança relativa, no último quarto do treino, que ainda conta como parada
MIN_EPOCHS = 8


@dataclass(frozen=True)
class Diagnosis:
    """O que as curvas dizem.

    Attributes
    ----------
    label : {"aprendendo", "no limite", "sobreajuste", "estacionada"}
    best_epoch : int
        Época do menor valor de validação, contada do zero, sem alisar.
    gap : float
        Validação menos treino, no fim.
    rise : float
        Quanto a validação alisada subiu acima do seu mínimo, relativa a ele.
    sentence : str
        O mesmo, em português, com o que fazer.
    """

    label: str
    best_epoch: int
    gap: float
    rise: float
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def diagnose(
    history: keras.callbacks.History | Mapping[str, Sequence[float]], metric: str = "loss"
) -> Diagnosis:
    """Aplica as quatro regras às curvas de `metric` e `val_<metric>`.

    1. Uma distância pequena entre treino e validação é normal.
    2. Se as duas ainda caem, a rede está aprendendo.
    3. Se só o treino cai e a validação parou, a rede está no limite do que estes dados lhe ensinam.
    4. Se a validação sobe enquanto o treino cai, é sobreajuste.

    E um quinto caso: as duas pararam juntas. Se a perda ainda é alta, é subajuste.

    Parameters
    ----------
    history : keras.callbacks.History ou dict
        O que `fit` devolve, ou o seu `.history`.
    metric : str
        Uma perda: menor é melhor.

    Returns
    -------
    Diagnosis

    Raises
    ------
    ValueError
        Se faltar a métrica ou a validação, se houver menos de 8 épocas, ou valores que não sejam números
        finitos.

    Notes
    -----
    As curvas são alisadas por uma média móvel de um décimo do seu comprimento, para que o tropeço de uma
    época não decida nada. Os limiares são convenções, não leis: 5 % de subida, 1 % de mudança.
    """
    values = getattr(history, "history", history)
    curves = []
    for name in (metric, f"val_{metric}"):
        if name not in values:
            hint = " Treine com validation_data." if name.startswith("val_") else ""
            raise ValueError(f"não há {name!r} entre {', '.join(values) or 'as métricas (nenhuma)'}.{hint}")
        curve = np.asarray(values[name], float)
        if len(curve) < MIN_EPOCHS:
            raise ValueError(f"são precisas ao menos {MIN_EPOCHS} épocas, e há {len(curve)}")
        if not np.all(np.isfinite(curve)):
            raise ValueError(f"{name} tem valores que não são números finitos: o treino divergiu")
        curves.append(curve)
    train, validation = (_smooth(curve) for curve in curves)
    best = int(curves[1].argmin())
    gap = float(curves[1][-1] - curves[0][-1])
    rise = float(validation[-1] / validation.min() - 1)
    start = -max(2, len(train) // 4)
    falls = [float(1 - curve[-1] / curve[start]) for curve in (train, validation)]
    label, advice = _rule(rise, *falls)
    sentence = (
        f"{label}: melhor época {best}, distância final {number(gap)}, validação {percent(max(rise, 0))} acima do mínimo. "
        f"{advice}"
    )
    return Diagnosis(label, best, gap, rise, sentence)


def _rule(rise: float, train_fall: float, validation_fall: float) -> tuple[str, str]:
    """O rótulo e o conselho; as quedas são as relativas do último quarto do treino."""
    if rise > RISE:
        return (
            "sobreajuste",
            "A rede passou a decorar: regularize, simplifique, pare antes ou traga mais dados.",
        )
    if validation_fall > STILL:
        return "aprendendo", "As duas ainda caem: treine mais."
    if train_fall > STILL:
        return "no limite", "Só o treino melhora: mais épocas não ajudam."
    return "estacionada", "As duas pararam juntas: se a perda ainda é alta, falta capacidade (subajuste)."


def _smooth(curve: np.ndarray) -> np.ndarray:
    """Média móvel centrada de um décimo do comprimento; nas pontas, só com o que existe."""
    half = len(curve) // 20
    if not half:
        return curve
    sums = np.convolve(curve, np.ones(2 * half + 1), mode="same")
    counts = np.convolve(np.ones(len(curve)), np.ones(2 * half + 1), mode="same")
    return sums / counts

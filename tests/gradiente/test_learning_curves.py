"""As quatro regras, em curvas desenhadas de cada tipo, com ruído e sem."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from gradiente.learning_curves import diagnose

E = np.arange(60)
FALL = 0.5 + 0.4 * np.exp(-E / 60)
FLAT = 0.6 + 0.1 * np.exp(-E / 4)
KINDS = {
    "aprendendo": (FALL, FALL + 0.03),
    "no limite": (0.7 - 0.005 * E, FLAT),
    "sobreajuste": (0.7 * np.exp(-E / 15), 0.6 + 0.1 * np.exp(-E / 4) + 0.003 * np.maximum(E - 15, 0)),
    "estacionada": (FLAT - 0.005, FLAT),
}


def curves(train, validation):
    return {"loss": list(train), "val_loss": list(validation)}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_recognized(kind):
    found = diagnose(curves(*KINDS[kind]))
    assert found.label == kind
    assert str(found).startswith(kind)
    assert found.best_epoch == int(np.argmin(KINDS[kind][1]))
    assert found.gap == pytest.approx(KINDS[kind][1][-1] - KINDS[kind][0][-1])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_noise_does_not_change_the_label(kind, seed):
    rng = np.random.default_rng(seed)
    train, validation = (curve + rng.normal(0, 0.003, 60) for curve in KINDS[kind])
    assert diagnose(curves(train, validation)).label == kind


def test_one_bad_epoch_is_not_overfitting():
    train, validation = (curve.copy() for curve in KINDS["aprendendo"])
    validation[30] *= 1.3
    assert diagnose(curves(train, validation)).label == "aprendendo"


def test_a_history_and_another_metric_are_accepted():
    history = keras.callbacks.History()
    history.history = {"mse": list(FALL), "val_mse": list(FALL + 0.01)}
    assert diagnose(history, "mse").label == "aprendendo"


def test_short_trainings_have_no_smoothing():
    assert diagnose(curves(0.9 ** np.arange(8), 0.9 ** np.arange(8) + 0.1)).label == "aprendendo"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"loss": [1.0] * 9}, "Treine com validation_data"),
        ({}, "nenhuma"),
        (curves([1.0] * 7, [1.0] * 7), "ao menos 8 épocas, e há 7"),
        (curves([1.0] * 9, [1.0] * 8 + [np.nan]), "divergiu"),
    ],
)
def test_what_cannot_be_read_is_named(values, message):
    with pytest.raises(ValueError, match=message):
        diagnose(values)

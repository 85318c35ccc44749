"""Dropout de Monte Carlo: camadas que sorteiam sempre, muitas passagens de uma vez e medidas de incerteza."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

__all__ = [
    "Calibration",
    "MCAlphaDropout",
    "MCDropout",
    "calibration",
    "monte_carlo",
    "mutual_information",
    "predictive_entropy",
    "with_monte_carlo",
]

ROWS_PER_CALL = 4_096  # exemplos repetidos em uma chamada: limita a memória


@keras.saving.register_keras_serializable(package="gradiente")
class MCDropout(keras.layers.Dropout):
    """Dropout que sorteia a máscara também na inferência.

    As outras camadas continuam no modo em que estão: uma normalização em lote, por exemplo, usa as
    médias móveis em `predict`, o que `model(x, training=True)` não permitiria.

    Notes
    -----
    Mesmos parâmetros e formatos de `keras.layers.Dropout`. Fonte: Gal e Ghahramani (2016), ICML.
    """

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        return super().call(inputs, training=True)


@keras.saving.register_keras_serializable(package="gradiente")
class MCAlphaDropout(keras.layers.AlphaDropout):
    """AlphaDropout que sorteia também na inferência, para redes com SELU.

    Notes
    -----
    Mesmos parâmetros e formatos de `keras.layers.AlphaDropout`.
    """

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        return super().call(inputs, training=True)


ALWAYS_RANDOM = {keras.layers.Dropout: MCDropout, keras.layers.AlphaDropout: MCAlphaDropout}


def with_monte_carlo(model: keras.Model) -> keras.Model:
    """Uma cópia do modelo em que todo dropout sorteia sempre.

    Parameters
    ----------
    model : keras.Model
        Sequencial ou funcional, com camadas Dropout ou AlphaDropout.

    Returns
    -------
    keras.Model
        Modelo novo, com os mesmos pesos copiados: treinar um não muda o outro.

    Raises
    ------
    ValueError
        Se o modelo não tiver nenhuma camada de dropout.
    """
    if not any(isinstance(layer, tuple(ALWAYS_RANDOM)) for layer in model._flatten_layers()):
        raise ValueError("o modelo não tem camadas Dropout nem AlphaDropout: não há o que sortear")

    def clone(layer: keras.layers.Layer) -> keras.layers.Layer:
        kind = ALWAYS_RANDOM.get(type(layer), type(layer))
        return kind.from_config(layer.get_config())

    copy = keras.models.clone_model(model, clone_function=clone)
    copy.set_weights(model.get_weights())
    return copy


def monte_carlo(model: keras.Model, x: np.ndarray, passes: int = 100) -> np.ndarray:
    """Saídas de `passes` passagens, cada uma com as suas máscaras.

    Em vez de chamar o modelo `passes` vezes, repete cada exemplo `passes` vezes e chama uma só vez
    (ou poucas, se a memória não der): como cada linha do lote sorteia a própria máscara, dá no mesmo.

    Parameters
    ----------
    model : keras.Model
        Com camadas MCDropout ou MCAlphaDropout (veja `with_monte_carlo`).
    x : array, shape (n, …)
    passes : int
        Passagens, 1 ou mais.

    Returns
    -------
    array, shape (passes, n, …), float32

    Raises
    ------
    ValueError
        Se `passes` não for positivo, se não houver exemplos ou se o modelo não sortear nada na
        inferência.
    """
    if passes < 1:
        raise ValueError(f"passes deve ser 1 ou mais, e veio {passes}")
    if not len(x):
        raise ValueError("não há exemplos em x")
    if not any(isinstance(layer, (MCDropout, MCAlphaDropout)) for layer in model._flatten_layers()):
        raise ValueError(
            "o modelo não sorteia nada na inferência: troque o dropout dele com with_monte_carlo(model)"
        )
    size = max(1, ROWS_PER_CALL // passes)  # exemplos por chamada
    parts = []
    for start in range(0, len(x), size):
        chunk = x[start : start + size]
        outputs = np.asarray(model(np.repeat(chunk, passes, axis=0), training=False))
        parts.append(np.moveaxis(outputs.reshape(len(chunk), passes, *outputs.shape[1:]), 1, 0))
    return np.concatenate(parts, axis=1)


def predictive_entropy(probabilities: np.ndarray) -> np.ndarray:
    """Entropia de cada distribuição, em nats: 0 para uma certeza, ln(classes) para um chute uniforme.

    Parameters
    ----------
    probabilities : array, shape (…, classes)
        Somam 1 no último eixo.

    Returns
    -------
    array, shape (…)

    Raises
    ------
    ValueError
        Se houver valores negativos ou se alguma distribuição não somar 1.
    """
    p = np.asarray(probabilities, np.float64)
    if p.min() < 0 or not np.allclose(p.sum(axis=-1), 1, atol=1e-3):
        raise ValueError("as probabilidades devem ser positivas e somar 1 no último eixo (são logits?)")
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=-1)


def mutual_information(samples: np.ndarray) -> np.ndarray:
    """A parte da entropia que vem de as passagens discordarem entre si.

    H(média das passagens) − média das entropias: zero se todas dão a mesma distribuição, mesmo que ela
    seja incerta.

    Parameters
    ----------
    samples : array, shape (passagens, …, classes)
        Probabilidades, como as de `monte_carlo`.

    Returns
    -------
    array, shape (…)
        Em nats, nunca negativa.

    Notes
    -----
    Houlsby, Huszár, Ghahramani e Lengyel (2011), arXiv:1112.5745; Gal, Islam e Ghahramani (2017), ICML.
    """
    samples = np.asarray(samples, np.float64)
    within = predictive_entropy(samples).mean(axis=0)
    return np.maximum(predictive_entropy(samples.mean(axis=0)) - within, 0)


@dataclass(frozen=True)
class Calibration:
    """Confiança prometida e acurácia cumprida, por faixa de confiança.

    Attributes
    ----------
    confidence, accuracy : arrays (faixas,)
        Médias na faixa; NaN onde não há exemplos.
    count : array (faixas,), int64
        Exemplos na faixa.
    error : float
        Erro de calibração esperado (ECE): média de |acurácia − confiança|, ponderada pelos exemplos.
    """

    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray
    error: float


def calibration(probabilities: np.ndarray, labels: np.ndarray, bins: int = 10) -> Calibration:
    """Compara a confiança da resposta com a frequência de acertos.

    Parameters
    ----------
    probabilities : array, shape (n, classes)
    labels : array, shape (n,), inteiros
    bins : int
        Faixas de mesma largura, de 0 a 1.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        Se os tamanhos não combinarem ou `bins` não for positivo.

    Notes
    -----
    Guo, Pleiss, Sun e Weinberger (2017), ICML.
    """
    probabilities, labels = np.asarray(probabilities), np.asarray(labels).ravel()
    if probabilities.ndim != 2 or len(probabilities) != len(labels) or not len(labels):
        raise ValueError(f"há {len(labels)} rótulos para probabilidades de forma {probabilities.shape}")
    if bins < 1:
        raise ValueError(f"bins deve ser 1 ou mais, e veio {bins}")
    top = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    place = np.minimum((top * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(place, top, bins) / count
        accuracy = np.bincount(place, right, bins) / count
    error = float(np.nansum(np.abs(accuracy - confidence) * count) / len(labels))
    return Calibration(confidence, accuracy, count, error)

"""Afirmações executáveis: uma frase da lição e a condição medida que a sustenta."""

from __future__ import annotations

import json
import os
import re

import numpy as np

DEFAULT_SEED = 42


class ClaimError(AssertionError):
    """Uma afirmação da lição não se sustentou nesta execução."""


def claim(id: str, text: str, condition: bool | np.bool_) -> None:
    """Afirma, e confere, um fato medido pela lição.

    Imprime uma linha sempre igual (`✔ B1-01 · texto`), que o nbval compara a cada reexecução.

    Parameters
    ----------
    id : str
        Identificador da afirmação: o código da lição, um hífen e o número ("B1-01").
    text : str
        O fato, em uma frase. Não deve conter números que mudem de uma execução para outra.
    condition : bool
        O que foi medido. Só `bool` ou `np.bool_`: um array ou um número esconderia um engano.

    Raises
    ------
    ClaimError
        Se a condição for falsa. Com a variável de ambiente `GRADIENTE_CLAIMS_LOG=caminho`, nada
        se levanta: cada afirmação vira uma linha JSON `{id, text, held, seed}` nesse arquivo, e a
        lição segue até o fim, para que se conte quantas se sustentam em várias sementes.
    TypeError
        Se a condição não for um booleano.
    ValueError
        Se o identificador não tiver a forma "B1-01" ou o texto estiver vazio.
    """
    if not re.fullmatch(r"[A-Z]+\d*-\d{2,}", id):
        raise ValueError(
            f"identificador {id!r}: use o código da lição, um hífen e dois algarismos, como B1-01"
        )
    if not text.strip():
        raise ValueError(f"a afirmação {id} precisa de um texto")
    if not isinstance(condition, (bool, np.bool_)):
        raise TypeError(
            f"{id}: a condição deve ser True ou False, mas veio {type(condition).__name__}. "
            "Compare (por exemplo, razao < 1e-4) ou use bool(np.all(...))."
        )
    held = bool(condition)
    line = f"{'✔' if held else '✘'} {id} · {text}"
    log = os.environ.get("GRADIENTE_CLAIMS_LOG")
    if log:
        record = {"id": id, "text": text, "held": held, "seed": seed()}
        with open(log, "a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    elif not held:
        raise ClaimError(line)
    print(line)


def seed() -> int:
    """A semente desta execução: a variável de ambiente `GRADIENTE_SEED`, ou 42.

    Raises
    ------
    ValueError
        Se `GRADIENTE_SEED` não for um inteiro entre 0 e 2³² − 1 (o que o NumPy aceita).
    """
    text = os.environ.get("GRADIENTE_SEED") or str(DEFAULT_SEED)
    if not re.fullmatch(r"\d+", text) or int(text) >= 2**32:
        raise ValueError(f"GRADIENTE_SEED={text!r}: a semente deve ser um inteiro entre 0 e 2³² − 1")
    return int(text)


def set_seeds() -> int:
    """Semeia os sorteios de Python, NumPy e Keras e devolve a semente usada.

    Notes
    -----
    Chamada de novo, recomeça os sorteios: dois modelos iguais, construídos cada um depois de uma
    chamada, nascem com os mesmos pesos. Uma camada Dropout já construída tem gerador próprio e
    não é reiniciada.
    """
    import keras  # só aqui: afirmar não exige o TensorFlow

    value = seed()
    keras.utils.set_random_seed(value)
    return value

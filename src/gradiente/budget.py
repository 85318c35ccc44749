"""Limita a duração dos treinamentos quando quem executa o caderno é o corretor."""

from __future__ import annotations

import os

VARIABLE = "GRADIENTE_MAX_EPOCHS"


def cap_epochs(epochs: int) -> int:
    """Número de épocas a treinar: o pedido, ou o teto do ambiente, o que for menor.

    O estudante treina à vontade. O corretor executa o mesmo caderno com a variável de ambiente
    ``GRADIENTE_MAX_EPOCHS`` definida, porque a nota automática mede o que o código constrói, e não
    quanto tempo ele treinou.

    Parameters
    ----------
    epochs : int
        Épocas pedidas; ao menos 1.

    Returns
    -------
    int
        ``epochs`` sem a variável de ambiente (ou com ela vazia); senão, ``min(epochs, teto)``.

    Raises
    ------
    ValueError
        Se `epochs` não for ao menos 1, ou se o teto não for um número inteiro positivo.

    Examples
    --------
    >>> cap_epochs(400)  # sem teto no ambiente
    400
    """
    if epochs < 1:
        raise ValueError(f"o número de épocas precisa ser ao menos 1, e veio {epochs}")
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return epochs
    # isdecimal() recusa sinal, ponto e sublinhado, que int() aceitaria ou leria de outro jeito
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(
            f"a variável de ambiente {VARIABLE} precisa ser um número inteiro positivo, e vale {text!r}; "
            "corrija-a ou apague-a"
        )
    return min(epochs, int(text))


def is_capped() -> bool:
    """Diz se há um teto de épocas no ambiente, isto é, se quem executa é o corretor."""
    return bool(os.environ.get(VARIABLE, "").strip())

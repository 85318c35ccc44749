"""Mostra ao corretor um valor calculado no núcleo do estudante: só mostra, nunca julga."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from IPython.display import display

MIME = "application/vnd.gradiente.observation+json"
MAX_BYTES = 1_000_000  # por observação; o julgamento recusa o que passar disto


def observe(name: str, value: Any | Callable[[], Any]) -> None:
    """Publica um valor como JSON na saída da célula.

    Parameters
    ----------
    name : str
        Nome pelo qual a verificação recebe o valor. Não se repete na mesma célula.
    value : número, str, bool, None, list, tuple, dict, array (NumPy, TensorFlow ou Keras) ou função
        O valor. Uma função sem argumentos é chamada aqui; se ela falhar, o que se observa é a
        falha (tipo da exceção), e as observações seguintes da célula continuam a acontecer.

    Notes
    -----
    Nada é desserializado com pickle, em nenhuma direção: o que sai daqui é texto JSON.
    """
    try:
        content = {"name": str(name), "value": encode(value() if callable(value) else value)}
        if len(json.dumps(content)) > MAX_BYTES:
            raise ValueError(f"o valor de {name!r} passa de {MAX_BYTES // 1000} kB em JSON")
    except Exception as error:
        content = {"name": str(name), "error": type(error).__name__, "message": str(error)[:500]}
    display({MIME: content, "text/plain": f"observado: {name}"}, raw=True)


def encode(value: Any) -> Any:
    """Converte um valor em JSON puro; `corretor.observations.decode` faz o caminho de volta.

    Raises
    ------
    TypeError
        Se o valor não for de um dos tipos aceitos por `observe`.
    """
    if value is None or isinstance(value, (bool, np.bool_)):
        return None if value is None else bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else {"__float__": str(float(value))}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {"__dict__": {str(key): encode(item) for key, item in value.items()}}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if hasattr(value, "__array__"):
        array = np.asarray(value)
        if array.dtype.kind in "biuf":
            return {
                "__array__": [encode(item) for item in array.ravel().tolist()],
                "shape": list(array.shape),
                "dtype": str(array.dtype),
            }
    raise TypeError(
        f"não sei mostrar um valor do tipo {type(value).__name__}; "
        "use números, textos, listas, dicionários ou arrays numéricos"
    )

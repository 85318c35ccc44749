"""Lê, com desconfiança, o que as sondas publicaram no caderno executado."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradiente.observe import MAX_BYTES, MIME

MAX_DEPTH = 20


@dataclass(frozen=True)
class Failure:
    """Observação que não aconteceu: a resposta do estudante levantou uma exceção.

    Attributes
    ----------
    error : str
        Nome do tipo da exceção.
    message : str
        Texto da exceção. Pode conter valores das sondas: nunca vai para o estudante.
    """

    error: str
    message: str = ""


def published(outputs: list[dict]) -> list[Any]:
    """O que as sondas publicaram entre as saídas de uma célula de teste (nbformat 4), como veio."""
    return [
        output["data"][MIME]
        for output in outputs
        if output.get("output_type") == "display_data" and MIME in output.get("data", {})
    ]


def read(outputs: list[dict]) -> dict[str, Any]:
    """Observações, por nome, das saídas de uma célula de teste."""
    return read_contents(published(outputs))


def read_contents(contents: list[Any]) -> dict[str, Any]:
    """Observações, por nome, do que as sondas de uma célula publicaram.

    Parameters
    ----------
    contents : list
        O que `published` devolve.

    Returns
    -------
    dict
        Valores decodificados, ou `Failure`. Um nome publicado duas vezes, um valor grande demais
        ou malformado vira `Failure("ObservacaoInvalida")`: quem forja não escolhe o que vale.
    """
    found: dict[str, Any] = {}
    for content in contents:
        if not isinstance(content, dict) or not isinstance(content.get("name"), str):
            continue
        name = content["name"]
        if name in found:
            found[name] = Failure("ObservacaoInvalida", "nome repetido")
        elif "error" in content:
            found[name] = Failure(str(content["error"])[:80], str(content.get("message", ""))[:500])
        else:
            try:
                if len(json.dumps(content.get("value"))) > MAX_BYTES + 1000:
                    raise ValueError("grande demais")
                found[name] = decode(content.get("value"))
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
                found[name] = Failure("ObservacaoInvalida", str(error))
    return found


def decode(value: Any, depth: int = 0) -> Any:
    """Desfaz `gradiente.observe.encode`; só produz tipos do Python e arrays numéricos do NumPy."""
    if depth > MAX_DEPTH:
        raise ValueError("aninhado demais")
    if isinstance(value, list):
        return [decode(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    if "__float__" in value:
        return float(str(value["__float__"])[:20])
    if "__dict__" in value:
        return {str(key): decode(item, depth + 1) for key, item in value["__dict__"].items()}
    dtype = np.dtype(str(value["dtype"]))
    if dtype.kind not in "biuf":
        raise ValueError("dtype não numérico")
    flat = [decode(item, depth + 1) for item in value["__array__"]]
    return np.array(flat, dtype=dtype).reshape([int(n) for n in value["shape"]])

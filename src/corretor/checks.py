"""O vocabulário de checks.py: o julgamento de cada lab, escrito em funções com critério e pontos."""

from __future__ import annotations

import importlib.util
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

_registry: list[Check] = []


@dataclass(frozen=True)
class Outcome:
    """Resultado de uma verificação: fração dos pontos (0 a 1) e mensagens para o estudante."""

    fraction: float
    messages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """Uma verificação registrada: o critério é a docstring da função."""

    todo: str
    points: float
    judge: Callable[..., Outcome]
    criterion: str
    needs: tuple[str, ...]
    optional: tuple[str, ...] = field(default=())
    after: tuple[str, ...] = field(default=())  # nomes das verificações que têm de estar certas antes

    @property
    def name(self) -> str:
        """O nome da função."""
        return self.judge.__name__


class Mismatch(Exception):
    """A resposta não tem a forma pedida; o texto é a mensagem que o estudante lê."""


def ok(*messages: str) -> Outcome:
    """Todos os pontos; as mensagens, se houver, são elogios ou avisos."""
    return Outcome(1.0, messages)


def fail(*messages: str) -> Outcome:
    """Nenhum ponto; cada mensagem diz o que olhar a seguir."""
    return Outcome(0.0, messages)


def partial(fraction: float, *messages: str) -> Outcome:
    """Parte dos pontos (0 a 1); cada mensagem diz o que falta."""
    return Outcome(float(fraction), messages)


def check(
    todo: str, points: float, needs: tuple[str, ...] = ()
) -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
    """Registra uma verificação de um ToDo.

    Parameters
    ----------
    todo : str
        Identificador do ToDo (`todo06`). Um ToDo pode ter várias verificações: somam-se os pontos.
    points : float
        Pontos da verificação.
    needs : tuple of str
        Verificações do mesmo ToDo, escritas antes desta, sem as quais ela não diz nada. Enquanto uma delas
        não estiver inteiramente certa, esta não é chamada, e o estudante lê de qual depende: um engano só
        não vira uma fila de mensagens.

    Notes
    -----
    Os parâmetros da função são os nomes das observações de que ela precisa. Se uma faltar ou tiver
    falhado, a função não é chamada e o estudante recebe a explicação; um parâmetro com valor padrão
    é opcional: nesses casos ele recebe o padrão.
    """

    def register(judge: Callable[..., Outcome]) -> Callable[..., Outcome]:
        name, criterion = judge.__name__, inspect.getdoc(judge)
        if not criterion:
            raise ValueError(f"{name}: a docstring é o critério que o estudante lê; escreva-a")
        earlier = {known.name for known in _registry if known.todo == todo}
        if isinstance(needs, str) or not set(needs) <= earlier:
            raise ValueError(f"{name}: needs traz nomes de verificações de {todo} escritas antes desta")
        parameters = inspect.signature(judge).parameters.values()
        required = tuple(p.name for p in parameters if p.default is p.empty)
        optional = tuple(p.name for p in parameters if p.default is not p.empty)
        _registry.append(Check(todo, float(points), judge, criterion, required, optional, tuple(needs)))
        return judge

    return register


def load_checks(path: Path) -> list[Check]:
    """Executa um checks.py e devolve as verificações que ele registra, na ordem do arquivo."""
    _registry.clear()
    spec = importlib.util.spec_from_file_location(f"checks_{abs(hash(path))}", path)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return list(_registry)


# --- ajudantes para ler observações sem confiar nelas -------------------------------------------


def number(value: Any, what: str) -> float:
    """Um número finito; `what` nomeia o valor na mensagem ("a acurácia")."""
    if isinstance(value, (np.ndarray, np.generic)) and value.size == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Mismatch(f"Esperava um número para {what}, mas veio outro tipo de valor.")
    if not math.isfinite(value):
        raise Mismatch(f"O valor de {what} é infinito ou NaN; confira divisões por zero e logaritmos.")
    return float(value)


def mapping(value: Any, what: str, *keys: str) -> dict:
    """Um dicionário que tem todas as chaves pedidas."""
    if not isinstance(value, dict):
        raise Mismatch(f"Esperava um dicionário para {what}.")
    missing = [key for key in keys if key not in value]
    if missing:
        raise Mismatch(f"Falta em {what}: {', '.join(missing)}.")
    return value


def array(value: Any, what: str, shape: tuple[int | None, ...] | None = None) -> np.ndarray:
    """Um array numérico (listas são aceitas) com o formato pedido; `None` aceita qualquer tamanho."""
    try:
        result = np.asarray(value)
    except ValueError:
        result = np.empty(0, dtype=object)
    if result.dtype.kind not in "biuf":
        raise Mismatch(f"Esperava um array de números para {what}.")
    if shape is not None:
        fits = result.ndim == len(shape) and all(
            want is None or want == got for want, got in zip(shape, result.shape, strict=True)
        )
        if not fits:
            wanted = "(" + ", ".join("n" if n is None else str(n) for n in shape) + ")"
            raise Mismatch(f"O formato de {what} é {result.shape}; o pedido é {wanted}.")
    return result


def near(got: Any, wanted: Any, rtol: float = 1e-5, atol: float = 1e-8) -> bool:
    """Mesmo formato e mesmos números, a menos da tolerância; NaN não é igual a nada.

    É o `allclose` do NumPy, no dobro da velocidade (um lab compara centenas de arrays pequenos), e que responde
    "não" ao que não é número.
    """
    try:
        got, wanted = np.asarray(got, dtype=float), np.asarray(wanted, dtype=float)
    except (TypeError, ValueError):
        return False
    if got.shape != wanted.shape:
        return False
    with np.errstate(invalid="ignore", over="ignore"):
        limit = atol + rtol * np.abs(wanted)
        close = (np.abs(got - wanted) <= limit) & (limit < np.inf)
    return bool((close | (got == wanted)).all())

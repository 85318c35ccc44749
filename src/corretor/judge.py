"""O julgamento: das observações de um ToDo, e das verificações do lab, saem pontos e mensagens."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .checks import Check, Mismatch, Outcome
from .observations import Failure, read_contents

# Estados em que uma célula avaliada pode terminar (arquitetura, seção 3).
CORRECT, PARTIAL, WRONG = "correct", "partial", "wrong"
NOT_RUN, TIMEOUT, CRASHED = "not_run", "timeout", "crashed"
REPAIRED_MISSING = "repaired_missing"
INFRA_ERROR = "infra_error"

STATE_NAMES = {
    CORRECT: "correto",
    PARTIAL: "parcial",
    WRONG: "a rever",
    NOT_RUN: "não executado",
    TIMEOUT: "tempo esgotado",
    CRASHED: "núcleo interrompido",
    REPAIRED_MISSING: "resposta ausente",
    INFRA_ERROR: "falha da correção",
}

# O próximo passo, pelo tipo de erro que a resposta levantou.
HINTS = {
    "NameError": "Confira se a célula define exatamente os nomes pedidos no enunciado e se ela executa até o fim.",
    "UnboundLocalError": "Uma variável da sua função é usada antes de receber valor.",
    "TypeError": "Confira os argumentos da função e o tipo do que ela devolve.",
    "AttributeError": "Algum objeto não tem o atributo usado; confira o que a função devolve.",
    "KeyError": "Uma chave de dicionário não existe; confira os nomes pedidos no enunciado.",
    "IndexError": "Um índice passa do fim; confira os formatos com .shape.",
    "ValueError": "Algum valor ou formato não é aceito; confira os formatos com .shape.",
    "NotImplementedError": "O ToDo ainda está como veio: escreva a solução no lugar de `raise NotImplementedError`.",
    "FileNotFoundError": "Um arquivo não foi encontrado; use os caminhos que a função recebe como argumento.",
    "ObservacaoInvalida": "O valor mostrado ao corretor é grande demais ou não tem a forma esperada.",
}


@dataclass(frozen=True)
class Item:
    """Uma verificação julgada: critério, pontos obtidos e possíveis, mensagens."""

    criterion: str
    points: float
    max_points: float
    messages: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """O veredito de um ToDo.

    Attributes
    ----------
    todo : str
        Identificador do ToDo.
    state : str
        Um dos estados deste módulo.
    items : tuple of Item
        Uma entrada por verificação.
    note : str
        Explicação que vale para o ToDo inteiro; vazia se não houver.
    """

    todo: str
    state: str
    items: tuple[Item, ...]
    note: str = ""

    @property
    def points(self) -> float:
        """Pontos obtidos."""
        return round(sum(item.points for item in self.items), 6)

    @property
    def max_points(self) -> float:
        """Pontos possíveis."""
        return sum(item.max_points for item in self.items)

    @property
    def messages(self) -> tuple[str, ...]:
        """Todas as mensagens, sem repetição, na ordem das verificações."""
        note = (self.note,) if self.note else ()
        return tuple(dict.fromkeys((*note, *(text for item in self.items for text in item.messages))))

    def to_json(self) -> dict:
        """Dicionário pronto para JSON."""
        return asdict(self) | {"points": self.points, "max_points": self.max_points}


def judge(
    todo: str,
    checks: Iterable[Check],
    observations: dict[str, Any],
    *,
    state: str | None = None,
    note: str = "",
) -> Verdict:
    """Julga um ToDo.

    Parameters
    ----------
    todo : str
        Identificador do ToDo.
    checks : iterable of Check
        As verificações deste ToDo.
    observations : dict
        Observações decodificadas, ou `Failure`, por nome.
    state : str, optional
        Estado imposto pela execução (`timeout`, `crashed`, `not_run`); vale se não houver pontos.
    note : str
        O que a execução tem a dizer ao estudante (por exemplo, o erro da própria célula dele).

    Returns
    -------
    Verdict
        Uma exceção inesperada numa verificação dá `infra_error`, que nunca é nota: vai para a correção
        à mão.
    """
    items, blocked, broken = [], [], False
    right: dict[str, bool | None] = {}  # por verificação; None se não chegou a acontecer
    criteria: dict[str, str] = {}
    for check in checks:
        messages: tuple[str, ...] = ()
        fraction, known = 0.0, True
        try:
            waiting = [name for name in check.after if not right[name]]
            obstacle = "" if waiting else _obstacle(check, observations)
            if waiting:
                known = None
                messages = tuple(_postponed(criteria[name]) for name in waiting if right[name] is False)
            elif obstacle:
                known = None
                blocked.append(obstacle)
            else:
                outcome = _run(check, observations)
                fraction, messages = _fraction(outcome), tuple(outcome.messages)
        except Exception:
            broken, known = True, None
            messages = ("Este item não pôde ser corrigido automaticamente; será corrigido à mão.",)
        right[check.name] = known and fraction == 1
        criteria[check.name] = check.criterion
        items.append(Item(check.criterion, round(fraction * check.points, 6), check.points, messages))
    if blocked and not note:  # o erro da própria célula, quando há, já explica o que faltou depois
        note = " ".join(dict.fromkeys(_explain(error) for error in blocked))
    if blocked and set(blocked) == {"NotImplementedError"}:
        state = state or NOT_RUN
    verdict = Verdict(todo, WRONG, tuple(items), note)
    if broken:
        final = INFRA_ERROR
    elif verdict.points >= verdict.max_points:
        final = CORRECT
    elif verdict.points > 0:
        final = PARTIAL
    else:
        final = state or WRONG
    return Verdict(todo, final, verdict.items, note if final != CORRECT else "")


def judge_all(
    observed: dict[str, list[Any]], imposed: dict[str, tuple[str | None, str]], checks: Iterable[Check]
) -> dict[str, Verdict]:
    """Os vereditos de uma entrega, por ToDo.

    Parameters
    ----------
    observed : dict
        O que as sondas de cada ToDo publicaram, como veio (`observations.published`).
    imposed : dict
        Estado e explicação que a execução impõe a cada ToDo; `(None, "")` se a nenhum.
    checks : iterable of Check
        As verificações do lab.
    """
    checks = list(checks)
    return {
        todo: judge(
            todo,
            [check for check in checks if check.todo == todo],
            read_contents(contents),
            state=imposed[todo][0],
            note=imposed[todo][1],
        )
        for todo, contents in observed.items()
    }


def _fraction(outcome: Outcome) -> float:
    """A fração dos pontos, entre 0 e 1."""
    if not math.isfinite(outcome.fraction):
        raise ValueError("a fração de uma verificação tem de ser finita")
    return min(1.0, max(0.0, float(outcome.fraction)))


def _obstacle(check: Check, observations: dict[str, Any]) -> str:
    """O erro que impede uma verificação de acontecer; vazio se as observações estão todas lá."""
    for name in check.needs:
        if name not in observations:
            return "ausente"
        if isinstance(observations[name], Failure):
            return observations[name].error
    return ""


def _postponed(criterion: str) -> str:
    """O que dizer ao estudante de uma verificação que espera por outra."""
    return f"Este item será conferido quando este outro estiver certo: “{criterion.rstrip('.')}”."


def _explain(error: str) -> str:
    """O que dizer ao estudante de um impedimento."""
    if error == "ausente":
        return "Sua resposta não chegou a ser avaliada: a execução parou antes."
    if error == "NotImplementedError":
        return HINTS[error]
    hint = HINTS.get(error, "Execute a sua função com um exemplo pequeno e leia a mensagem do erro.")
    return f"Ao usar a sua resposta aconteceu um {error}. {hint}"


def _run(check: Check, observations: dict[str, Any]) -> Outcome:
    """Chama a verificação; uma resposta de forma errada (`Mismatch`) vale zero, com a explicação."""
    present = {
        name: observations[name]
        for name in (*check.needs, *check.optional)
        if name in observations and not isinstance(observations[name], Failure)
    }
    try:
        outcome = check.judge(**present)
    except Mismatch as mismatch:
        return Outcome(0.0, (str(mismatch),))
    if not isinstance(outcome, Outcome):
        raise TypeError(f"{check.judge.__name__} deve devolver ok(), fail() ou partial()")
    return outcome

"""O que a turma diz das questões: dificuldade, discriminação, verificações suspeitas, tempos. Só contas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, mean, median

from .judge import INFRA_ERROR, NOT_RUN, REPAIRED_MISSING
from .marks import MANUAL, Question

FEW, SAFE = 10, 30  # entregas: com menos de FEW a discriminação não diz nada; com menos de SAFE, diz pouco
TRIED = 5  # tentativas a partir das quais uma verificação que ninguém ou todos passam é notícia

# Como se mostra cada questão de cada entrega.
OUTCOMES = {"correct": "tudo certo", "partial": "em parte", "wrong": "nenhum ponto", "empty": "sem resposta"}
WAITING = "manual"


@dataclass(frozen=True)
class Item:
    """Uma questão, vista pela turma.

    Attributes
    ----------
    graded : int
        Entregas com nota nesta questão.
    difficulty : float or None
        A parte média dos pontos que se obteve, de 0 (ninguém) a 1 (todos): quanto maior, mais fácil. `None`,
        como a discriminação, enquanto alguma entrega espera a correção à mão.
    discrimination : float or None
        Correlação entre os pontos desta questão e os das outras automáticas (a correlação item-total
        corrigida); `None` com poucas entregas, ou se todas têm a mesma nota.
    outcomes : dict of str to int
        Entregas por resultado (`OUTCOMES`, e `WAITING`).
    """

    todo: str
    title: str
    graded: int
    difficulty: float | None
    discrimination: float | None
    outcomes: dict[str, int]

    @property
    def remark(self) -> str:
        """O que olhar nesta questão; vazio se nada chama a atenção."""
        if self.graded < FEW:
            return ""
        if self.difficulty is not None and self.difficulty >= 0.97:
            return "quase todos acertam: não distingue ninguém"
        if self.difficulty is not None and self.difficulty <= 0.1:
            return "quase ninguém acerta: confira o enunciado e as verificações"
        if self.discrimination is None:
            return ""
        if self.discrimination < 0:
            return "quem vai bem nas outras vai pior aqui: confira a questão"
        return "distingue pouco" if self.discrimination < 0.2 else ""


@dataclass(frozen=True)
class CheckCount:
    """Uma verificação: quantas respostas tentaram e quantas passaram inteiras."""

    todo: str
    criterion: str
    passed: int
    tried: int


@dataclass(frozen=True)
class CellTime:
    """Uma célula: os segundos da entrega mediana e os da mais demorada, e de quem."""

    name: str
    median: float
    longest: float
    student: str


def items(submissions: Sequence[list[Question]]) -> list[Item]:
    """As questões de um lab, de todas as entregas corrigidas."""
    if not submissions:
        return []
    result = []
    for i, question in enumerate(submissions[0]):
        column = [one[i] for one in submissions]
        scored = [(q, one) for q, one in zip(column, submissions, strict=True) if q.points is not None]
        # À espera de correção, as notas que já há são quase só os zeros de quem não respondeu.
        whole = len(scored) == len(column)
        points = [q.points for q, _ in scored] if whole else []
        rest = [
            sum(q.auto or 0.0 for j, q in enumerate(one) if j != i and not q.manual) for one in submissions
        ]
        result.append(
            Item(
                question.todo,
                question.title,
                len(scored),
                mean(points) / question.max_points if points and question.max_points else None,
                _correlation(points, rest) if whole else None,
                dict(Counter(map(_outcome, column))),
            )
        )
    return result


def _correlation(points: Sequence[float], rest: Sequence[float]) -> float | None:
    if len(points) < FEW:
        return None
    try:
        return correlation(points, rest)
    except StatisticsError:  # todos com a mesma nota
        return None


def _outcome(question: Question) -> str:
    if question.points is None:
        return WAITING
    if question.points >= question.max_points:
        return "correct"
    if question.points > 0:
        return "partial"
    unanswered = question.state in (NOT_RUN, REPAIRED_MISSING) or (
        question.state == MANUAL and not question.graded_by_hand
    )
    return "empty" if unanswered else "wrong"


def checks(submissions: Iterable[list[Question]]) -> list[CheckCount]:
    """Quantos passaram em cada verificação, entre os que responderam à questão."""
    passed: Counter[tuple[str, str]] = Counter()
    tried: Counter[tuple[str, str]] = Counter()
    for one in submissions:
        for question in one:
            answered = question.state not in (NOT_RUN, REPAIRED_MISSING, INFRA_ERROR)
            for item in question.items:
                key = question.todo, item["criterion"]
                tried[key] += answered
                passed[key] += answered and item["points"] >= item["max_points"]
    return [CheckCount(*key, passed[key], count) for key, count in tried.items()]


def suspicious(counts: Iterable[CheckCount]) -> tuple[list[CheckCount], list[CheckCount]]:
    """As verificações em que ninguém passou e aquelas em que todos passaram."""
    enough = [one for one in counts if one.tried >= TRIED]
    return [one for one in enough if not one.passed], [one for one in enough if one.passed == one.tried]


def times(seconds: dict[str, dict[str, float]], shown: int = 12) -> list[CellTime]:
    """As células que mais demoram, das entregas cujo tempo se guardou (`seconds`: por estudante e célula)."""
    by_cell: dict[str, list[tuple[float, str]]] = {}
    for student, cells in seconds.items():
        for name, spent in cells.items():
            by_cell.setdefault(name, []).append((spent, student))
    found = [CellTime(name, median(s for s, _ in runs), *max(runs)) for name, runs in by_cell.items()]
    return sorted(found, key=lambda one: (-one.median, -one.longest, one.name))[:shown]


def histogram(values: Sequence[float], best: float, bins: int = 10) -> list[tuple[float, float, int]]:
    """As faixas iguais de 0 a `best`, com quantos valores em cada uma; o máximo fica na última."""
    counts = Counter(min(bins - 1, max(0, int(bins * value / best + 1e-9))) for value in values)
    return [(best * i / bins, best * (i + 1) / bins, counts[i]) for i in range(bins)]

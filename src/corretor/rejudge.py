"""Julga de novo uma turma, das observações guardadas e com o checks.py de agora, sem executar caderno nenhum."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Grade, Gradebook

from . import gradebook, lateness
from .checks import Check
from .course import TEST_SUFFIX, Lab, digest
from .errors import CorretorError
from .gradebook import auto_score, set_auto
from .grading import lab_checks
from .judge import Verdict, judge_all
from .preprocessors import verdict_outputs
from .records import read_verdicts
from .repair import read_submission

PARALLEL = 50  # entregas a partir das quais vale a pena dividir o trabalho

_judgement: _Judgement | None = None  # a dos processos que julgam


@dataclass(frozen=True)
class Change:
    """Um ToDo cuja nota automática mudou; `None` é "sem nota": espera a correção à mão.

    Attributes
    ----------
    by_hand : float or None
        A nota dada à mão, que prevalece e não muda.
    """

    todo: str
    before: float | None
    after: float | None
    by_hand: float | None


@dataclass(frozen=True)
class Rejudged:
    """O que aconteceu com uma entrega.

    Attributes
    ----------
    changes : tuple of Change
        Notas que mudaram.
    reworded : bool
        Se mudou algo que o estudante lê: pontos, estado ou mensagem de alguma verificação.
    problem : str
        Por que ela não pôde ser julgada de novo, e o que fazer; vazio se pôde.
    """

    student: str
    changes: tuple[Change, ...] = ()
    reworded: bool = False
    problem: str = ""


@dataclass
class _Case:
    """Uma entrega julgada de novo, e as trocas de arquivo que faltam para gravá-la (novo, atual)."""

    student: str
    auto: dict[str, float | None] = field(default_factory=dict)
    reworded: bool = False
    swaps: list[tuple[Path, Path]] = field(default_factory=list)
    problem: str = ""
    changes: list[Change] = field(default_factory=list)

    def compare(self, grades: dict[str, Grade]) -> None:
        """Anota as notas automáticas que não são as do livro."""
        self.changes = [
            Change(todo, grades[todo].auto_score, auto, grades[todo].manual_score)
            for todo, auto in self.auto.items()
            if grades[todo].auto_score != auto
        ]


def rejudge(lab: Lab, *, simulate: bool = False) -> list[Rejudged]:
    """Julga de novo todas as entregas de um lab.

    As notas da turma mudam numa transação só. As dadas à mão e os comentários ficam; uma questão que tinha nota
    à mão e cuja nota automática mudou volta à fila de revisão do formgrader.

    Parameters
    ----------
    lab : Lab
        O lab, com source/ em dia.
    simulate : bool
        Só diz o que mudaria.

    Returns
    -------
    list of Rejudged
        Um por entrega, na ordem.

    Raises
    ------
    CorretorError
        Se não houver entregas corrigidas, ou se checks.py não carregar ou não somar os pontos do lab.
    """
    checks = lab_checks(lab)
    students = lab.course.submissions(lab)
    if not students or not gradebook.exists(lab.course):
        raise CorretorError(
            f"Nenhuma entrega de {lab.name} foi corrigida. Execute: corretor autograde {lab.name}"
        )
    with contextlib.ExitStack() as stack:
        cases = _judge_all(_Judgement(lab, checks, lab.versions(), simulate), students)
        for case in cases:
            for partial, _ in case.swaps:
                stack.callback(partial.unlink, missing_ok=True)
        if any(case.swaps for case in cases):
            gradebook.generate(lab, register=True)  # os pontos do lab também podem ter mudado
        book = stack.enter_context(gradebook.gradebook(lab.course))
        found: dict[str, dict[str, Grade]] = {}
        for student, todo, grade in gradebook.grades(book, lab):
            found.setdefault(student, {})[todo] = grade
        for case in cases:
            if not case.problem and not case.auto.keys() <= found.get(case.student, {}).keys():
                case.problem = f"sem nota no livro de notas. Corrija: corretor autograde {lab.name}"
            elif not case.problem:
                case.compare(found[case.student])
        if not simulate:
            good = [case for case in cases if not case.problem]
            _mark(lab, book, good, found)
            book.db.commit()
            for case in good:  # só depois das notas; o registro, por último, é o que diz que está em dia
                for partial, path in case.swaps:
                    os.replace(partial, path)
    return [Rejudged(case.student, tuple(case.changes), case.reworded, case.problem) for case in cases]


# --- cada entrega -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Judgement:
    """O que vale para todas as entregas."""

    lab: Lab
    checks: list[Check]
    versions: dict[str, str]
    simulate: bool

    def case(self, student: str) -> _Case:
        """Uma entrega, com os arquivos novos já escritos ao lado dos atuais."""
        try:
            return self._case(student)
        except CorretorError as error:
            return _Case(student, problem=str(error))

    def _case(self, student: str) -> _Case:
        lab, remedy = self.lab, f"corretor autograde {self.lab.name}"
        record = read_verdicts(lab, student)
        if record is None:
            raise CorretorError(f"sem correção guardada. Corrija: {remedy}")
        if record["key"]["submission"] != digest(read_submission(lab, student)):
            raise CorretorError(f"a entrega mudou depois da correção. Corrija de novo: {remedy}")
        if record["key"]["probes"] != self.versions["probes"]:
            raise CorretorError(f"as sondas do lab mudaram depois da correção. Corrija de novo: {remedy}")
        verdicts = judge_all(record["observations"], record["imposed"], self.checks)
        # Só o julgamento se refez: se o texto do lab também mudou, a correção continua por pôr em dia.
        new = record | {
            "key": record["key"] | {"checks": self.versions["checks"]},
            "verdicts": json.loads(json.dumps([verdict.to_json() for verdict in verdicts.values()])),
        }
        auto = {todo: auto_score(verdict.state, verdict.points) for todo, verdict in verdicts.items()}
        case = _Case(student, auto, reworded=new["verdicts"] != record["verdicts"])
        if not self.simulate and case.reworded:
            case.swaps.append(_write(lab.autograded(student), _shown(lab, student, verdicts)))
        if not self.simulate and new != record:
            case.swaps.append(_write(lab.verdicts(student), new))
        return case


def _judge_all(judgement: _Judgement, students: list[str]) -> list[_Case]:
    """Todas as entregas, na ordem; uma turma grande se divide pelos processadores.

    Os processos são cópias deste, e por isso já têm as verificações; fora do Linux copiar um processo assim não é
    seguro.
    """
    if len(students) < PARALLEL or sys.platform != "linux":
        return [judgement.case(student) for student in students]
    global _judgement
    _judgement = judgement
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), mp_context=context) as pool:
        return list(pool.map(_case, students, chunksize=10))


def _case(student: str) -> _Case:
    return _judgement.case(student)


def _shown(lab: Lab, student: str, verdicts: dict[str, Verdict]) -> dict:
    """O caderno corrigido com os vereditos novos nas células de teste, que o formgrader mostra."""
    notebook = json.loads(lab.autograded(student).read_bytes())
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        todo = name.removesuffix(TEST_SUFFIX)
        if name.endswith(TEST_SUFFIX) and todo in verdicts:
            cell["outputs"] = verdict_outputs(verdicts[todo])
    return notebook


def _write(path: Path, content: dict) -> tuple[Path, Path]:
    partial = path.with_name(path.name + ".parcial")
    partial.unlink(missing_ok=True)
    partial.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return partial, path


# --- o livro de notas ---------------------------------------------------------------------------


def _mark(lab: Lab, book: Gradebook, cases: list[_Case], found: dict[str, dict[str, Grade]]) -> None:
    """Muda, sem gravar ainda, as notas e as multas por atraso, que dependem delas."""
    late = book.find_assignment(lab.name).duedate is not None
    rule = lateness.rule(lab)
    for case in cases:
        for change in case.changes:
            set_auto(found[case.student][change.todo], change.after)
        if late and case.changes:
            book.db.flush()  # a multa lê a soma das notas
            lateness.penalize(book.find_submission_notebook(lab.notebook, lab.name, case.student), rule)

"""Julga de novo uma turma, das observações guardadas e com o checks.py de agora, sem executar caderno nenhum."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Grade, Gradebook, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties

from . import gradebook
from .checks import Check
from .course import TEST_SUFFIX, Lab, digest
from .errors import CorretorError
from .gradebook import auto_score, set_auto
from .grading import lab_checks
from .judge import judge_all
from .preprocessors import verdict_outputs
from .records import read_verdicts
from .repair import read_submission


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
    """Uma entrega cujas observações ainda valem: o registro novo e as notas que ele diz."""

    student: str
    record: dict
    verdicts: dict[str, Any]
    auto: dict[str, float | None]
    differs: bool  # do registro de antes
    reworded: bool
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
    if not students or not (lab.course.root / "gradebook.db").exists():
        raise CorretorError(
            f"Nenhuma entrega de {lab.name} foi corrigida. Execute: corretor autograde {lab.name}"
        )
    versions = lab.versions()
    cases: dict[str, _Case] = {}
    problems: dict[str, str] = {}
    for student in students:
        try:
            cases[student] = _judge(lab, student, checks, versions)
        except CorretorError as error:
            problems[student] = str(error)
    if not simulate and any(case.differs for case in cases.values()):
        gradebook.generate(lab, register=True)  # os pontos do lab também podem ter mudado
    with gradebook.gradebook(lab.course) as book, contextlib.ExitStack() as stack:
        found: dict[str, dict[str, Grade]] = {}
        for student, todo, grade in gradebook.grades(book, lab):
            found.setdefault(student, {})[todo] = grade
        for student in [
            name for name, case in cases.items() if not case.auto.keys() <= found.get(name, {}).keys()
        ]:
            del cases[student]
            problems[student] = f"sem nota no livro de notas. Corrija: corretor autograde {lab.name}"
        for case in cases.values():
            case.compare(found[case.student])
        if not simulate:
            swaps = [_prepare(lab, case, stack) for case in cases.values() if case.differs]
            _mark(lab, book, cases, found)
            book.db.commit()
            for pairs in swaps:  # só depois das notas; o registro, por último, é o que diz que está em dia
                for partial, path in pairs:
                    os.replace(partial, path)
    return [
        Rejudged(student, problem=problems[student])
        if student in problems
        else Rejudged(student, tuple(cases[student].changes), cases[student].reworded)
        for student in students
    ]


def _judge(lab: Lab, student: str, checks: list[Check], versions: dict[str, str]) -> _Case:
    """Os vereditos de agora para uma entrega, se o que se observou dela ainda vale."""
    remedy = f"corretor autograde {lab.name}"
    record = read_verdicts(lab, student)
    if record is None:
        raise CorretorError(f"sem correção guardada. Corrija: {remedy}")
    if record["key"]["submission"] != digest(read_submission(lab, student)):
        raise CorretorError(f"a entrega mudou depois da correção. Corrija de novo: {remedy}")
    if record["key"]["probes"] != versions["probes"]:
        raise CorretorError(f"as sondas do lab mudaram depois da correção. Corrija de novo: {remedy}")
    verdicts = judge_all(record["observations"], record["imposed"], checks)
    # Só o julgamento se refez: se o texto do lab também mudou, a correção continua por pôr em dia.
    new = record | {
        "key": record["key"] | {"checks": versions["checks"]},
        "verdicts": json.loads(json.dumps([verdict.to_json() for verdict in verdicts.values()])),
    }
    auto = {todo: auto_score(verdict.state, verdict.points) for todo, verdict in verdicts.items()}
    return _Case(
        student, new, verdicts, auto, differs=new != record, reworded=new["verdicts"] != record["verdicts"]
    )


def _prepare(lab: Lab, case: _Case, stack: contextlib.ExitStack) -> list[tuple[Path, Path]]:
    """Escreve ao lado dos atuais o caderno e o registro novos; devolve as trocas que faltam."""
    pairs = []
    texts = [(lab.verdicts(case.student), json.dumps(case.record, ensure_ascii=False))]
    if case.reworded:
        path = lab.autograded(case.student)
        notebook = json.loads(path.read_bytes())
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            todo = name.removesuffix(TEST_SUFFIX)
            if name.endswith(TEST_SUFFIX) and todo in case.verdicts:
                cell["outputs"] = verdict_outputs(case.verdicts[todo])
        texts.insert(0, (path, json.dumps(notebook, ensure_ascii=False)))
    for path, text in texts:
        partial = path.with_name(path.name + ".parcial")
        stack.callback(partial.unlink, missing_ok=True)
        partial.write_text(text, encoding="utf-8")
        pairs.append((partial, path))
    return pairs


def _mark(lab: Lab, book: Gradebook, cases: dict[str, _Case], found: dict[str, dict[str, Grade]]) -> None:
    """Muda, sem gravar ainda, as notas e as multas por atraso, que dependem delas."""
    late = book.find_assignment(lab.name).duedate is not None
    rule = AssignLatePenalties(config=gradebook.load_config(lab.course))
    rule.init_plugin()
    for case in cases.values():
        for change in case.changes:
            set_auto(found[case.student][change.todo], change.after)
        book.db.flush()
        if late and case.changes:
            _penalize(book.find_submission_notebook(lab.notebook, lab.name, case.student), rule)


def _penalize(notebook: SubmittedNotebook, rule: AssignLatePenalties) -> None:
    """A multa por atraso de um caderno, pela regra do nbgrader."""
    submission, notebook.late_submission_penalty = notebook.assignment, None
    if submission.total_seconds_late > 0:
        penalty = rule.plugin_inst.late_submission_penalty(
            submission.student_id, notebook.score, submission.total_seconds_late
        )
        if penalty is not None:
            notebook.late_submission_penalty = rule._check_late_penalty(notebook, penalty)

"""O relatório do professor: uma página sem rede com as notas, as questões, o que falta e o que estranhar."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from pathlib import Path
from statistics import mean, median

from . import analysis, charts, gradebook, lateness
from .course import TEST_SUFFIX, Lab, digest
from .errors import CorretorError
from .gradebook import Score
from .judge import INFRA_ERROR, REPAIRED_MISSING
from .marks import Question, joined
from .pages import number, short, write_page
from .records import read_verdicts
from .repair import read_submission

MESSAGES = 15  # as mais frequentes

_OUTCOMES = analysis.OUTCOMES | {analysis.WAITING: "à mão, pendente"}


def write_report(lab: Lab) -> Path:
    """Escreve relatorio/<lab>.html com todas as entregas do lab.

    Returns
    -------
    Path
        O arquivo HTML, autossuficiente; liga-se às devolutivas que já existirem.

    Raises
    ------
    CorretorError
        Se não houver entregas.
    """
    students = lab.course.submissions(lab)
    if not students:
        raise CorretorError(f"Não há entregas de {lab.name} em submitted/: nada a relatar.")
    path = lab.course.root / "relatorio" / f"{lab.name}.html"
    scores, lost = gradebook.class_scores(lab), lateness.penalties(lab)
    graded: dict[str, list[Question]] = {}
    seconds: dict[str, dict[str, float]] = {}
    repairs: dict[str, list[str]] = defaultdict(list)
    human: dict[str, list[str]] = defaultdict(list)
    messages: Counter[tuple[str, str]] = Counter()
    rows, isolated = [], True
    for student in students:
        record = read_verdicts(lab, student)
        problem = _problem(lab, student, record)
        if problem:
            human[problem].append(student)
        if record is None:
            rows.append(_ungraded(lab, student, problem))
            continue
        own = scores.get(student, {})
        found = graded[student] = joined(lab, record, own)
        isolated = isolated and record["isolated"]
        seconds[student] = record.get("seconds", {})  # correções antigas não os guardavam
        for repair in record.get("repairs", []):
            repairs[repair["instructor"]].append(student)
        messages.update((q.todo, text) for q in found if q.points != q.max_points for text in q.messages)
        for question in found:
            if why := _why_human(question, own.get(question.todo)):
                human[f"{question.title}: {why}"].append(student)
        rows.append(_row(lab, student, found, lost.get(student, 0.0), path, problem))
    submissions = list(graded.values())
    items = analysis.items(submissions)
    nobody, everybody = analysis.suspicious(analysis.checks(submissions))
    best = sum(worth for worth, manual in lab.points.values() if not manual)
    totals = [sum(q.auto or 0.0 for q in one if not q.manual) for one in submissions]
    bins = analysis.histogram(totals, best) if totals and best else []
    write_page(
        "report.html.j2",
        path,
        title=lab.settings.get("title", lab.name),
        lab=lab.name,
        rows=rows,
        todos=list(lab.points),
        titles=lab.titles,
        max_points={todo: worth for todo, (worth, _) in lab.points.items()},
        max_total=sum(worth for worth, _ in lab.points.values()),
        auto_max=best,
        graded=len(graded),
        summary=_summary(totals),
        all_isolated=isolated,
        bins=bins,
        distribution=charts.histogram(bins, f"nota automática, de 0 a {number(best)}") if bins else "",
        items=items,
        outcomes=charts.outcomes([(short(item.todo), item.outcomes) for item in items], _OUTCOMES),
        names=_OUTCOMES,
        few=analysis.FEW,
        safe=analysis.SAFE,
        tried=analysis.TRIED,
        nobody=nobody,
        everybody=everybody,
        messages=[{"todo": t, "text": text, "count": n} for (t, text), n in messages.most_common(MESSAGES)],
        times=[(_cell_name(one.name), one) for one in analysis.times(seconds)],
        repairs=_by_size(repairs),
        human=_by_size(human),
        states=dict(
            sorted({cell["state"]: cell["state_name"] for row in rows for cell in row["cells"]}.items())
        ),
    )
    return path


# --- cada entrega -------------------------------------------------------------------------------


def _row(lab: Lab, student: str, found: list[Question], lost: float, path: Path, problem: str) -> dict:
    """A linha de uma entrega corrigida na tabela de notas."""
    waiting = [q for q in found if q.points is None]
    notes = [problem] if problem else []
    notes += [f"corrigir à mão: {len(waiting)}"] if waiting else []
    notes += [f"multa por atraso: {number(lost)}"] if lost else []
    feedback = lab.feedback(student)
    return {
        "student": student,
        "cells": [{"points": q.points, "state": q.state, "state_name": q.state_name} for q in found],
        "total": max(0.0, sum(q.points or 0.0 for q in found) - lost),
        "link": os.path.relpath(feedback, path.parent) if feedback.exists() else "",
        "status": "; ".join(notes) or "completa",
    }


def _ungraded(lab: Lab, student: str, problem: str) -> dict:
    """A linha de uma entrega sem correção."""
    cells = [{"points": None, "state": "not_run", "state_name": "sem correção"} for _ in lab.points]
    return {"student": student, "cells": cells, "total": None, "link": "", "status": problem}


def _problem(lab: Lab, student: str, record: dict | None) -> str:
    """Por que uma entrega não tem uma correção que valha; vazio se tem."""
    try:
        submitted = read_submission(lab, student)
    except CorretorError as error:
        return str(error)
    if record is None:
        return f"falta corrigir: corretor autograde {lab.name}"
    if record["key"]["submission"] != digest(submitted):
        return f"a entrega mudou depois da correção: corretor autograde {lab.name}"
    return ""


def _why_human(question: Question, score: Score | None) -> str:
    """Por que uma questão precisa de alguém; vazio se não precisa."""
    if question.graded_by_hand:
        return (
            "a nota automática mudou depois da nota à mão; confira no formgrader"
            if score and score.pending
            else ""
        )
    if question.state == INFRA_ERROR:
        return "a verificação falhou; corrija checks.py e execute corretor rejudge, ou dê a nota à mão"
    if question.state == REPAIRED_MISSING:
        return "a célula de resposta não veio; confirme com o estudante"
    return "espera a correção à mão" if question.points is None else ""


# --- a turma ------------------------------------------------------------------------------------


def _summary(totals: list[float]) -> dict[str, float]:
    """Média, mediana e extremos das notas automáticas; vazio se não há nenhuma."""
    if not totals:
        return {}
    return {
        "média": mean(totals),
        "mediana": median(totals),
        "menor": min(totals),
        "maior": max(totals),
    }


def _by_size(groups: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    """O que se diz e de quem, do mais frequente ao menos."""
    return sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))


def _cell_name(name: str) -> str:
    """O nome de uma célula para pessoas: `todo05-teste` → "ToDo 5, teste"."""
    todo = name.removesuffix(TEST_SUFFIX)
    if not todo.startswith("todo"):
        return name
    return short(todo) + (", teste" if name.endswith(TEST_SUFFIX) else ", resposta")

"""O relatório do professor: notas por questão, pendências e o que as mensagens mais disseram."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from statistics import mean

from .course import Lab
from .errors import CorretorError
from .grading import read_submission, read_verdicts
from .marks import questions
from .pages import write_page


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
    rows, totals, isolated = [], [], []
    counts: Counter[tuple[str, str]] = Counter()
    for student in students:
        found = questions(lab, student)
        row = {"student": student, "cells": [], "total": None, "link": "", "status": ""}
        if found:
            isolated.append(read_verdicts(lab, student)["isolated"])
            counts.update((q.todo, text) for q in found for text in q.messages if q.points != q.max_points)
            row["cells"] = [{"points": q.points, "state": q.state, "state_name": q.state_name} for q in found]
            row["total"] = sum(q.points or 0 for q in found)
            totals.append(sum(q.auto or 0 for q in found if not q.manual))
            waiting = [q for q in found if q.points is None]
            row["status"] = f"corrigir à mão: {len(waiting)}" if waiting else "completa"
            if lab.feedback(student).exists():
                row["link"] = os.path.relpath(lab.feedback(student), path.parent)
        else:
            row["cells"] = [
                {"points": None, "state": "not_run", "state_name": "sem correção"} for _ in lab.points
            ]
            row["status"] = _why_not(lab, student)
        rows.append(row)
    automatic = [worth for worth, manual in lab.points.values() if not manual]
    write_page(
        "report.html.j2",
        path,
        title=lab.settings.get("title", lab.name),
        rows=rows,
        todos=list(lab.points),
        titles=lab.titles,
        max_points={todo: worth for todo, (worth, _) in lab.points.items()},
        max_total=sum(worth for worth, _ in lab.points.values()),
        auto_max=sum(automatic),
        mean=mean(totals) if totals else None,
        all_isolated=all(isolated),
        messages=[{"todo": t, "text": text, "count": n} for (t, text), n in counts.most_common(15)],
    )
    return path


def _why_not(lab: Lab, student: str) -> str:
    """Por que uma entrega não tem correção."""
    try:
        read_submission(lab, student)
    except CorretorError as error:
        return str(error)
    return f"falta corrigir: corretor autograde {lab.name}"

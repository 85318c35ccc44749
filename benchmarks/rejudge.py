"""Mede quanto leva julgar de novo 500 entregas guardadas, quando checks.py muda depois do prazo.

Executar: python benchmarks/rejudge.py [LAB] [ENTREGAS]

Corrige de verdade algumas respostas do banco de um lab (lab1, se omitido), repete-as até formar a turma e, com
uma verificação mudada, mede `corretor.rejudge.rejudge` inteiro: ler, julgar, gravar notas, cadernos e registros.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from corretor import gradebook
from corretor.answers import read_answers, submission
from corretor.build import build_lab, write_notebook
from corretor.course import Course, Lab
from corretor.grading import autograde
from corretor.records import RUN_KEY, read_verdicts
from corretor.rejudge import rejudge

ROOT = Path(__file__).resolve().parents[1]
BUDGET = 10.0  # segundos, para 500 entregas


def multiply(lab: Lab, models: list[str], students: list[str]) -> None:
    """Faz de `students` uma turma corrigida: cada um com a entrega, o caderno, o registro e as notas de um modelo."""
    marks = {model: gradebook.auto_scores(lab)[model] for model in models}
    with gradebook.gradebook(lab.course) as book:
        for i, student in enumerate(students):
            model = models[i % len(models)]
            for path in (lab.submitted, lab.autograded):
                path(student).parent.mkdir(parents=True)
                shutil.copyfile(path(model), path(student))
            record = read_verdicts(lab, model) | {"student": student, "run": f"copia-{i}"}
            notebook = json.loads(lab.autograded(student).read_text(encoding="utf-8"))
            notebook["metadata"][RUN_KEY] = record["run"]
            lab.autograded(student).write_text(
                json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8"
            )
            lab.verdicts(student).write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
            book.update_or_create_student(student)
            created = book.update_or_create_submission(lab.name, student)
            for grade in created.notebooks[0].grades:
                gradebook.set_auto(grade, marks[model][grade.name.removesuffix("-teste")])
        book.db.commit()


def change_checks(lab: Lab) -> None:
    """Muda o julgamento: a primeira verificação passa a dar a todos metade dos pontos e uma mensagem nova."""
    path = lab.content / "checks.py"
    path.write_text(
        path.read_text(encoding="utf-8")
        + """

from dataclasses import replace as _replace
from corretor import checks as _module

_first = _module._registry[0]
_module._registry[0] = _replace(_first, judge=lambda *_, **__: partial(0.5, "Julgado de novo."))
""",
        encoding="utf-8",
    )


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "lab1"
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "curso"
        shutil.copytree(
            ROOT / "tests" / "curso_minimo" if name == "lab0" else ROOT / "content",
            root if name == "lab0" else root / "content",
        )
        shutil.copy(ROOT / "nbgrader_config.py", root)
        lab = Course.find(root).lab(name)
        build_lab(lab)
        answers = read_answers(lab)[:4]
        models = [f"modelo-{i}" for i in range(len(answers))]
        for model, answer in zip(models, answers, strict=True):
            write_notebook(submission(lab, answer), lab.submitted(model))
        failed = [result.error for result in autograde(lab) if result.error]
        if failed:
            sys.exit("\n".join(failed))
        multiply(lab, models, [f"estudante-{i:03d}" for i in range(size - len(models))])
        stored = sum(lab.verdicts(student).stat().st_size for student in lab.course.submissions(lab))
        print(f"{lab.name}: {size} entregas, {stored / 1e6:.1f} MB de registros".replace(".", ","))
        for title in ("nada mudou", "todas mudam", "mudaram há pouco"):
            if title == "todas mudam":
                change_checks(lab)
            begun = time.perf_counter()
            done = rejudge(lab)
            spent = time.perf_counter() - begun
            changed = sum(entry.reworded for entry in done)
            assert not [entry for entry in done if entry.problem], done
            print(f"| {title} | {changed} entregas mudadas | {spent:.2f} s |".replace(".", ","))
            assert spent < BUDGET * max(1, size / 500), f"passou de {BUDGET} s"


if __name__ == "__main__":
    main()

"""Mata a correção com `kill -9` em 20 momentos ao acaso e confere que as notas são as de uma correção sossegada.

Executar: python benchmarks/interruption.py [MORTES] [ENTREGAS] [SEMENTE]

A turma do lab mínimo é corrigida, e depois entrega tudo de novo, com outras respostas. A correção das novas é
morta e recomeçada tantas vezes quantas se pedir; depois de cada morte, nenhuma entrega pode ter uma mistura de
notas, e a que se diz em dia tem de ter as notas certas.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from corretor import gradebook
from corretor.answers import Answer, submission
from corretor.build import build_lab, write_notebook
from corretor.course import Course, Lab
from corretor.grading import autograde
from corretor.records import read_verdicts

ROOT = Path(__file__).resolve().parents[1]

SUM = "def media(valores):\n    return sum(valores)"
WRONG = "contagem = 4"
# Respostas a todo01 e todo03, e as notas que merecem; em cada par, as duas mudam.
KINDS = [
    ({}, {"todo01": 10.0, "todo02": None, "todo03": 4.0}),
    ({"todo01": SUM, "todo03": WRONG}, {"todo01": 2.0, "todo02": None, "todo03": 0.0}),
    ({"todo01": SUM}, {"todo01": 2.0, "todo02": None, "todo03": 4.0}),
    ({"todo03": WRONG}, {"todo01": 10.0, "todo02": None, "todo03": 0.0}),
]
NONE = {"todo01": None, "todo02": None, "todo03": None}


def hand_in(lab: Lab, students: list[str], turn: int) -> dict[str, dict[str, float | None]]:
    """A turma entrega; devolve as notas que cada um merece. Da volta 0 para a 1 mudam as duas notas de todos."""
    expected = {}
    for i, student in enumerate(students):
        cells, marks = KINDS[(i % 4) ^ turn]
        write_notebook(
            submission(lab, Answer(student, "", "referencia", cells, {}, {})), lab.submitted(student)
        )
        expected[student] = marks
    return expected


def disturb(
    lab: Lab, old: dict, new: dict, kills: int, seed: int, seconds: float, say=lambda text: None
) -> None:
    """Corrige o lab, matando a correção `kills` vezes antes de a deixar acabar.

    Parameters
    ----------
    old, new : dict
        As notas de antes e as que as entregas de agora merecem, por estudante.
    seconds : float
        Quanto dura a correção sossegada: as mortes se espalham por ela.
    """
    chance = random.Random(seed)
    command = [sys.executable, "-m", "corretor.cli", "autograde", lab.name]
    for kill in range(kills):
        grader = subprocess.Popen(
            command, cwd=lab.course.root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        wait = chance.uniform(0, 2 * seconds / kills)
        if chance.random() < 0.8:  # quase sempre já a corrigir; às vezes, ainda a preparar-se
            grader.stdout.readline()
        time.sleep(wait)
        grader.send_signal(signal.SIGKILL)
        grader.wait()
        say(f"morte {kill + 1}: {check(lab, old, new)} entregas em dia")
    subprocess.run(command, cwd=lab.course.root, check=True, stdout=subprocess.DEVNULL)
    assert check(lab, old, new) == len(new), "a última volta não acabou"
    assert gradebook.auto_scores(lab) == new


def check(lab: Lab, old: dict, new: dict) -> int:
    """Confere que ninguém tem uma mistura de notas; devolve quantas entregas estão em dia."""
    current = 0
    for student, marks in gradebook.auto_scores(lab).items():
        assert marks in (old[student], new[student], NONE), f"{student}: mistura de notas {marks}"
        record = read_verdicts(lab, student)
        if record and record["key"] == lab.key(lab.submitted(student).read_bytes()):
            written = {verdict["todo"]: verdict["points"] for verdict in record["verdicts"]}
            assert marks == new[student] == written | {"todo02": None}, f"{student}: em dia, mas {marks}"
            current += 1
    return current


def main() -> None:
    given = [int(value) for value in sys.argv[1:]]
    kills, size, seed = given + [20, 30, 7][len(given) :]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "curso"
        shutil.copytree(ROOT / "tests" / "curso_minimo", root)
        shutil.copy(ROOT / "nbgrader_config.py", root)
        lab = Course.find(root).lab("lab0")
        build_lab(lab)
        students = [f"estudante-{i:03d}" for i in range(size)]
        old = hand_in(lab, students, 0)
        begun = time.monotonic()
        autograde(lab)
        seconds = time.monotonic() - begun
        assert gradebook.auto_scores(lab) == old
        print(f"sossegada: {size} entregas em {seconds:.0f} s")
        new = hand_in(lab, students, 1)
        disturb(lab, old, new, kills, seed, seconds, print)
        print(f"{kills} mortes; as notas das {size} entregas são as de uma correção sossegada")


if __name__ == "__main__":
    main()

"""Mede a correção: ao lado do `nbgrader autograde` comum, e em turmas cada vez maiores.

Uso: python benchmarks/grading.py comparar [--lab LAB] [--entregas 24] [--trabalhadores 2]
     python benchmarks/grading.py crescer [--turmas 10 100 1000]

`comparar` corrige a mesma turma, feita do banco de respostas, dos dois jeitos: uma rodada de cada, alternadas. Sai
com 1 se a razão ficar abaixo da prometida. `crescer` usa um lab leve, sem TensorFlow, e mostra se o
custo por entrega e a memória de quem coordena crescem com a turma.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat

from corretor import gradebook, grading, tasks
from corretor.answers import read_answers, submission
from corretor.build import build_lab, write_notebook
from corretor.cluster import cores
from corretor.course import Course, Lab
from corretor.gradebook import auto_scores
from corretor.watchdog import descendants, measure

ROOT = Path(__file__).resolve().parents[1]
MEASURED, LIGHT = "lab9-medido", "lab0-minimo"
PROMISED = {MEASURED: 4.0}
OTHERS_PROMISED = 2.0

# O nbgrader como vem: só o que a máquina precisa para executar estes cadernos.
STOCK = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.ExecutePreprocessor.timeout = 300
c.ExecutePreprocessor.startup_timeout = 180
"""


def class_of(name: str, size: int, folder: Path) -> Lab:
    """Um curso em `folder` com o lab e `size` entregas, tiradas do banco em rodízio."""
    where = {MEASURED: ROOT / "benchmarks/curso_medido", LIGHT: ROOT / "tests/curso_minimo"}.get(name, ROOT)
    shutil.copytree(where / "content" / "labs" / name, folder / "content" / "labs" / name)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    lab = Course(folder, folder / "content").lab(name)
    build_lab(lab)
    answers = [answer for answer in read_answers(lab) if answer.name != "celula-quebrada"]
    for i in range(size):
        write_notebook(submission(lab, answers[i % len(answers)]), lab.submitted(f"estudante-{i:04d}"))
    return lab


class Memory(threading.Thread):
    """A maior memória que este processo e os seus descendentes ocuparam, em MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self._stop_now = 0.0, threading.Event()

    def run(self) -> None:
        while not self._stop_now.wait(0.5):
            self.peak = max(self.peak, measure(list(descendants(os.getpid()))).memory / 2**20)

    def finish(self) -> float:
        self._stop_now.set()
        self.join()
        return self.peak


def ours(lab: Lab, workers: int) -> dict[str, float]:
    """Corrige a turma por aqui; segundos, memória, e o que cada etapa levou.

    O lab é registrado no livro de notas antes, como no nbgrader comum.
    """
    gradebook.generate(lab, register=True)
    spent = {"preparar": 0.0, "executar": 0.0, "células": 0.0}
    prepare, slowest = tasks.prepare, tasks.Done.slowest

    def timed_prepare(*args):
        begun = time.monotonic()
        task = prepare(*args)
        spent["preparar"] += time.monotonic() - begun
        return task

    def counted(done, nb):
        spent["executar"] += done.seconds
        spent["células"] += sum(done.cells.values())
        return slowest(done, nb)

    tasks.prepare, tasks.Done.slowest = timed_prepare, counted
    memory, begun = Memory(), time.monotonic()
    memory.start()
    results = grading.autograde(lab, workers=workers)
    spent["total"] = time.monotonic() - begun
    spent["memória"] = memory.finish()
    tasks.prepare, tasks.Done.slowest = prepare, slowest
    assert all(result.status == grading.GRADED for result in results), [r.error for r in results if r.error][
        :3
    ]
    return spent


def stock(lab: Lab, folder: Path) -> tuple[float, float]:
    """Corrige a mesma turma com o nbgrader comum, em outro curso; segundos e memória."""
    shutil.copytree(lab.course.root / "source", folder / "source")
    shutil.copytree(lab.course.root / "submitted", folder / "submitted")
    for path in folder.glob("*/**/*.ipynb"):
        nb = nbformat.read(path, as_version=4)
        nb.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(nb, path)
    (folder / "nbgrader_config.py").write_text(STOCK.format(root=str(folder)))
    env = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GRADIENTE_OFFLINE": "1",
    }
    env |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "MPLBACKEND": "agg"}
    if epochs := lab.settings.get("grading", {}).get("max_epochs"):
        env["GRADIENTE_MAX_EPOCHS"] = str(epochs)
    quiet = {
        "cwd": folder,
        "env": env,
        "check": True,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    command = [str(Path(sys.executable).parent / "nbgrader")]
    subprocess.run([*command, "generate_assignment", lab.name, "--create"], **quiet)
    memory, begun = Memory(), time.monotonic()
    memory.start()
    subprocess.run([*command, "autograde", lab.name, "--create"], **quiet)
    return time.monotonic() - begun, memory.finish()


def compare(name: str, size: int, workers: int) -> float:
    """Imprime a comparação e devolve a razão entre os dois tempos."""
    with tempfile.TemporaryDirectory(prefix="medida-") as root:
        lab = class_of(name, size, _made(Path(root, "nosso")))
        seconds, memory = stock(lab, _made(Path(root, "comum")))
        spent = ours(lab, workers)
        marks = auto_scores(lab)
    bound = spent["células"] / workers
    print(f"{name}: {size} entregas, {workers} de cada vez, {cores()} núcleos")
    print(f"{'':26}{'nbgrader comum':>16}{'corretor':>12}")
    print(f"{'segundos':26}{seconds:16.1f}{spent['total']:12.1f}")
    print(f"{'entregas por minuto':26}{60 * size / seconds:16.1f}{60 * size / spent['total']:12.1f}")
    print(f"{'memória máxima (MB)':26}{memory:16.0f}{spent['memória']:12.0f}")
    print(f"razão: {seconds / spent['total']:.2f}")
    print(
        f"células, ÷ os de cada vez: {bound:.1f} s; o corretor levou {spent['total'] / bound:.2f} vezes isso"
    )
    print(
        f"por entrega: preparar {spent['preparar'] / size:.3f} s, executar {spent['executar'] / size:.2f} s",
        end=", ",
    )
    print(f"das quais {spent['células'] / size:.2f} s nas células; notas gravadas: {len(marks)}")
    return seconds / spent["total"]


def grow(sizes: list[int], workers: int) -> None:
    """Imprime, por tamanho de turma, o custo de cada entrega e a memória de quem coordena."""
    print(f"{'turma':>8}{'segundos':>12}{'s por entrega':>16}{'memória de quem coordena (MB)':>34}")
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="medida-") as root:
            lab = class_of(LIGHT, size, _made(Path(root, "nosso")))
            spent = ours(lab, workers)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{size:8d}{spent['total']:12.1f}{spent['total'] / size:16.3f}{peak:34.0f}", flush=True)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("modo", choices=["comparar", "crescer"])
    parser.add_argument("--lab", default=MEASURED)
    parser.add_argument("--entregas", type=int, default=24)
    parser.add_argument("--trabalhadores", type=int, default=cores())
    parser.add_argument("--turmas", type=int, nargs="+", default=[10, 100, 1000])
    options = parser.parse_args()
    if options.modo == "crescer":
        grow(options.turmas, options.trabalhadores)
        sys.exit()
    ratio = compare(options.lab, options.entregas, options.trabalhadores)
    sys.exit(ratio < PROMISED.get(options.lab, OTHERS_PROMISED))

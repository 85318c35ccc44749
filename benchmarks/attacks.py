"""Passa os mesmos ataques pelo nbgrader comum e pelo corretor, e escreve a tabela em docs/ataques.md e no README.

Uso: python benchmarks/attacks.py

Cada ataque é corrigido num curso só seu, com uma entrega honesta ao lado. O nbgrader comum executa tudo dentro de um
isolamento (sem rede, com o resto da máquina em leitura): ele mesmo não tem nenhum.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "attacks"))

from corpus import ATTACKS, SURVIVOR, Attack, found_something, printed  # noqa: E402

from corretor.answers import read_answers, submission  # noqa: E402
from corretor.build import build_lab, write_notebook  # noqa: E402
from corretor.course import Course, Lab  # noqa: E402
from corretor.grading import autograde  # noqa: E402

ATTACKER, NEIGHBOUR = "estudante-666", "estudante-999"
SECRET = {"SENHA_DO_BANCO": "SEGREDO-DO-AMBIENTE"}
STOCK = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.ExecutePreprocessor.timeout = 20
"""
TIMEOUT = 180
BEGIN, END = "<!-- ataques: começo -->", "<!-- ataques: fim -->"


def course(folder: Path) -> Lab:
    """Um curso novo, com o lab mínimo."""
    shutil.copytree(ROOT / "tests" / "curso_minimo", folder)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    lab = Course(folder, folder / "content").lab("lab0")
    build_lab(lab)
    return lab


def ours(lab: Lab) -> None:
    """Corrige pelo corretor."""
    os.environ.update(SECRET)
    autograde(lab, force=True)


def stock(lab: Lab) -> None:
    """Corrige pelo nbgrader comum, com o curso inteiro dentro de um isolamento."""
    root = lab.course.root
    (root / "nbgrader_config.py").write_text(STOCK.format(root=str(root)))
    binaries = Path(sys.executable).parent
    env = os.environ | SECRET | {"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(root)}
    cage = [
        "bwrap",
        "--ro-bind",
        "/",
        "/",
        "--dev",
        "/dev",
        "--proc",
        "/proc",
        "--unshare-pid",
        "--unshare-net",
    ]
    cage += ["--tmpfs", "/tmp", "--bind", str(root), str(root)]
    for path in (sys.prefix, sys.base_prefix, str(ROOT)):
        cage += ["--ro-bind", path, path]
    nbgrader = [*cage, "--bind", str(root), str(root), "--chdir", str(root), "--", str(binaries / "nbgrader")]
    quiet = {"env": env, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "timeout": TIMEOUT}
    if not (root / "gradebook.db").exists():
        subprocess.run(
            [*nbgrader, "generate_assignment", lab.name, "--create", "--force"], check=True, **quiet
        )
    # `--force` só na segunda correção: é como um professor corrige de novo.
    again = ["--force"] if (root / "autograded").exists() else []
    subprocess.run([*nbgrader, "autograde", lab.name, "--create", *again], check=False, **quiet)


def marks(lab: Lab, student: str) -> float:
    """A soma das notas que valem para um estudante nos ToDos automáticos."""
    with Gradebook(f"sqlite:///{lab.course.root / 'gradebook.db'}") as book:
        try:
            grades = book.find_submission_notebook(lab.notebook, lab.name, student).grades
        except MissingEntry:
            return 0.0
        values = [(grade.name, grade.manual_score, grade.auto_score) for grade in grades]
    return sum(
        (manual if manual is not None else auto or 0) for name, manual, auto in values if name != "todo02"
    )


def run(attack: Attack, grade) -> str:
    """O que um ataque conseguiu, numa frase; vazia se nada."""
    with tempfile.TemporaryDirectory(prefix="ataque-", dir=Path.home()) as root:
        lab = course(Path(root, "curso"))
        bank = {answer.name: answer for answer in read_answers(lab)}
        write_notebook(submission(lab, bank["referencia"]), lab.submitted(NEIGHBOUR))
        if attack.after:
            write_notebook(submission(lab, bank[attack.after]), lab.submitted(ATTACKER))
            grade(lab)
        attack.hand_in(lab, ATTACKER)
        gained = []
        try:
            grade(lab)
        except subprocess.TimeoutExpired:
            gained.append("a correção não terminou")
        value, neighbour = marks(lab, ATTACKER), marks(lab, NEIGHBOUR)
        path = lab.autograded(ATTACKER)
        if value:
            gained.append(f"{value:g} pontos".replace(".", ","))
        if path.exists() and found_something(printed(path)):
            gained.append("achou o que procurava")
        if not path.exists():
            gained.append("entrega sem correção")
        if neighbour != 14:
            gained.append(f"a vizinha ficou com {neighbour:g}".replace(".", ","))
        if _alive():
            gained.append("um processo sobreviveu")
        return "; ".join(gained)


def _alive() -> bool:
    time.sleep(0.5)
    return subprocess.run(["pkill", "-f", f"sleep {SURVIVOR}"], check=False).returncode == 0


def main() -> int:
    rows, worst = [], 0
    for name, attack in ATTACKS.items():
        theirs, mine = run(attack, stock), run(attack, ours)
        worst += bool(mine)
        rows.append(f"| {name} | {theirs or 'nada'} | {mine or 'nada'} |")
        print(rows[-1], flush=True)
    table = "\n".join(["| ataque | no nbgrader comum conseguiu | aqui conseguiu |", "|---|---|---|", *rows])
    beaten = sum("| nada |" not in row.rsplit("|", 2)[0] + "|" for row in rows)
    head = f"De {len(rows)} ataques, {beaten} conseguem algo no nbgrader comum e {worst}, aqui."
    (ROOT / "docs" / "ataques.md").write_text(
        "# Ataques\n\nCada linha é uma entrega que não responde a nada e tenta ganhar nota, ler o que não deve ou ferir "
        "uma vizinha; a nota de quem nada responde é zero, de 14. A tabela é de `make ataques`, que corrige cada entrega pelo "
        "nbgrader comum e pelo corretor; os ataques estão em `tests/attacks/corpus.py`. Os que atacam a máquina (memória, "
        "processos, disco) estão em `tests/attacks/test_bombs.py` e não passam pelo nbgrader comum, que não tem limite "
        f"nenhum e derrubaria a máquina.\n\n{head}\n\n{table}\n",
        encoding="utf-8",
    )
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(
        re.sub(f"{BEGIN}.*?{END}", f"{BEGIN}\n{table}\n{END}", text, flags=re.DOTALL), encoding="utf-8"
    )
    print(head)
    return worst


if __name__ == "__main__":
    sys.exit(main())

"""Os ganchos no nbgrader depois da execução: julgar fora, guardar as notas, esconder as sondas."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import AssignLatePenalties, ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution

from gradiente.observe import MIME

from . import gradebook, sandbox
from .checks import Check, load_checks
from .course import TEST_SUFFIX, Course, Lab
from .execution import REASON, SECONDS, STATE
from .gradebook import auto_score, set_auto
from .judge import (
    CRASHED,
    HINTS,
    NOT_RUN,
    REPAIRED_MISSING,
    STATE_NAMES,
    TIMEOUT,
    Verdict,
    judge_all,
)
from .observations import published
from .records import RUN_KEY, write_record
from .repair import MISSING_KEY, REPAIRS_KEY, read_submission


def _lab(resources: dict) -> Lab:
    """O lab em correção. O nbgrader muda para a raiz do curso antes de converter."""
    return Course.find(Path.cwd()).lab(resources["nbgrader"]["assignment"])


def test_cells(nb: NotebookNode) -> dict[str, NotebookNode]:
    """As células de teste automático, por ToDo."""
    return {
        cell.metadata.nbgrader.grade_id.removesuffix(TEST_SUFFIX): cell
        for cell in nb.cells
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)
    }


class Judge(NbGraderPreprocessor):
    """Julga as observações com o checks.py do lab; nada se grava ainda."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        lab, student = _lab(resources), resources["nbgrader"]["student"]
        observed, imposed = evidence(nb)
        verdicts = judge_all(observed, imposed, load_checks(lab.content / "checks.py"))
        for todo, cell in test_cells(nb).items():
            cell.outputs = verdict_outputs(verdicts[todo])
        resources["corretor_record"] = {
            "lab": lab.name,
            "student": student,
            "run": uuid.uuid4().hex,
            "key": lab.key(read_submission(lab, student)),
            "isolated": sandbox.isolated(),
            "repairs": nb.metadata.get(REPAIRS_KEY, []),
            "seconds": _cell_seconds(nb),
            "verdicts": [verdict.to_json() for verdict in verdicts.values()],
            "imposed": imposed,
            "observations": observed,
        }
        return nb, resources


def _cell_seconds(nb: NotebookNode) -> dict[str, float]:
    """Os segundos de cada célula executada, pelo grade_id ou pelo lugar dela; saem dos metadados do caderno."""
    result: dict[str, float] = {}
    for index, spent in nb.metadata.pop(SECONDS, {}).items():
        cell = nb.cells[int(index)]
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or f"célula {int(index) + 1}"
        result[name] = round(result.get(name, 0.0) + spent, 3)
    return result


def judge_notebook(nb: NotebookNode, checks: list[Check]) -> dict[str, Verdict]:
    """Os vereditos de um caderno executado, por ToDo, na ordem do caderno."""
    return judge_all(*evidence(nb), checks)


def evidence(nb: NotebookNode) -> tuple[dict[str, list[Any]], dict[str, tuple[str | None, str]]]:
    """O que se julga de um caderno executado, por ToDo: o que as sondas publicaram e o que a execução impõe."""
    tests = test_cells(nb)
    observed = {todo: published(cell.outputs) for todo, cell in tests.items()}
    return observed, {todo: _explain(nb, todo, cell) for todo, cell in tests.items()}


def verdict_outputs(verdict: Verdict) -> list[NotebookNode]:
    """O veredito como única saída da célula: um float puro, que o nbgrader soma sem surpresas."""
    text = "\n".join(f"• {message}" for message in verdict.messages) or "• Tudo certo."
    data = {"text/plain": f"{STATE_NAMES[verdict.state]}\n{text}"}
    shown = {"output_type": "display_data", "metadata": {}, "data": data}
    data = {"text/plain": repr(float(verdict.points))}
    score = {"output_type": "execute_result", "metadata": {}, "data": data, "execution_count": None}
    return [nbformat.from_dict(shown), nbformat.from_dict(score)]  # new_output as validaria: 1 ms cada


def _explain(nb: NotebookNode, todo: str, test_cell: NotebookNode) -> tuple[str | None, str]:
    """Estado e explicação que a execução impõe ao ToDo: só do que o estudante escreveu."""
    answers = [
        cell
        for cell in nb.cells
        if cell.cell_type == "code" and is_solution(cell) and cell.metadata.nbgrader.grade_id == todo
    ]
    for cell in (*answers, test_cell):
        state = cell.metadata.get(STATE)
        if state in (CRASHED, NOT_RUN):
            return state, cell.metadata[REASON]
    if not answers or any(cell.metadata.get(MISSING_KEY) for cell in answers):
        return REPAIRED_MISSING, "A célula de resposta deste ToDo não estava no caderno entregue."
    for cell in answers:
        for output in cell.outputs:
            if output.output_type == "error":
                if output.ename == "CellTimeoutError":
                    return TIMEOUT, "A célula passou do tempo permitido. Há um laço que não termina?"
                if output.ename == "NotImplementedError":
                    return NOT_RUN, HINTS["NotImplementedError"]
                detail = f"{output.ename}: {output.evalue}".splitlines()[0][:200]
                return None, f"A célula da resposta terminou com erro ({detail})."
    if any(out.output_type == "error" and out.ename == "CellTimeoutError" for out in test_cell.outputs):
        return TIMEOUT, "O uso da sua resposta passou do tempo permitido."
    return None, ""


class SaveVerdicts(AssignLatePenalties):
    """Grava a correção inteira ou nada: notas, pendências, comentários e atraso numa transação só.

    É o último passo. A ordem das gravações é livro de notas, registro (`vereditos.json`) e, pelo nbgrader,
    caderno corrigido. Os dois últimos levam a mesma marca, e só com ela iguais a correção existe
    (`grading.read_verdicts`): uma interrupção em qualquer ponto deixa algo que se vê e se refaz.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        record = resources["corretor_record"]
        self._auto = {
            verdict["todo"] + TEST_SUFFIX: auto_score(verdict["state"], verdict["points"])
            for verdict in record["verdicts"]
        }
        nb, resources = super().preprocess(nb, resources)  # chama preprocess_cell e faz o único commit
        nb.metadata[RUN_KEY] = record["run"]
        write_record(_lab(resources).verdicts(record["student"]), record)
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        if is_grade(cell):
            grade = self._find(self.gradebook.find_grade, cell)
            name = cell.metadata.nbgrader.grade_id
            # Uma resposta em texto vale zero se está como veio, e espera a correção à mão se não.
            auto = self._auto[name] if name in self._auto else determine_grade(cell, self.log)[0]
            set_auto(grade, auto)
        if is_solution(cell):
            untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            comment = self._find(self.gradebook.find_comment, cell)
            comment.auto_comment = "Sem resposta." if untouched else None
        # A multa por atraso lê a soma das notas: sem isto, leria a de antes.
        self.gradebook.db.flush()
        self.gradebook.db.expire_all()
        return cell, resources

    def _find(self, finder: Any, cell: NotebookNode) -> Any:
        return finder(cell.metadata.nbgrader.grade_id, self.notebook_id, self.assignment_id, self.student_id)


def forget_marks(assignment: str, student: str, notebooks: list[str]) -> None:
    """Antes de corrigir (gancho do nbgrader): uma entrega sem caderno corrigido não tem nota automática.

    O nbgrader apaga o caderno corrigido ao recomeçar. Sem isto, a nota de antes sobreviveria a uma correção
    que falhasse.
    """
    lab = Course.find(Path.cwd()).lab(assignment)
    names = gradebook.auto_scores(lab) if student == "*" else [student]
    for name in names:
        if not lab.autograded(name).exists():
            gradebook.invalidate(lab, name)


class HideProbes(ClearHiddenTests):
    """Tira as sondas do caderno corrigido: nada que venha depois pode mostrá-las.

    As saídas do estudante que repetirem uma linha de sonda são omitidas.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        secrets = hidden_lines(nb, self.begin_test_delimeter, self.end_test_delimeter)
        nb, resources = super().preprocess(nb, resources)
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs = [
                output if not _mentions(output, secrets) else _omitted()
                for output in cell.outputs
                if MIME not in output.get("data", {})
            ]
        return nb, resources


def hidden_lines(
    nb: NotebookNode, begin: str = "BEGIN HIDDEN TESTS", end: str = "END HIDDEN TESTS"
) -> set[str]:
    """As linhas de sonda de um caderno longas o bastante para serem reconhecidas, e que não estão também à vista."""
    lines: set[str] = set()
    public: set[str] = set()
    for cell in nb.cells:
        inside = False
        for line in cell.source.split("\n"):
            if begin in line or end in line:
                inside = begin in line
            elif len(line.strip()) >= 15:
                (lines if inside else public).add(line.strip())
    return {line for line in lines if not any(line in seen for seen in public)}


def _mentions(output: NotebookNode, secrets: set[str]) -> bool:
    text = json.dumps(output, ensure_ascii=False)
    escaped = (json.dumps(line, ensure_ascii=False)[1:-1] for line in secrets)
    return any(line in text for line in escaped)


def _omitted() -> NotebookNode:
    return new_output("stream", name="stdout", text="[saída omitida: continha partes da correção]\n")

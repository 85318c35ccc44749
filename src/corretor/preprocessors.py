"""Os ganchos no nbgrader depois da execução: julgar fora, guardar as notas, esconder as sondas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import is_grade, is_solution

from gradiente.observe import MIME

from . import observations, sandbox
from .checks import Check, load_checks
from .course import TEST_SUFFIX, Course, Lab
from .execution import REASON, STATE
from .judge import (
    CRASHED,
    HINTS,
    INFRA_ERROR,
    NOT_RUN,
    REPAIRED_MISSING,
    STATE_NAMES,
    TIMEOUT,
    Verdict,
    judge,
)
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
    """Julga as observações com o checks.py do lab e escreve os vereditos ao lado do caderno."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        lab = _lab(resources)
        checks = load_checks(lab.content / "checks.py")
        tests = test_cells(nb)
        raw = {
            todo: [out["data"][MIME] for out in cell.outputs if MIME in out.get("data", {})]
            for todo, cell in tests.items()
        }
        verdicts = judge_notebook(nb, checks)
        for todo, cell in tests.items():
            cell.outputs = _as_outputs(verdicts[todo])
        student = resources["nbgrader"]["student"]
        submission = read_submission(lab, student)
        record = {
            "lab": lab.name,
            "student": student,
            "key": lab.key(submission),
            "isolated": sandbox.isolated(),
            "repairs": nb.metadata.get(REPAIRS_KEY, []),
            "verdicts": [verdict.to_json() for verdict in verdicts.values()],
            "observations": raw,
        }
        resources["corretor_verdicts"] = verdicts
        path = lab.verdicts(student)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
        return nb, resources


def judge_notebook(nb: NotebookNode, checks: list[Check]) -> dict[str, Verdict]:
    """Os vereditos de um caderno executado, por ToDo, na ordem do caderno."""
    verdicts = {}
    for todo, cell in test_cells(nb).items():
        state, note = _explain(nb, todo, cell)
        mine = [check for check in checks if check.todo == todo]
        verdicts[todo] = judge(todo, mine, observations.read(cell.outputs), state=state, note=note)
    return verdicts


def _as_outputs(verdict: Verdict) -> list[NotebookNode]:
    """O veredito como única saída da célula: um float puro, que o nbgrader soma sem surpresas."""
    text = "\n".join(f"• {message}" for message in verdict.messages) or "• Tudo certo."
    shown = new_output("display_data", {"text/plain": f"{STATE_NAMES[verdict.state]}\n{text}"})
    score = new_output("execute_result", {"text/plain": repr(float(verdict.points))}, execution_count=None)
    return [shown, score]


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


class SaveVerdicts(SaveAutoGrades):
    """Guarda as notas; o que a correção não pôde julgar fica para a correção à mão, nunca zero."""

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        super()._add_score(cell, resources)
        todo = cell.metadata.nbgrader.grade_id.removesuffix(TEST_SUFFIX)
        verdict = resources["corretor_verdicts"].get(todo)
        if verdict is not None and verdict.state == INFRA_ERROR:
            grade = self._find(self.gradebook.find_grade, cell)
            grade.auto_score = None
            grade.needs_manual_grade = True
            self.gradebook.db.commit()

    def _add_comment(self, cell: NotebookNode, resources: dict) -> None:
        super()._add_comment(cell, resources)
        comment = self._find(self.gradebook.find_comment, cell)
        if comment.auto_comment:  # o texto fixo do nbgrader é "No response."
            comment.auto_comment = "Sem resposta."
            self.gradebook.db.commit()

    def _find(self, finder: Any, cell: NotebookNode) -> Any:
        return finder(cell.metadata.nbgrader.grade_id, self.notebook_id, self.assignment_id, self.student_id)


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
    """As linhas de sonda de um caderno que são longas o bastante para serem reconhecidas."""
    lines: set[str] = set()
    for cell in nb.cells:
        inside = False
        for line in cell.source.split("\n"):
            if begin in line or end in line:
                inside = begin in line
            elif inside and len(line.strip()) >= 15:
                lines.add(line.strip())
    return lines


def _mentions(output: NotebookNode, secrets: set[str]) -> bool:
    text = json.dumps(output, ensure_ascii=False)
    escaped = (json.dumps(line, ensure_ascii=False)[1:-1] for line in secrets)
    return any(line in text for line in escaped)


def _omitted() -> NotebookNode:
    return new_output("stream", name="stdout", text="[saída omitida: continha partes da correção]\n")

"""Confere um lab como a correção o executa: núcleo novo, de cima a baixo, só com os testes visíveis."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from .labs import TEST_SUFFIX, DeskError, ToDo, cell_name, read, todos

PASSED, FAILED, EMPTY, BY_HAND = "passou", "não passou", "por fazer", "escrito"


@dataclass(frozen=True)
class Outcome:
    """O que se viu de um ToDo.

    Attributes
    ----------
    todo : ToDo
        O ToDo.
    state : str
        "passou", "não passou", "por fazer" ou "escrito" (de texto, que uma pessoa corrige).
    message : str
        A mensagem do teste, ou o erro; vazia se passou.
    """

    todo: ToDo
    state: str
    message: str = ""


@dataclass(frozen=True)
class Report:
    """O resultado de uma conferência.

    Attributes
    ----------
    outcomes : list of Outcome
        Um por ToDo.
    broken : list of str
        Os erros das células que não são resposta nem teste.
    notebook : NotebookNode
        O caderno executado.
    """

    outcomes: list[Outcome]
    broken: list[str]
    notebook: NotebookNode

    @property
    def passed(self) -> bool:
        """Se nada falta e nada falhou."""
        return not self.broken and all(o.state in (PASSED, BY_HAND) for o in self.outcomes)


def check(path: Path, on_cell: Callable[[int, int], None] = lambda done, total: None) -> Report:
    """Executa o caderno inteiro num núcleo novo e lê os testes visíveis; o arquivo não muda.

    Parameters
    ----------
    path : Path
        O caderno.
    on_cell : callable
        Recebe quantas células já começaram e quantas há.

    Raises
    ------
    DeskError
        Se o arquivo não é um lab, ou o núcleo não inicia ou morre.
    """
    nb = read(path)
    if not todos(nb):
        raise DeskError(f"{path} não é um lab: não tem ToDos. As lições não se entregam.")
    grading = nb.metadata.get("gradiente", {}).get("grading", {})
    environment = dict(os.environ)
    if epochs := grading.get("max_epochs"):
        environment["GRADIENTE_MAX_EPOCHS"] = str(epochs)
    total = sum(cell.cell_type == "code" for cell in nb.cells)
    started = 0

    def begin(cell: NotebookNode, cell_index: int) -> None:
        nonlocal started
        if cell.cell_type == "code":
            started += 1
            on_cell(started, total)

    client = NotebookClient(
        nb,
        timeout=int(grading.get("cell_seconds", 120)),
        interrupt_on_timeout=True,
        allow_errors=True,
        resources={"metadata": {"path": str(path.resolve().parent)}},
        on_cell_start=begin,
    )
    if not _has_kernel(nb.metadata.get("kernelspec", {}).get("name", "python3")):
        client.kernel_name = "python3"
    try:
        client.execute(env=environment)
    except DeadKernelError as error:
        raise DeskError(
            "O Python morreu durante a execução: faltou memória, ou uma célula o encerrou. "
            "Reinicie o núcleo no JupyterLab e execute célula a célula para ver qual."
        ) from error
    except (CellTimeoutError, RuntimeError) as error:
        raise DeskError(f"Não consegui executar o caderno: {error}.") from error
    return judge(nb)


def judge(nb: NotebookNode) -> Report:
    """O que os testes visíveis de um caderno executado dizem."""
    cells = {cell_name(cell): cell for cell in nb.cells}
    outcomes = []
    for todo in todos(nb):
        if todo.by_hand:
            outcomes.append(Outcome(todo, BY_HAND if todo.done else EMPTY))
            continue
        answer, test = cells[todo.name], cells.get(todo.name + TEST_SUFFIX)
        message = _error(answer) or (_error(test) if test is not None else "A célula de teste foi apagada.")
        if not todo.done:
            outcomes.append(Outcome(todo, EMPTY))
        else:
            outcomes.append(Outcome(todo, FAILED if message else PASSED, message))
    mine = {name for todo in todos(nb) for name in (todo.name, todo.name + TEST_SUFFIX)}
    broken = [_error(cell) for cell in nb.cells if cell_name(cell) not in mine]
    return Report(outcomes, [message for message in broken if message], nb)


def _error(cell: NotebookNode) -> str:
    """O erro de uma célula, numa frase; vazio se não houve."""
    for output in cell.get("outputs", []):
        if output.output_type != "error":
            continue
        value = re.sub(r"\x1b\[[0-9;]*m", "", output.evalue).strip()
        if output.ename == "KeyboardInterrupt":
            return "A célula passou do tempo permitido. Há um laço que não termina?"
        return value if output.ename == "AssertionError" and value else f"{output.ename}: {value}"
    return ""


def _has_kernel(name: str) -> bool:
    from jupyter_client.kernelspec import KernelSpecManager

    return name in KernelSpecManager().find_kernel_specs()

"""Ensaia respostas nossas (banco, mutantes): um processo por caderno, sem Jupyter nem isolamento, em segundos.

Serve só ao que é do curso. O que um estudante escreveu executa no núcleo isolado (`corretor.preprocessors`).
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from .answers import Answer, submission
from .checks import load_checks
from .course import TEST_SUFFIX, Lab
from .execution import REASON, STATE
from .judge import CRASHED, TIMEOUT, Verdict
from .preprocessors import judge_notebook

WORKERS = 2
PRELOAD = [
    "gradiente",
    "keras",
    "matplotlib.pyplot",
    "IPython.core.interactiveshell",
    __name__,
]  # nesta ordem
PATIENCE = 2  # um processo calado por este número de limites de célula é morto


@dataclass
class Rehearsal:
    """Um ensaio: o caderno a executar, até onde, e o que aconteceu.

    Attributes
    ----------
    notebook : NotebookNode
        Com as sondas no lugar; executado no lugar.
    until : str
        ToDo cuja célula de teste é a última a executar; vazio para o caderno inteiro.
    variants : dict of str to dict
        Outros textos da resposta, por ToDo e por nome. Chegando a um ToDo, o ensaio executa cada texto e a
        célula de teste, volta às variáveis de antes e segue com a resposta do caderno; depois do último
        desses ToDos, para. O que um texto cria (uma função auxiliar, uma importação) continua à vista dos
        textos de mesmo nome nos ToDos seguintes. É muito mais rápido que um processo por texto, e menos
        limpo: o que um texto muda por dentro (um array, por exemplo) fica.
    results : dict of str to dict
        O veredito de cada variante; faltam as que ficaram por executar porque o processo morreu.
    seconds : float
        Tempo da execução, sem as importações do TensorFlow e do Keras (feitas uma vez, antes).
    """

    notebook: NotebookNode
    until: str = ""
    variants: dict[str, dict[str, str]] = field(default_factory=dict)
    results: dict[str, dict[str, Verdict]] = field(default_factory=dict)
    seconds: float = 0.0
    verdicts: dict[str, Verdict] = field(default_factory=dict)


def filled(lab: Lab, answer: Answer) -> NotebookNode:
    """O caderno de uma resposta do banco como a correção o executa: com as células do professor no lugar."""
    nb = submission(lab, answer)
    official = {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
        for cell in lab.source_cells
        if cell["metadata"].get("nbgrader", {}).get("locked")
    }
    for cell in nb.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = official.get(name, cell.source)
    return nb


def rehearse(
    lab: Lab,
    rehearsals: Sequence[Rehearsal],
    on_done: Callable[[Rehearsal], None] = lambda done: None,
    cell_seconds: int | None = None,
    data_dir: Path | None = None,
) -> None:
    """Executa e julga cada ensaio, `WORKERS` por vez, cada um em um processo que se descarta.

    Parameters
    ----------
    lab : Lab
        O lab, com source/ em dia.
    rehearsals : sequence of Rehearsal
        Recebem `verdicts` e `seconds`.
    on_done : callable
        Chamada ao fim de cada um, para mostrar o andamento.
    cell_seconds : int, optional
        Limite por célula; sem ele, o do lab.
    data_dir : Path, optional
        Pasta com os dados reais; sem ela, as réplicas.
    """
    checks = load_checks(lab.content / "checks.py")
    limits = lab.settings.get("grading", {})
    cell_seconds = cell_seconds or int(limits.get("cell_seconds", 60))
    environment = {"GRADIENTE_OFFLINE": "1", "MPLBACKEND": "agg", "GRADIENTE_MAX_EPOCHS": ""}
    if data_dir:
        environment["GRADIENTE_DATA_DIR"] = str(data_dir)
    if "max_epochs" in limits:
        environment["GRADIENTE_MAX_EPOCHS"] = str(limits["max_epochs"])
    for done, pieces in _run_all(rehearsals, cell_seconds, environment):
        if done.variants:
            done.results = {todo: {} for todo in done.variants}
            for todo, name, piece in pieces:
                done.results[todo][name] = judge_notebook(piece, checks)[todo]
        else:
            done.verdicts = judge_notebook(done.notebook, checks)
        on_done(done)


def _run_all(
    rehearsals: Sequence[Rehearsal], cell_seconds: int, environment: dict[str, str]
) -> Iterator[tuple[Rehearsal, list[tuple[str, str, NotebookNode]]]]:
    """Os ensaios, na ordem em que terminam, com o ToDo, o nome e as células executadas de cada variante."""
    # Os filhos nascem de um processo que importou o que custa a importar e não fez mais nada: filhos de um
    # processo em que o TensorFlow já trabalhou, e por isso tem linhas de execução, travariam.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    waiting = list(reversed(rehearsals))
    running: dict[Connection, tuple[Rehearsal, multiprocessing.Process, list]] = {}
    deadlines: dict[Connection, float] = {}
    while waiting or running:
        while waiting and len(running) < WORKERS:
            rehearsal = waiting.pop()
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(
                target=_child, args=(rehearsal, cell_seconds, environment, sender), daemon=True
            )
            process.start()
            sender.close()
            running[receiver] = rehearsal, process, []
            deadlines[receiver] = time.monotonic() + PATIENCE * cell_seconds
        for receiver, (_, process, _) in running.items():
            if time.monotonic() > deadlines[receiver]:
                process.kill()  # um laço em código compilado não ouve o alarme
        for receiver in wait(list(running), timeout=1.0):
            rehearsal, process, pieces = running[receiver]
            deadlines[receiver] = time.monotonic() + PATIENCE * cell_seconds
            try:
                message = receiver.recv_bytes()
            except EOFError:  # o filho morreu na célula que disse estar executando
                process.join()
                _mark_dead(rehearsal.notebook)
            else:
                kind, value = pickle.loads(message)  # vem de um filho nosso
                if kind == "cell":
                    rehearsal.notebook.cells[value].metadata["gradiente_started"] = True
                    continue
                if kind == "variant":
                    pieces.append(value)
                    continue
                rehearsal.notebook, rehearsal.seconds = value
                process.join()
            receiver.close()
            del running[receiver], deadlines[receiver]
            yield rehearsal, pieces


def _mark_dead(nb: NotebookNode) -> None:
    started = [cell for cell in nb.cells if cell.metadata.pop("gradiente_started", False)]
    if started:
        started[-1].metadata[STATE], started[-1].metadata[REASON] = CRASHED, "O núcleo morreu nesta célula."


class CellTimeoutError(Exception):
    """A célula passou do tempo; o nome é o do nbclient, que o julgamento conhece."""


def _child(rehearsal: Rehearsal, cell_seconds: int, environment: dict[str, str], sender: Connection) -> None:
    """Executa o caderno no IPython e devolve as saídas que o julgamento lê."""
    os.environ.update(environment)
    from IPython.core.interactiveshell import InteractiveShell

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    signal.signal(signal.SIGALRM, _expired)
    nb, begun = rehearsal.notebook, time.monotonic()

    def send(kind: str, value: object) -> None:
        sender.send_bytes(pickle.dumps((kind, value)))

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        shell = InteractiveShell.instance()
        shell.enable_gui = lambda gui=None: None
        names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells]
        ends = [todo for todo in (*rehearsal.variants, rehearsal.until) if todo]
        last = max((names.index(todo + TEST_SUFFIX) for todo in ends), default=len(names) - 1)
        created: dict[str, dict[str, object]] = {}
        for index, cell in enumerate(nb.cells[: last + 1]):
            if cell.cell_type != "code":
                continue
            if texts := rehearsal.variants.get(names[index]):
                test = names.index(names[index] + TEST_SUFFIX)
                saved, own = _namespace(shell), cell.source
                for name, text in texts.items():
                    _restore(shell, created.get(name, {}) | saved)
                    cell.source = text
                    for piece in nb.cells[index : test + 1]:
                        if piece.cell_type == "code":
                            _run(shell, piece, cell_seconds)
                    created.setdefault(name, {}).update(_namespace(shell))
                    pair = nbformat.from_dict({"cells": [cell, nb.cells[test]]})
                    send("variant", (names[index], name, pair))
                _restore(shell, saved)
                cell.source = own
            send("cell", index)
            _run(shell, cell, cell_seconds)
        os.chdir("/")
    send("done", (nb, time.monotonic() - begun))
    sender.close()
    sys.stdout.flush()
    os._exit(0)  # sem esperar pelas linhas de execução do TensorFlow


def _namespace(shell) -> dict[str, object]:
    return {name: _shallow(value) for name, value in shell.user_ns.items()}


def _restore(shell, saved: dict[str, object]) -> None:
    shell.user_ns.clear()
    shell.user_ns.update({name: _shallow(value) for name, value in saved.items()})


def _shallow(value: object) -> object:
    return type(value)(value) if type(value) in (dict, list, set) else value


def _run(shell, cell: NotebookNode, cell_seconds: int) -> None:
    """Executa uma célula; guarda nela as observações e o erro, se houver."""
    from IPython.utils.capture import capture_output

    with capture_output() as captured:
        signal.alarm(cell_seconds)
        try:
            result = shell.run_cell(cell.source)
            error = result.error_before_exec or result.error_in_exec
        except (CellTimeoutError, SystemExit) as raised:
            error = raised
        finally:
            signal.alarm(0)
    cell.outputs = [_display(output) for output in captured.outputs]
    if error is not None:
        cell.outputs.append(new_output("error", ename=type(error).__name__, evalue=str(error), traceback=[]))


def _expired(signum: int, frame: object) -> None:
    raise CellTimeoutError(TIMEOUT)


def _display(output) -> NotebookNode:
    # Só o que o julgamento lê: figuras e textos não voltam ao processo que julga.
    kept = {mime: data for mime, data in output.data.items() if mime.startswith("application/vnd.gradiente")}
    return nbformat.from_dict({"output_type": "display_data", "data": kept, "metadata": {}})

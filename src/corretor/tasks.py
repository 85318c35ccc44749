"""A execução de uma entrega como função pura: entram bytes, sai o caderno executado. É o que se distribui."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from . import gradebook, intake, warm
from .course import Lab
from .execution import IsolatedExecute
from .limits import Limits
from .repair import read, repair
from .template import template


@dataclass(frozen=True)
class Task:
    """Tudo o que a execução de uma entrega usa, e mais nada: nem pastas, nem livro de notas.

    Attributes
    ----------
    notebook : str
        O caderno limpo (`repair.py`), com as sondas, em JSON.
    files : dict of str to bytes
        Os outros arquivos da entrega, por caminho.
    limits : Limits
        Os do lab.
    startup_seconds : int
        Quanto se espera por um núcleo.
    """

    notebook: str
    files: dict[str, bytes]
    limits: Limits
    startup_seconds: int


@dataclass(frozen=True)
class Done:
    """O que sai de uma execução.

    Attributes
    ----------
    notebook : str
        O caderno executado, em JSON.
    seconds : float
        Do pedido ao fim, com o núcleo.
    cells : dict of int to float
        Os segundos de cada célula, pelo lugar dela no caderno.
    """

    notebook: str
    seconds: float
    cells: dict[int, float]

    def read(self) -> NotebookNode:
        """O caderno executado."""
        return nbformat.reads(self.notebook, as_version=4)

    def slowest(self, nb: NotebookNode) -> tuple[str, float]:
        """A célula mais demorada de `nb` (o caderno executado), pelo nome ou pelo lugar, e os segundos dela."""
        if not self.cells:
            return "", 0.0
        index = max(self.cells, key=self.cells.__getitem__)
        info = nb.cells[index].metadata.get("nbgrader", {})
        return info.get("grade_id") or f"célula {index + 1}", self.cells[index]


def prepare(lab: Lab, student: str) -> Task:
    """O que é preciso para executar uma entrega em qualquer máquina.

    Raises
    ------
    CorretorError
        Se a entrega não é um caderno.
    """
    settings: Any = gradebook.load_config(lab.course)["IsolatedExecute"]
    nb, _ = repair(template(lab), read(lab, student))
    with intake.staged(lab, student) as root:
        folder = root / student / lab.name
        files = {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix != ".ipynb"
        }
    limits = Limits.read(lab.settings.get("grading", {}), cell_seconds=settings.timeout)
    return Task(nbformat.writes(nb), files, limits, settings.startup_timeout)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Dá um fio de contas a cada núcleo iniciado enquanto dura: com um núcleo por processador, mais fios só se atrapalham."""
    names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def execute(task: Task, *, warm_kernel: bool = True) -> Done:
    """Executa uma entrega, isolada, num núcleo quente se der e `warm_kernel` o pedir.

    Raises
    ------
    CorretorError
        Se não houver isolamento ou o núcleo não iniciar: não é nota.
    """
    # O Jupyter guarda o laço de eventos no contexto, que o Dask copia de fio em fio: cada execução tem os seus.
    return contextvars.Context().run(_execute, task, warm_kernel)


def _execute(task: Task, warm_kernel: bool) -> Done:
    begun = time.monotonic()
    if warm_kernel:
        warm.start()
    nb = nbformat.reads(task.notebook, as_version=4)
    with tempfile.TemporaryDirectory(prefix="entrega-") as root:
        for name, data in task.files.items():
            path = Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        runner = IsolatedExecute(timeout=task.limits.cell_seconds, startup_timeout=task.startup_seconds)
        with _loop_closed():
            nb = runner.run(nb, {"metadata": {"path": root}}, task.limits)
    return Done(nbformat.writes(nb), time.monotonic() - begun, runner.seconds)


@contextlib.contextmanager
def _loop_closed() -> Iterator[None]:
    """Fecha o laço de eventos que o Jupyter tiver criado neste fio."""
    try:
        yield
    finally:
        with contextlib.suppress(RuntimeError):  # não criou nenhum, ou o laço é de quem chamou e segue em uso
            asyncio.get_event_loop().close()
            asyncio.set_event_loop(None)

"""Corrige uma turma: entrega por entrega, sem que uma pare as outras e sem refazer o que está em dia."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradiente.storage import data_dir

from . import gradebook, sandbox, tasks, warm
from .checks import Check, load_checks
from .course import Lab
from .errors import CorretorError
from .execution import SECONDS, executed, fingerprint, seconds_metadata
from .records import read_verdicts as read_verdicts
from .repair import read_submission
from .tasks import Done

if TYPE_CHECKING:
    from nbgrader.apps import NbGraderAPI

WARM_FROM = 3  # entregas por processo a partir das quais compensa importar uma vez por todas

GRADED, KEPT, FAILED = "corrigida", "em dia", "recusada"


@dataclass(frozen=True)
class Result:
    """O que aconteceu com uma entrega.

    Attributes
    ----------
    status : str
        Um dos três acima.
    seconds : float
        O tempo de execução e de julgamento; 0 se ela estava em dia.
    error : str
        A causa, se recusada.
    slowest : tuple of str and float
        A célula mais demorada e os seus segundos; vazia se nada executou.
    """

    student: str
    status: str
    seconds: float = 0.0
    error: str = ""
    slowest: tuple[str, float] = ("", 0.0)


def lab_checks(lab: Lab) -> list[Check]:
    """As verificações do lab.

    Raises
    ------
    CorretorError
        Se checks.py não carrega, ou não soma os pontos do caderno do professor: nenhuma entrega teria nota.
    """
    try:
        checks = load_checks(lab.content / "checks.py")
    except Exception as error:
        raise CorretorError(
            f"{lab.name}: checks.py não carrega ({type(error).__name__}: {error})."
        ) from error
    wanted = {todo: worth for todo, (worth, manual) in lab.points.items() if not manual}
    for todo in {*wanted, *(check.todo for check in checks)}:
        total = sum(check.points for check in checks if check.todo == todo)
        if abs(total - wanted.get(todo, 0.0)) > 1e-6:
            raise CorretorError(
                f"{lab.name}: as verificações de {todo} somam {total:g} pontos, e source/ diz "
                f"{wanted.get(todo, 0.0):g}. Execute: make notebooks"
            )
    return checks


def autograde(
    lab: Lab,
    students: list[str] | None = None,
    *,
    force: bool = False,
    workers: int = 1,
    scheduler: str = "",
    gpu: bool = False,
    on_start: Callable[[str], None] = lambda student: None,
    on_result: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """Corrige as entregas de um lab.

    Só a execução dos cadernos se distribui; quem julga e grava é sempre este processo, uma entrega por vez.

    Parameters
    ----------
    lab : Lab
        O lab, com source/ em dia.
    students : list of str, optional
        Quem corrigir; todos os que entregaram, se omitido.
    force : bool
        Refaz mesmo o que não mudou (entrega, versão do professor e verificações iguais).
    workers : int
        Quantos cadernos executar ao mesmo tempo; com 1, neste processo.
    scheduler : str
        Endereço de um agrupamento do Dask, no lugar dos processos desta máquina.
    gpu : bool
        Executar só onde há o recurso `GPU` do Dask.
    on_start, on_result : callable
        Chamadas antes e depois de cada entrega, para mostrar o andamento.

    Returns
    -------
    list of Result
        Um por entrega, na ordem. Uma entrega recusada fica sem nota e não para as outras.

    Raises
    ------
    CorretorError
        Se nada puder ser corrigido: ninguém entregou, falta o isolamento, ou o livro de notas recusa o lab.
    gradiente.storage.DataError
        Se GRADIENTE_DATA_DIR apontar para uma pasta que não existe.
    """
    sandbox.require()
    data_dir()  # uma pasta de dados que não existe se descobre aqui, e não em cada entrega
    present = lab.course.submissions(lab)
    for student in students or []:
        if student not in present:
            raise CorretorError(f"Não há entrega de {student!r} para {lab.name} em submitted/.")
    names = students or present
    if not names:
        raise CorretorError(
            f"Não há entregas de {lab.name}: ponha cada caderno em submitted/<estudante>/{lab.name}/{lab.notebook}.ipynb."
        )
    marked = gradebook.auto_scores(lab)
    todo = [student for student in names if force or not _is_current(lab, student, marked.get(student, {}))]
    for student in names:
        if student not in todo:
            on_result(Result(student, KEPT))
    results = {student: Result(student, KEPT) for student in names}
    if todo:
        lab_checks(lab)
        results |= _grade(lab, todo, workers, scheduler, gpu, on_start, on_result)
    return list(results.values())


def _grade(
    lab: Lab,
    students: list[str],
    workers: int,
    scheduler: str,
    gpu: bool,
    on_start: Callable[[str], None],
    on_result: Callable[[Result], None],
) -> dict[str, Result]:
    """Executa as entregas, neste processo ou num agrupamento, e grava cada uma assim que acaba."""
    workers = min(workers, len(students))
    warm_kernel = len(students) >= WARM_FROM * max(workers, 1)
    results = {}

    def prepare(student: str) -> tasks.Task:
        return tasks.prepare(lab, student)

    with contextlib.ExitStack() as stack:
        if workers > 1 and not scheduler:
            stack.enter_context(tasks.one_thread())
        if warm_kernel and not scheduler:
            warm.begin()  # enquanto ele importa, prepara-se o resto
        if workers < 2 and not scheduler:
            executions = _one_by_one(prepare, students, on_start, warm_kernel)
        else:
            from . import cluster  # o Dask leva 1 s a importar

            client = stack.enter_context(cluster.connect(workers, scheduler))
            if warm_kernel and scheduler:
                cluster.warm_up(client)
            executions = cluster.run(client, students, prepare, on_start, warm_kernel=warm_kernel, gpu=gpu)
        book = _open(lab)
        for student, done in executions:
            results[student] = _save(lab, student, done, book)
            on_result(results[student])
    return results


def _one_by_one(
    prepare: Callable[[str], tasks.Task],
    students: list[str],
    on_start: Callable[[str], None],
    warm_kernel: bool,
) -> Iterator[tuple[str, Done | CorretorError]]:
    """Cada estudante com o caderno dele executado neste processo, ou a causa de não o estar."""
    for student in students:
        on_start(student)
        try:
            yield student, tasks.execute(prepare(student), warm_kernel=warm_kernel)
        except CorretorError as error:
            yield student, error


def _save(lab: Lab, student: str, done: Done | CorretorError, client: NbGraderAPI) -> Result:
    """Julga e grava uma entrega executada, pelo caminho do nbgrader; a que falhou fica sem nota."""
    begun, spent, slowest = time.monotonic(), 0.0, ("", 0.0)
    try:
        if isinstance(done, CorretorError):
            raise done
        nb = done.read()
        spent, slowest = done.seconds, done.slowest(nb)
        nb.metadata[SECONDS] = seconds_metadata(done.cells)
        executed[key := fingerprint(nb)] = nb
        try:
            gradebook.autograde(lab, student, client)
        finally:
            executed.pop(key, None)
    except CorretorError as failure:
        _discard(lab, student)
        return Result(student, FAILED, spent + time.monotonic() - begun, str(failure))
    return Result(student, GRADED, spent + time.monotonic() - begun, slowest=slowest)


def _is_current(lab: Lab, student: str, marked: dict[str, float | None]) -> bool:
    """Se a última correção vale para esta entrega e é a que está no livro de notas (`marked`).

    Uma correção sem isolamento não vale por uma isolada.
    """
    previous = read_verdicts(lab, student)
    if previous is None:
        return False
    try:
        key = lab.key(read_submission(lab, student))
    except CorretorError:
        return False
    return (
        previous["key"] == key
        and previous["isolated"] >= sandbox.isolated()
        and all(
            marked.get(verdict["todo"], -1) == gradebook.auto_score(verdict["state"], verdict["points"])
            for verdict in previous["verdicts"]
        )
    )


def _open(lab: Lab) -> NbGraderAPI:
    """O nbgrader pronto para corrigir, com o lab no livro de notas."""
    gradebook.generate(lab, register=True)
    return gradebook.api(lab.course)


def _discard(lab: Lab, student: str) -> None:
    """Uma entrega recusada não fica com notas nem devolutiva de uma correção anterior."""
    shutil.rmtree(lab.autograded(student).parent, ignore_errors=True)
    lab.feedback(student).unlink(missing_ok=True)
    gradebook.invalidate(lab, student)

"""Muitas execuções ao mesmo tempo, com o Dask: nesta máquina ou num agrupamento de máquinas."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator

import dask
from distributed import Client, KilledWorker, LocalCluster, as_completed, fire_and_forget

from . import execution, warm
from .errors import CorretorError
from .tasks import Done, Task, execute

# Uma entrega que mata um processo executor volta à fila uma vez; da segunda, fica de fora.
_RETRIES = 1

# O perfil que o Dask faria das tarefas não se lê, e custa.
_SETTINGS = {"distributed.scheduler.allowed-failures": _RETRIES, "distributed.worker.profile.enabled": False}


def cores() -> int:
    """Os núcleos de que este processo dispõe."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def connect(workers: int, scheduler: str = "") -> Iterator[Client]:
    """Um agrupamento: `workers` executores neste processo, ou os do endereço `scheduler` (`tcp://maquina:8786`).

    Nesta máquina os executores são fios: quem trabalha são os núcleos, que são processos à parte e isolados. À saída,
    os que ainda executam são mortos: a interrupção não espera por ninguém.

    Raises
    ------
    CorretorError
        Se ninguém atende no endereço.
    """
    with dask.config.set(_SETTINGS):
        if scheduler:
            try:
                client = Client(scheduler, timeout=10, set_as_default=False)
            except (OSError, TimeoutError) as error:
                raise CorretorError(f"Nenhum agrupamento do Dask atende em {scheduler}.") from error
            with client:
                if not client.nthreads():
                    raise CorretorError(f"O agrupamento em {scheduler} não tem executores (dask worker).")
                yield client
            return
        options = {
            "n_workers": workers,
            "threads_per_worker": 1,
            "processes": False,
            "memory_limit": 0,
            "dashboard_address": None,
        }
        with (
            execution.interruptible() as abandon,
            LocalCluster(silence_logs=logging.CRITICAL, **options) as local,
            Client(local, set_as_default=False) as client,
            contextlib.ExitStack() as leaving,
        ):
            leaving.callback(abandon)  # antes que o Dask feche, e espere por quem executa
            yield client


def warm_up(client: Client) -> None:
    """Pede a cada executor o seu processo de núcleos quentes, sem esperar por ele."""
    for worker in client.nthreads():
        fire_and_forget(client.submit(warm.start, workers=[worker], pure=False))


def run(
    client: Client,
    students: Iterable[str],
    prepare: Callable[[str], Task],
    on_start: Callable[[str], None] = lambda student: None,
    *,
    warm_kernel: bool = True,
    gpu: bool = False,
) -> Iterator[tuple[str, Done | CorretorError]]:
    """Executa as entregas, desde já; dá, na ordem em que acabam, cada estudante com o caderno executado ou a causa.

    Só o dobro de entregas do que há de executores está fora do disco de cada vez: a memória de quem coordena não
    cresce com a turma.

    Parameters
    ----------
    students : iterable of str
        De quem são as entregas.
    prepare : callable
        Dá a tarefa de um estudante; pode levantar CorretorError.
    on_start : callable
        Chamada quando uma entrega entra na fila.
    warm_kernel : bool
        Se compensa a cada executor importar uma vez por todas.
    gpu : bool
        Só executores que declaram o recurso `GPU`, uma entrega por vez em cada GPU.
    """
    waiting = iter(students)
    room = 2 * max(1, len(client.nthreads()))
    owners: dict[str, str] = {}
    done = as_completed(loop=client.loop)

    def submit_next() -> Iterator[tuple[str, CorretorError]]:
        for student in waiting:
            on_start(student)
            try:
                task = prepare(student)
            except CorretorError as error:
                yield student, error
                continue
            future = client.submit(
                execute, task, warm_kernel=warm_kernel, pure=False, resources={"GPU": 1} if gpu else None
            )
            owners[future.key] = student
            done.add(future)
            return

    def collect() -> Iterator[tuple[str, Done | CorretorError]]:
        yield from refused
        for future in done:
            student = owners.pop(future.key)
            try:
                yield student, future.result()
            except KilledWorker:
                cause = f"a entrega derrubou {_RETRIES + 1} processos executores. Ficou de fora."
                yield student, CorretorError(f"{student}: {cause}")
            except CorretorError as error:
                yield student, error
            except Exception as error:  # o que houver de errado noutra máquina custa esta entrega
                cause = f"a execução falhou ({type(error).__name__}: {error})."
                yield student, CorretorError(f"{student}: {cause}")
            future.release()
            yield from submit_next()

    refused = [failure for _ in range(room) for failure in submit_next()]
    return collect()

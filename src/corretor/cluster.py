"""Muitas execuções ao mesmo tempo, com o Dask: os núcleos desta máquina ou um agrupamento de máquinas."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator

import dask
from distributed import Client, KilledWorker, LocalCluster, as_completed, fire_and_forget

from . import warm
from .errors import CorretorError
from .tasks import Done, Task, execute

# Um processo por núcleo, com um fio de contas cada: mais fios só se atrapalhariam.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1")

# Uma entrega que mata um processo executor volta à fila uma vez; da segunda, fica de fora.
_RETRIES = 1


def cores() -> int:
    """Os núcleos de que este processo dispõe."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def connect(workers: int, scheduler: str = "") -> Iterator[Client]:
    """Um agrupamento: `workers` processos desta máquina, ou os do endereço `scheduler` (`tcp://maquina:8786`).

    Raises
    ------
    CorretorError
        Se ninguém atende no endereço.
    """
    with dask.config.set(
        {"distributed.scheduler.allowed-failures": _RETRIES, "distributed.nanny.environ": _ONE_THREAD}
    ):
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
            "memory_limit": 0,
            "dashboard_address": None,
        }
        with (
            LocalCluster(silence_logs=logging.CRITICAL, **options) as local,
            Client(local, set_as_default=False) as client,
        ):
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
    """Executa as entregas, na ordem em que acabam: cada estudante, com o caderno executado ou a causa.

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

    for _ in range(room):
        yield from submit_next()
    for future in done:
        student = owners.pop(future.key)
        try:
            yield student, future.result()
        except KilledWorker:
            yield (
                student,
                CorretorError(
                    f"{student}: a entrega derrubou {_RETRIES + 1} processos executores. Ficou de fora."
                ),
            )
        except CorretorError as error:
            yield student, error
        except Exception as error:  # o que houver de errado numa máquina do agrupamento custa esta entrega
            yield student, CorretorError(f"{student}: a execução falhou ({type(error).__name__}: {error}).")
        future.release()
        yield from submit_next()

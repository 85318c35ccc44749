"""O vigia do isolamento: mede por fora memória, processos e soquetes, e mata o que passa do limite.

É o que vale onde não há cgroup: os limites do próprio sistema (`sandbox.rlimits`) são por processo, e um
ataque tem quantos processos quiser.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from .limits import Limits

INTERVAL = 0.1  # segundos entre duas medidas; uma medida de um lab com TensorFlow leva cerca de 2 ms
SOCKETS_MAX_ENTRIES, SOCKETS_MAX_BYTES = 16, 1 << 20

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True)
class Usage:
    """O que um grupo de processos ocupa: bytes de memória e número de fios (um por processo, no mínimo)."""

    memory: int
    tasks: int


class Watchdog(threading.Thread):
    """Vigia um processo e os seus descendentes até que `stop` seja chamado ou um limite estoure.

    Parameters
    ----------
    pid : int
        O processo bwrap: morto ele, morre tudo o que isola.
    limits : Limits
        Os limites da entrega.
    sockets : Path
        A única pasta de fora em que a entrega escreve.

    Attributes
    ----------
    reason : str
        Por que matou, numa frase para o estudante; vazia se não matou.
    """

    def __init__(self, pid: int, limits: Limits, sockets: Path) -> None:
        super().__init__(name=f"vigia-{pid}", daemon=True)
        self.pid, self.limits, self.sockets, self.reason = pid, limits, sockets, ""
        self.seen: list[int] = []  # os processos da última medida
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(INTERVAL):
            reason = self.excess()
            if reason:
                self.reason = reason
                kill(self.pid)
                return

    def stop(self) -> None:
        """Deixa de vigiar."""
        self._stopped.set()
        if self.is_alive() and self is not threading.current_thread():
            self.join()

    def excess(self) -> str:
        """O limite que está estourado agora; vazio se nenhum."""
        # Conta-se só até ao limite: uma multidão que cresce enquanto se conta não teria fim.
        self.seen = pids = list(islice(descendants(self.pid), self.limits.processes + 1))
        if len(pids) > self.limits.processes or (usage := measure(pids)).tasks > self.limits.processes:
            return f"criou mais de {self.limits.processes} processos"
        limit = self.limits.memory_mb << 20
        # A soma conta de novo, em cada processo, a memória que eles partilham; só perto do limite se mede a parte de cada um.
        if usage.memory > limit and proportional(pids) > limit:
            return f"passou do limite de memória ({self.limits.memory_mb} MB)"
        if _crowded(self.sockets):
            return "escreveu na pasta de comunicação do núcleo"
        return ""


def descendants(pid: int) -> Iterator[int]:
    """O processo e todos os seus descendentes; os que acabam no meio da leitura são ignorados."""
    pending = [pid]
    while pending:
        current = pending.pop()
        yield current
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{current}/task"):
                with contextlib.suppress(OSError):
                    pending += map(int, Path(f"/proc/{current}/task/{task}/children").read_text().split())


def measure(pids: list[int]) -> Usage:
    """Memória residente (com os arquivos em memória sem nome, que ninguém mais conta) e fios."""
    memory = tasks = 0
    anonymous: dict[int, int] = {}
    for pid in pids:
        try:
            # O nome do programa, entre parênteses, pode ter espaços e parênteses: conta-se depois do último.
            values = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue
        tasks += int(values[17])
        memory += int(values[21]) * _PAGE
        with contextlib.suppress(OSError):
            for entry in os.scandir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    found = os.stat(entry.path)
                    if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                        anonymous[found.st_ino] = found.st_blocks * 512
    return Usage(memory + sum(anonymous.values()), tasks)


def proportional(pids: list[int]) -> int:
    """A memória dos processos, com a partilhada dividida entre eles (PSS), mais os arquivos sem nome."""
    total = 0
    for pid in pids:
        resident = measure([pid]).memory
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            shares = [line.split()[1] for line in text.splitlines() if line.startswith("Pss:")]
            if shares:
                own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
                resident += int(shares[0]) * 1024 - own
        total += resident
    return total


def kill(pid: int) -> None:
    """Mata o grupo de um processo; com o bwrap morre, de uma vez, tudo o que ele isola."""
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def wait_gone(pids: list[int], seconds: float = 5.0) -> None:
    """Espera que processos já mortos acabem de sair (o sistema os recolhe sem pressa)."""
    deadline = time.monotonic() + seconds
    while any(_runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def _crowded(folder: Path) -> bool:
    """Se a pasta dos soquetes tem mais do que um núcleo põe nela."""
    entries = size = 0
    for where, folders, files in os.walk(folder):
        entries += len(folders) + len(files)
        for name in files:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(where, name)).st_blocks * 512
        if entries > SOCKETS_MAX_ENTRIES or size > SOCKETS_MAX_BYTES:
            return True
    return False

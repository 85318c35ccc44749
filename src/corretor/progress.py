"""O andamento de uma correção, para quem olha: barra num terminal, linhas simples fora dele, JSON para programas."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from .grading import FAILED, GRADED, KEPT, Result


class Watch:
    """Acompanha uma correção; use com `with`, e dê `start` e `done` a `grading.autograde`.

    Parameters
    ----------
    console : Console
        Onde escrever.
    total : int
        Quantas entregas há.
    machine : bool
        Um objeto JSON por linha, e mais nada.
    """

    def __init__(self, console: Console, total: int, *, machine: bool = False) -> None:
        self.console, self.total, self.machine = console, total, machine
        self.results: list[Result] = []
        self.running: dict[str, float] = {}
        self.begun = time.monotonic()
        self._bar: Progress | None = None
        if console.is_terminal and not machine:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[detail]}"),
                console=console,
                transient=True,
            )
            self._task = self._bar.add_task("Corrigindo", total=total, detail="")

    def __enter__(self) -> Watch:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar:
            self._bar.stop()

    def start(self, student: str) -> None:
        """Uma entrega entrou na fila."""
        self.running[student] = time.monotonic()
        self._refresh()

    def done(self, result: Result) -> None:
        """Uma entrega acabou."""
        self.running.pop(result.student, None)
        self.results.append(result)
        if self.machine:
            print(json.dumps({"event": "result", **asdict(result)}, ensure_ascii=False), flush=True)
            return
        if result.status != KEPT or not self._bar:
            spent = f" em {decimal(result.seconds)} s" if result.seconds else ""
            self.console.print(
                f"  [{len(self.results)}/{self.total}] {result.student}: {result.status}{spent}", markup=False
            )
        if result.error:
            self.console.print(f"        {result.error}", markup=False)
        self._refresh()

    def count(self, status: str) -> int:
        """Quantas entregas acabaram assim."""
        return sum(result.status == status for result in self.results)

    def rate(self) -> float:
        """Entregas corrigidas por minuto, até agora."""
        return 60 * (len(self.results) - self.count(KEPT)) / max(time.monotonic() - self.begun, 1e-9)

    def left(self) -> float:
        """Segundos que faltam, neste ritmo; infinito enquanto não há ritmo."""
        waiting = self.total - len(self.results)
        return 60 * waiting / self.rate() if self.rate() else float("inf")

    def summary(self) -> None:
        """O que se fez e o que precisa de uma pessoa."""
        spent = time.monotonic() - self.begun
        failed = [result for result in self.results if result.status == FAILED]
        slow = sorted(self.results, key=lambda result: -result.slowest[1])[:3]
        if self.machine:
            whole = {"graded": self.count(GRADED), "kept": self.count(KEPT), "failed": len(failed)}
            whole |= {"seconds": round(spent, 1), "per_minute": round(self.rate(), 1)}
            print(json.dumps({"event": "summary", **whole}), flush=True)
            return
        self.console.print(
            f"Corrigidas: {self.count(GRADED)}; em dia: {self.count(KEPT)}; recusadas: {len(failed)}."
        )
        if self.count(GRADED):
            self.console.print(f"{duration(spent)}; {decimal(self.rate())} entregas por minuto.")
        for result in slow:
            if result.slowest[1] >= 5:
                self.console.print(
                    f"  célula demorada: {result.slowest[0]} de {result.student}, {decimal(result.slowest[1])} s",
                    markup=False,
                )
        if failed:
            table = Table("estudante", "causa", title="Precisam de uma pessoa", title_justify="left")
            for result in failed:
                table.add_row(result.student, result.error)
            self.console.print(table)

    def _refresh(self) -> None:
        if not self._bar:
            return
        seen = [f"{decimal(self.rate())} por minuto"] if self.rate() else []
        if self.rate() and len(self.results) < self.total:
            seen.append(f"faltam {duration(self.left())}")
        if failed := self.count(FAILED):
            seen.append(f"recusadas: {failed}")
        if self.running:
            names = list(self.running)
            seen.append(", ".join(names[:2]) + (f" e mais {len(names) - 2}" if len(names) > 2 else ""))
        self._bar.update(self._task, completed=len(self.results), detail=" · ".join(seen))


def decimal(value: float) -> str:
    """Um número com uma casa e vírgula."""
    return f"{value:.1f}".replace(".", ",").removesuffix(",0")


def duration(seconds: float) -> str:
    """Um tempo que se lê: `48 s`, `3 min 20 s`, `1 h 12 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"

"""Reexecuta as lições sob várias sementes e conta quantas vezes cada afirmação se sustentou."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import build


@dataclass(frozen=True)
class Tally:
    """Uma afirmação e em quantas execuções ela se sustentou."""

    lesson: str
    claim: str
    text: str
    held: int
    runs: int


def tally(
    lessons: Iterable[Path],
    seeds: Iterable[int],
    *,
    data_dir: Path | None = None,
    workers: int = 2,
    say: Callable[[str], None] = print,
) -> list[Tally]:
    """Executa cada lição sob cada semente.

    Parameters
    ----------
    lessons : iterable of Path
        Textos py:percent.
    seeds : iterable of int
        Valores de GRADIENTE_SEED.
    data_dir : Path, optional
        Pasta com dados reais (GRADIENTE_DATA_DIR); sem ela, réplicas.
    workers : int
        Execuções ao mesmo tempo.
    say : callable
        Recebe uma linha por execução terminada.

    Returns
    -------
    list of Tally
        Uma por afirmação. Uma afirmação que uma execução nem alcançou conta como não sustentada.
    """
    lessons, seeds = list(lessons), list(seeds)
    jobs = [(lesson, seed) for lesson in lessons for seed in seeds]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:

        def run(job: tuple[Path, int]) -> list[dict]:
            lesson, seed = job
            log = Path(folder) / f"{lesson.stem}-{seed}.jsonl"
            env = {"GRADIENTE_SEED": str(seed), "GRADIENTE_CLAIMS_LOG": str(log)}
            if data_dir is not None:
                env["GRADIENTE_DATA_DIR"] = str(data_dir.resolve())
            build.execute(build.read_percent(lesson), env)
            lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
            say(f"{lesson.stem}: semente {seed}, {len(lines)} afirmações")
            return [json.loads(line) for line in lines]

        found = list(pool.map(run, jobs))
    texts: dict[tuple[str, str], str] = {}
    held: dict[tuple[str, str], int] = {}
    for (lesson, _), entries in zip(jobs, found, strict=True):
        for entry in entries:
            key = (lesson.stem, entry["id"])
            texts.setdefault(key, entry["text"])
            held[key] = held.get(key, 0) + bool(entry["held"])
    return [Tally(*key, text, held[key], len(seeds)) for key, text in texts.items()]

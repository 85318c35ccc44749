"""O registro de uma correção, ao lado do caderno corrigido: o que se observou, o que se julgou, e de quê."""

from __future__ import annotations

import json
import os
from pathlib import Path

from .course import Lab

RUN_KEY = "corretor_run"  # nos metadados do caderno corrigido: a correção de que ele saiu


def read_verdicts(lab: Lab, student: str) -> dict | None:
    """O registro da última correção da entrega, ou `None` se não houver uma que tenha ido até o fim."""
    try:
        record = json.loads(lab.verdicts(student).read_bytes())
        notebook = json.loads(lab.autograded(student).read_bytes())
    except (OSError, ValueError):
        return None
    # Caderno e registro de correções diferentes, ou um arquivo da entrega com o nome do registro.
    run = record.get("run") if isinstance(record, dict) else None
    return record if run and notebook["metadata"].get(RUN_KEY) == run else None


def write_record(path: Path, record: dict) -> None:
    """Grava o registro inteiro de uma vez."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, json.dumps(record, ensure_ascii=False))


def replace(path: Path, text: str) -> None:
    """Troca um arquivo, mesmo só de leitura, por outro completo."""
    partial = path.with_name(path.name + ".parcial")
    partial.unlink(missing_ok=True)
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)

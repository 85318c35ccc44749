"""O registro de uma correção, ao lado do caderno corrigido: o que se observou, o que se julgou, e de quê."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from .course import Lab

_WHOLE = re.compile(rb'"nbformat_minor": \d+\s*}\s*\Z')  # o fim de um caderno gravado até o fim

RUN_KEY = "corretor_run"  # nos metadados do caderno corrigido: a correção de que ele saiu


def read_verdicts(lab: Lab, student: str) -> dict | None:
    """O registro da última correção da entrega, ou `None` se não houver uma que tenha ido até o fim."""
    try:
        record = json.loads(lab.verdicts(student).read_bytes())
        notebook = lab.autograded(student).read_bytes()
    except (OSError, ValueError):
        return None
    # Caderno e registro podem ser de correções diferentes, e o registro, um arquivo da entrega com o nome dele.
    # Procura-se a marca sem interpretar o JSON, que custaria: dentro de um texto as aspas teriam barra.
    run = record.get("run") if isinstance(record, dict) else None
    marked = run and f'"{RUN_KEY}": "{run}"'.encode() in notebook
    return record if marked and _WHOLE.search(notebook[-100:]) else None


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

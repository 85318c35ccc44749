"""Faz a entrega de um lab: o caderno, o PDF dele, o recibo, e um zip com os três."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import zipfile
from datetime import datetime
from pathlib import Path

from .. import __version__
from .check import Report
from .labs import DeskError, read
from .pdf import to_pdf


def file_stem(name: str, lab: str) -> str:
    """O nome dos arquivos de uma entrega: "José da Silva-Sauro", "lab5" → "JoseDaSilvaSauro-Lab5".

    Raises
    ------
    DeskError
        Se do nome não sobra letra nenhuma.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    joined = "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", plain))
    if not joined or joined.isdigit():
        raise DeskError(f"O nome {name!r} não serve: escreva o seu nome e sobrenome, como na chamada.")
    return f"{joined}-{lab[:1].upper()}{lab[1:]}"


def submit(path: Path, name: str, registration: str, folder: Path, report: Report | None) -> Path:
    """Grava a entrega e devolve o zip; a anterior, se houver, fica em `anteriores/`.

    Parameters
    ----------
    path : Path
        O caderno, que vai na entrega byte a byte como está.
    name, registration : str
        Quem entrega.
    folder : Path
        Onde gravar.
    report : Report or None
        A conferência, que vai no recibo; o seu caderno executado só se imprime se o salvo não tem saída nenhuma.

    Raises
    ------
    DeskError
        Se falta o nome ou a matrícula, se o caderno não se lê, se não há como fazer o PDF, ou se não há onde gravar.
    """
    registration = registration.strip()
    if not registration:
        raise DeskError("Falta a matrícula: use --matricula.")
    stem, moment = file_stem(name, path.stem), datetime.now().astimezone()
    nb = read(path)
    outputs = any(cell.get("outputs") for cell in nb.cells)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{stem}.zip"
        content = path.read_bytes()
        _keep_previous(folder, stem)
        notebook, pdf = folder / f"{stem}.ipynb", folder / f"{stem}.pdf"
        notebook.write_bytes(content)
        heading = f"{name.strip()} · {registration} · {path.stem} · {moment:%d/%m/%Y %H:%M}"
        to_pdf(nb if outputs or report is None else report.notebook, pdf, heading)
        receipt = {
            "nome": name.strip(),
            "matricula": registration,
            "lab": path.stem,
            "caderno": notebook.name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "sha256_pdf": hashlib.sha256(pdf.read_bytes()).hexdigest(),
            "momento": moment.isoformat(timespec="seconds"),
            "gradiente": __version__,
            "conferencia": None if report is None else {o.todo.name: o.state for o in report.outcomes},
        }
        partial = target.with_suffix(".zip.parcial")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(notebook, notebook.name)
            archive.write(pdf, pdf.name)
            archive.writestr("recibo.json", json.dumps(receipt, ensure_ascii=False, indent=2) + "\n")
        partial.replace(target)
    except OSError as error:
        raise DeskError(f"Não consigo gravar em {folder}: {error.strerror or error}.") from error
    return target


def receipt(archive: Path) -> dict:
    """O recibo de uma entrega."""
    with zipfile.ZipFile(archive) as files:
        return json.loads(files.read("recibo.json"))


def _keep_previous(folder: Path, stem: str) -> None:
    """Guarda a entrega anterior, com a hora em que foi feita no nome."""
    previous = folder / f"{stem}.zip"
    if previous.exists():
        when = datetime.fromtimestamp(previous.stat().st_mtime)
        kept = folder / "anteriores" / f"{stem}-{when:%Y%m%d-%H%M%S}.zip"
        kept.parent.mkdir(exist_ok=True)
        previous.replace(kept)

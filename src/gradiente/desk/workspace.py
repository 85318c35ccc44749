"""Abre o JupyterLab em português numa pasta de trabalho, com uma página inicial que diz por onde ir."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from .labs import DeskError, is_lab, notebooks, read, title, todos

START = "Comece por aqui.md"
SETTINGS = Path(__file__).with_name("settings")
LANGUAGE = "jupyterlab_language_pack_pt_BR"

# Os textos do botão Validate, que o nbgrader traz escritos no programa, sem lugar para tradução.
VALIDATE = {
    'setButtonLabel(e="Validate")': 'setButtonLabel(e="Validar")',
    'setButtonLabel("Validating...")': 'setButtonLabel("Validando…")',
    'setButtonLabel("Saving...")': 'setButtonLabel("Salvando…")',
    's.innerText="Validate"': 's.innerText="Validar"',
    'tooltip:"Validate Assignment"': 'tooltip:"Faz os testes visíveis deste lab"',
    'label:"Validate"': 'label:"Validar"',
    '"Validation Results"': '"Resultado da validação"',
    '"Validation failed"': '"A validação falhou"',
    '"Cannot save notebook"': '"Não consegui salvar o caderno."',
    "`Cannot validate: ${e}`": "`Não consegui validar: ${e}`",
    '"Success! Your notebook passes all the tests."': '"Tudo certo: o caderno passa em todos os testes visíveis."',
    '"The following cell failed:"': '"Esta célula não passou:"',
    '"The following cell passed:"': '"Esta célula passou:"',
    '"The source of the following cell has changed, but it should not have!"': '"Esta célula do lab foi alterada, e não devia. Na correção vale a original:"',
    '"There was an error running the validate command:"': '"A validação não terminou. O erro foi:"',
}


def write_start_page(folder: Path) -> Path:
    """Grava a página inicial: as lições e os labs da pasta, em ordem, e o que já está feito dos labs."""
    lessons, labs = [], []
    for path in notebooks(folder):
        try:
            nb = read(path)
        except DeskError:
            continue  # um arquivo estragado não impede os outros
        link = f"[{title(nb, path)}](<{path.relative_to(folder).as_posix()}>)"
        if is_lab(nb):
            found = todos(nb)
            done = sum(todo.done for todo in found)
            state = "✔ todos os ToDos escritos" if done == len(found) else f"{done} de {len(found)} ToDos"
            labs.append(f"| {link} | {state} | `gradiente check {path.stem}` |")
        else:
            lessons.append(f"1. {link}")
    text = ["# Comece por aqui", ""]
    if not lessons and not labs:
        text += ["Ainda não há cadernos nesta pasta. Ponha nela os que recebeu e execute `gradiente abrir`."]
    if lessons:
        text += ["## Lições", "", "Execute cada célula na ordem (Shift+Enter).", "", *lessons, ""]
    if labs:
        text += [
            "## Labs",
            "",
            "| lab | feito | para conferir, no terminal |",
            "|---|---|---|",
            *labs,
            "",
            'Para entregar, no terminal: `gradiente submit lab5 --nome "Seu Nome" --matricula 2026001` (com o seu lab, o seu nome e a sua matrícula).',
            "O botão **Validar**, no alto de cada lab, faz os testes visíveis sem sair daqui.",
            "",
        ]
    text += ["*Esta página é refeita a cada `gradiente abrir`: não escreva nela.*", ""]
    path = folder / START
    partial = folder / f".{START}.parcial"
    partial.write_text("\n".join(text), encoding="utf-8")
    partial.replace(path)
    return path


def translated_extension(cache: Path) -> Path | None:
    """Uma cópia, em português, da extensão do botão Validate; nada, se o nbgrader não está instalado.

    O texto que uma versão nova do nbgrader mude fica em inglês; o resto continua a funcionar.
    """
    source = Path(sys.prefix, "share", "jupyter", "labextensions", "@jupyter", "nbgrader")
    if not source.is_dir():
        return None

    def translate(copy: Path) -> None:
        for path in copy.glob("@jupyter/nbgrader/static/*.js"):
            text = path.read_text(encoding="utf-8")
            for english, portuguese in VALIDATE.items():
                text = text.replace(english, portuguese)
            path.write_text(text, encoding="utf-8")

    return _copied(source, cache / "extensoes", "@jupyter/nbgrader", translate)


def completed_language(cache: Path) -> Path | None:
    """Uma cópia do português do JupyterLab com o que falta a ele (os nomes dos menus, entre outros).

    O que o pacote oficial já traduz fica como está.
    """
    found = importlib.util.find_spec(LANGUAGE)
    if found is None or found.origin is None:
        return None

    def complete(copy: Path) -> None:
        path = next((copy / LANGUAGE).glob("locale/*/LC_MESSAGES/jupyterlab.json"))
        official = json.loads(path.read_text(encoding="utf-8"))
        ours = json.loads((SETTINGS / "jupyterlab-pt_BR.json").read_text(encoding="utf-8"))
        merged = {key: [text] for key, text in ours.items()} | official
        path.write_text(json.dumps(merged, ensure_ascii=False), encoding="utf-8")

    return _copied(Path(found.origin).parent, cache / "idioma", LANGUAGE, complete)


def _copied(source: Path, place: Path, inside: str, change: Callable[[Path], None]) -> Path:
    """Copia uma pasta para `place/inside`, mudada, no lugar da cópia anterior; outro `abrir` pode fazer o mesmo."""
    partial = place.with_name(f"{place.name}.{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial / inside, ignore=shutil.ignore_patterns("__pycache__"))
    change(partial)
    shutil.rmtree(place, ignore_errors=True)
    try:
        partial.replace(place)
    except OSError:  # outro `gradiente abrir` a pôs lá agora mesmo
        shutil.rmtree(partial, ignore_errors=True)
    return place


def lab_command(cache: Path, url: str) -> tuple[list[str], dict[str, str]]:
    """O comando e o ambiente do JupyterLab: a página a abrir, o português, sem avisos de novidades."""
    command = [sys.executable, "-m", "jupyter", "lab", f"--LabApp.app_settings_dir={SETTINGS}"]
    command.append(f"--LabApp.default_url={url}")
    environment = dict(os.environ)
    if extension := translated_extension(cache):
        command.append(f"--LabApp.extra_labextensions_path={extension}")
    if language := completed_language(cache):
        paths = [str(language), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command, environment


def start_url() -> str:
    """O endereço da página inicial, já como se lê, e não como se edita."""
    return f"/lab/tree/{quote(START)}?factory=Markdown%20Preview"

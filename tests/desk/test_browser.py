"""No navegador: o estudante valida um ToDo, e o professor comenta uma entrega, os dois em português.

As figuras ficam em `GRADIENTE_SCREENSHOTS`, se a variável existir, para quem quiser vê-las.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from corretor.answers import read_answers, submission
from corretor.build import write_notebook
from corretor.feedback import write_feedback
from corretor.gradebook import generate
from corretor.grading import autograde

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="sem navegador (apt install chromium)")


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def server(command: list[str], folder: Path, tmp_path: Path):
    """Um servidor Jupyter que não lê nem grava as configurações de quem executa os testes; dá o endereço."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = dict(os.environ) | {
        "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}",
        "JUPYTER_TOKEN": "teste",
        "JUPYTER_PORT": str(port),
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "preferencias"),
        "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "areas"),
        "GRADIENTE_CACHE_DIR": str(tmp_path / "cache"),
    }
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    process = subprocess.Popen(command, cwd=folder, env=env, **quiet)
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5)
                break
            except OSError:
                assert process.poll() is None, "o servidor Jupyter não iniciou"
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # com os núcleos que ele iniciou
        process.wait()


def keep(page, name: str) -> None:
    if folder := os.environ.get("GRADIENTE_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder, f"{name}.png"))


def rewrite(page, before: str, after: str) -> None:
    """Troca o texto inteiro da célula que contém `before`, como quem digita."""
    cell = page.locator(".jp-CodeCell", has_text=before).first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(after)


def validate(page) -> str:
    page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validar", exact=True).click()
    dialog = page.locator(".jp-Dialog", has_text="Resultado da validação")
    dialog.wait_for(timeout=90_000)
    return dialog.inner_text()


def test_a_student_finds_the_lab_and_reads_what_is_wrong_in_portuguese(mini, tmp_path, browser):
    folder = tmp_path / "aluno"
    shutil.copytree(mini.release.parent, folder / mini.name)
    command = [sys.executable, "-m", "gradiente.desk.cli", "abrir", ".", "--sem-navegador"]
    with server(command, folder, tmp_path) as address:
        page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="en-US")
        page.goto(f"{address}/?token=teste")
        page.locator(".jp-MarkdownViewer h1", has_text="Comece por aqui").wait_for(timeout=90_000)
        for menu in ("Arquivo", "Editar", "Exibir", "Executar", "Ajuda"):
            page.locator("#jp-MainMenu").get_by_text(menu, exact=True).wait_for()
        assert not page.locator(".jp-toast, .Toastify__toast").count()  # nem novidades nem perguntas
        keep(page, "1-comece-por-aqui")
        page.locator(".jp-MarkdownViewer td a").first.click()
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
        page.get_by_text("Gradiente (CPU)").first.wait_for(timeout=60_000)  # sem perguntar que núcleo
        assert not page.locator(".jp-Dialog").count()
        rewrite(page, "def media", "def media(valores):\n    return sum(valores)")
        text = validate(page)
        assert "Esta célula não passou:" in text and "A média de 1 e 3 é 2" in text
        keep(page, "2-validar")
        page.keyboard.press("Escape")
        page.close()


def test_an_instructor_comments_and_the_student_reads_it(mini, tmp_path, browser):
    generate(mini, register=True)
    answer = next(answer for answer in read_answers(mini) if answer.name == "soma-no-lugar-da-media")
    write_notebook(submission(mini, answer), mini.submitted("estudante-001"))
    assert not [result.error for result in autograde(mini) if result.error]
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"]
    with server(command, mini.course.root, tmp_path) as address:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        where = f"{address}/formgrader/api/submitted_notebooks/{mini.name}/{mini.notebook}"
        [entry] = page.request.get(where, headers={"Authorization": "token teste"}).json()
        page.goto(f"{address}/lab?token=teste")  # guarda a autorização, que as chamadas da página usam
        page.goto(f"{address}/formgrader/submissions/{entry['id']}")
        comment = page.locator("textarea.comment").first
        comment.wait_for(timeout=60_000)
        with page.expect_response(lambda r: "/api/comment/" in r.url and r.request.method == "PUT"):
            comment.click()
            page.keyboard.type("Veja o tamanho da lista antes de dividir.")
            page.keyboard.press("Tab")
        keep(page, "3-comentario")
        page.close()
    text = write_feedback(mini, "estudante-001").read_text(encoding="utf-8")
    assert "Veja o tamanho da lista antes de dividir." in text

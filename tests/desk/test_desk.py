"""A mesa do estudante sem navegador: achar o lab, conferir, entregar, imprimir, diagnosticar."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import zipfile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from typer.testing import CliRunner

from gradiente import device
from gradiente.desk import cli, doctor, pdf, workspace
from gradiente.desk.check import BY_HAND, EMPTY, FAILED, PASSED, check
from gradiente.desk.labs import DeskError, find_lab, todos
from gradiente.desk.submit import file_stem, receipt, submit

RIGHT = "def media(valores):\n    return sum(valores) / len(valores)"
WRONG = "def media(valores):\n    return sum(valores)"


@pytest.fixture
def handout(mini, tmp_path):
    """A pasta de um estudante, com o lab mínimo como foi publicado."""
    folder = tmp_path / "aluno"
    shutil.copytree(mini.release.parent, folder / mini.name)
    return folder / mini.name / mini.release.name


def fill(path, code=RIGHT, text="Porque a soma cresce com o tamanho."):
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name == "todo01":
            cell.source = code
        elif name == "todo02":
            cell.source = text
    nbformat.write(nb, path)


def states(report):
    return {outcome.todo.name: outcome.state for outcome in report.outcomes}


def test_check_tells_done_wrong_and_missing_and_leaves_the_file_as_it_was(handout):
    assert set(states(check(handout)).values()) == {EMPTY}
    fill(handout, WRONG)
    before, seen = handout.read_bytes(), []
    report = check(handout, lambda done, total: seen.append((done, total)))
    assert states(report)["todo01"] == FAILED and states(report)["todo02"] == BY_HAND
    message = next(o.message for o in report.outcomes if o.todo.name == "todo01")
    assert "AssertionError" not in message and "divida a soma" in message
    assert handout.read_bytes() == before and seen[-1][0] == seen[-1][1]
    fill(handout)
    report = check(handout)
    assert states(report)["todo01"] == PASSED and not report.passed  # o todo03 continua por fazer


def test_an_endless_loop_and_a_dead_kernel_are_said(handout):
    fill(handout, "def media(valores):\n    while True: pass")
    report = check(handout)
    assert "tempo permitido" in next(o.message for o in report.outcomes if o.todo.name == "todo01")
    fill(handout, "import os\nos._exit(1)")
    with pytest.raises(DeskError, match="Python morreu"):
        check(handout)


def test_a_lab_is_found_by_name_or_path_and_the_error_lists_what_there_is(handout):
    root = handout.parent.parent
    assert find_lab("lab0", root) == find_lab(str(handout), root) == handout
    with pytest.raises(DeskError, match="Labs que há aqui: lab0"):
        find_lab("lab9", root)
    shutil.copy(handout, root / "lab0.ipynb")
    with pytest.raises(DeskError, match="mais de um"):
        find_lab("lab0", root)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("José da Silva-Sauro", "JoseDaSilvaSauro-Lab5"),
        ("ana  d’Ávila", "AnaDAvila-Lab5"),
        ("../../etc/passwd", "EtcPasswd-Lab5"),
    ],
)
def test_file_names_have_no_accent_space_nor_path(name, stem):
    assert file_stem(name, "lab5") == stem


@pytest.mark.parametrize("name", ["", "  ", "***", "123", "漢字"])
def test_a_name_with_no_letter_is_refused(name):
    with pytest.raises(DeskError, match="nome"):
        file_stem(name, "lab5")


def test_the_submission_is_the_notebook_the_pdf_and_a_true_receipt_and_nothing_is_lost(handout, tmp_path):
    fill(handout)
    folder = tmp_path / "entrega"
    archive = submit(handout, "Estudante Número Um", "2026001", folder, check(handout))
    found = receipt(archive)
    with zipfile.ZipFile(archive) as files:
        notebook = files.read("EstudanteNumeroUm-Lab0.ipynb")
        printed = files.read("EstudanteNumeroUm-Lab0.pdf")
    assert notebook == handout.read_bytes() and printed.startswith(b"%PDF")
    assert found["sha256"] == hashlib.sha256(notebook).hexdigest()
    assert found["sha256_pdf"] == hashlib.sha256(printed).hexdigest()
    assert (found["matricula"], found["conferencia"]["todo01"]) == ("2026001", PASSED)
    first = archive.read_bytes()
    fill(handout, WRONG)
    assert submit(handout, "Estudante Número Um", "2026001", folder, None) == archive
    assert [path.read_bytes() for path in (folder / "anteriores").iterdir()] == [first]
    with pytest.raises(DeskError, match="matrícula"):
        submit(handout, "Estudante Número Um", " ", folder, None)


def test_the_commands_say_in_portuguese_and_exit_with_a_code(handout, monkeypatch):
    monkeypatch.chdir(handout.parent.parent)
    fill(handout, WRONG)
    done = CliRunner().invoke(cli.app, ["check", "lab0"])
    assert done.exit_code == 1 and "não passam" in done.output
    command = ["submit", "lab0", "--nome", "Estudante Número Um", "--matricula", "2026001", "--sem-conferir"]
    done = CliRunner().invoke(cli.app, command)
    assert done.exit_code == 0 and "Entrega pronta" in done.output, done.output


def page_text(path) -> str:
    pytest.importorskip("typst")
    if not shutil.which("pdftotext"):
        pytest.skip("sem pdftotext (apt install poppler-utils)")
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True).stdout


def test_the_pdf_has_accents_mathematics_tables_and_no_raw_latex_nor_missing_glyph(tmp_path):
    cells = [
        new_markdown_cell(
            "# Título com ação e coração ✔ 🚀\n\nUma conta: $\\frac{\\partial L}{\\partial w} \\approx 0$."
        ),
        new_markdown_cell("| a | b |\n|---|---|\n| não | *é* |"),
        new_code_cell(
            "print('α → β')  # " + "x" * 300,
            outputs=[
                new_output("stream", text="α → β\n" + "linha\n" * 3000),
                new_output("display_data", {"text/markdown": "| nome | valor |\n|---|---|\n| taxa | 0,01 |"}),
                new_output(
                    "error",
                    ename="ValueError",
                    evalue="ruim",
                    traceback=["\x1b[0;31mValueError\x1b[0m: ruim"],
                ),
            ],
        ),
        new_markdown_cell('<script>alert(1)</script> e um link [morto](#nada), e #import "x" literal.'),
    ]
    path = tmp_path / "saida.pdf"
    pdf.to_pdf(new_notebook(cells=cells), path, 'Estudante "aspas" \\ #1 🚀')
    text = page_text(path)
    for piece in (
        "ação e coração",
        "✔",
        ":rocket:",
        "não",
        "α → β",
        "taxa",
        "0,01",
        "ValueError: ruim",
        "cortado",
    ):
        assert piece in text, piece
    assert "\\frac" not in text and "\x1b" not in text and "IPython.core" not in text
    fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True).stdout
    assert re.search(r"Libertinus", fonts) and "DejaVu" in fonts


def test_a_lesson_prints_in_seconds_with_its_figures(tmp_path):
    from pathlib import Path

    source = Path(__file__).resolve().parents[2] / "notebooks" / "04-desvanecimento-e-saturacao.ipynb"
    nb = nbformat.read(source, as_version=4)
    figures = sum("image/png" in o.get("data", {}) for c in nb.cells for o in c.get("outputs", []))
    path = tmp_path / "04.pdf"
    pdf.to_pdf(nb, path)
    if shutil.which("pdfimages"):
        listed = subprocess.run(["pdfimages", "-list", path], capture_output=True, text=True).stdout
        assert len(re.findall(r"^\s*\d+\s+\d+ image", listed, re.MULTILINE)) >= figures >= 3


def test_the_start_page_lists_lessons_then_labs_with_what_is_done(handout):
    root = handout.parent.parent
    nbformat.write(new_notebook(cells=[new_markdown_cell("# 01 · Uma lição")]), root / "01-licao.ipynb")
    (root / "estragado.ipynb").write_text("{")
    fill(handout)
    text = workspace.write_start_page(root).read_text(encoding="utf-8")
    total = len(todos(nbformat.read(handout, as_version=4)))
    assert text.index("01 · Uma lição") < text.index("## Labs") < text.index(f"2 de {total} ToDos")


def test_settings_and_translations_are_whole(tmp_path):
    json.loads((workspace.SETTINGS / "overrides.json").read_text(encoding="utf-8"))
    copy = workspace.translated_extension(tmp_path)
    text = "".join(path.read_text(encoding="utf-8") for path in copy.glob("@jupyter/nbgrader/static/*.js"))
    assert [p for p in workspace.VALIDATE.values() if p not in text] == []  # nenhuma mudou no nbgrader
    language = workspace.completed_language(tmp_path)
    merged = json.loads(
        next(language.glob("*/locale/*/LC_MESSAGES/jupyterlab.json")).read_text(encoding="utf-8")
    )
    assert merged["menu\x04File"] == ["Arquivo"] and merged["Help"] == ["Ajuda"]


def test_doctor_names_what_is_missing_and_what_to_do(tmp_path, monkeypatch):
    found = {finding.subject: finding for finding in doctor.diagnose(tmp_path)}
    assert found["Keras"].mark == doctor.OK and found["núcleo Gradiente (GPU)"].mark == doctor.OK
    monkeypatch.setattr(doctor, "_version", lambda name: "")
    monkeypatch.setattr(doctor, "_unwritable", lambda place: "só leitura")
    found = {finding.subject: finding for finding in doctor.diagnose(tmp_path)}
    assert found["Keras"].mark == doctor.PROBLEM and "pip install keras" in found["Keras"].text
    assert found["gravar nesta pasta"].mark == doctor.PROBLEM


def test_the_gpu_kernel_says_when_it_continues_on_the_cpu(monkeypatch):
    monkeypatch.delenv("GRADIENTE_DEVICE", raising=False)
    assert device.warning() == ""
    monkeypatch.setenv("GRADIENTE_DEVICE", "gpu")
    monkeypatch.setattr(device, "gpu_name", lambda: "")
    assert "continua na CPU" in device.warning()
    monkeypatch.setattr(device, "gpu_name", lambda: "Uma GPU, 8 GB")
    monkeypatch.setattr(device.importlib.util, "find_spec", lambda name: None)
    assert "gradiente[gpu]" in device.warning()

"""A linha de comando: português, uma linha por erro, código de saída que não engana."""

from __future__ import annotations

import errno
import os

import pytest

from corretor import cli, gradebook
from corretor.build import write_notebook


def run(monkeypatch, capsys, folder, *argv: str) -> tuple[int, str, str]:
    """Executa `corretor argv…` em `folder`; devolve código, saída e erro."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", ["corretor", *argv])
    with pytest.raises(SystemExit) as exit_info:
        cli.main()
    printed = capsys.readouterr()
    return int(exit_info.value.code or 0), printed.out, printed.err


def assert_one_line_error(code: int, err: str, *words: str) -> None:
    assert code != 0
    assert err.startswith("erro:") and err.count("\n") == 1
    for word in words:
        assert word in err


def test_help_is_in_portuguese(monkeypatch, capsys, tmp_path):
    code, out, _ = run(monkeypatch, capsys, tmp_path, "autograde", "--ajuda")
    assert code == 0 and "Uso:" in out and "Argumentos" in out and "Mostra esta ajuda" in out
    for english in ("Usage", "Options", "Show this", "required"):
        assert english not in out


@pytest.mark.parametrize(
    "argv, words",
    [
        (["corrige"], ["não existe o comando 'corrige'"]),
        (["autograde"], ["falta informar LAB"]),
        (["report", "lab0", "lab1"], ["argumento a mais"]),
        (["report", "--cor", "lab0"], ["não existe a opção --cor"]),
        (["autograde", "lab9"], ["Lab desconhecido", "lab0-minimo"]),
        (["autograde", "lab0"], ["Não há entregas", "submitted/"]),
        (["report", "lab0"], ["Não há entregas"]),
        (["feedback", "lab0"], ["autograde lab0-minimo"]),
        (["claims", "99"], ["Nenhuma lição"]),
    ],
)
def test_bad_use_is_one_line_that_says_what_to_do(monkeypatch, capsys, mini, argv, words):
    code, _, err = run(monkeypatch, capsys, mini.course.root, *argv)
    assert_one_line_error(code, err, *words)


def test_outside_a_course(monkeypatch, capsys, tmp_path):
    code, _, err = run(monkeypatch, capsys, tmp_path, "report", "lab5")
    assert_one_line_error(code, err, "nbgrader_config.py")


def test_a_file_that_is_no_notebook_and_a_good_one(monkeypatch, capsys, mini):
    from corretor.answers import Answer, submission

    write_notebook(
        submission(mini, Answer("a", "", "referencia", {}, {}, {})), mini.submitted("estudante-001")
    )
    mini.submitted("estudante-002").parent.mkdir(parents=True)
    mini.submitted("estudante-002").write_text("<html>")
    code, out, err = run(monkeypatch, capsys, mini.course.root, "autograde", "lab0")
    assert_one_line_error(code, err, "recusadas")
    assert "Corrigidas: 1" in out and "não é um caderno" in out
    code, out, err = run(monkeypatch, capsys, mini.course.root, "feedback", "lab0")
    assert mini.feedback("estudante-001").exists() and not mini.feedback("estudante-002").exists()
    assert_one_line_error(code, err, "estudante-002")
    code, out, _ = run(monkeypatch, capsys, mini.course.root, "report", "lab0")
    assert code == 0 and "relatorio/lab0-minimo.html" in out


def test_missing_data_folder(monkeypatch, capsys, mini):
    monkeypatch.setenv("GRADIENTE_DATA_DIR", str(mini.course.root / "nada"))
    code, _, err = run(monkeypatch, capsys, mini.course.root, "autograde", "lab0")
    assert_one_line_error(code, err, "GRADIENTE_DATA_DIR", "nada")


def test_missing_generated_source(monkeypatch, capsys, mini):
    mini.source.unlink()
    mini.submitted("estudante-001").parent.mkdir(parents=True)
    mini.submitted("estudante-001").write_text("{}")
    code, _, err = run(monkeypatch, capsys, mini.course.root, "autograde", "lab0")
    assert_one_line_error(code, err, "make notebooks")


def test_a_full_disk_is_one_line_and_loses_nothing(monkeypatch, capsys, mini):
    from corretor.answers import Answer, submission

    write_notebook(
        submission(mini, Answer("a", "", "referencia", {}, {}, {})), mini.submitted("estudante-001")
    )
    assert run(monkeypatch, capsys, mini.course.root, "autograde", "lab0")[0] == 0
    assert run(monkeypatch, capsys, mini.course.root, "feedback", "lab0")[0] == 0
    before = mini.feedback("estudante-001").read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("corretor.pages.os.replace", full)
    code, _, err = run(monkeypatch, capsys, mini.course.root, "feedback", "lab0")
    assert_one_line_error(code, err, "espaço")
    assert mini.feedback("estudante-001").read_bytes() == before
    assert gradebook.scores(mini, "estudante-001")["todo01"].auto == 10.0

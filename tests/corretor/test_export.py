"""As notas exportadas: certas, sem zeros inventados, e iguais depois de passar por uma planilha."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess

import pytest

from corretor import gradebook
from corretor.answers import Answer, submission
from corretor.build import write_notebook
from corretor.errors import CorretorError
from corretor.export import ABSENT, GRADED, NOT_GRADED, PENDING, export, sheet, write_csv
from corretor.grading import autograde
from corretor.roster import Student

ROSTER = [
    Student("2026003", "Côncava Função, a Própria", "concava@exemplo.org"),
    Student("2026001", 'João "Jota" Derivada', "joao@exemplo.org"),
    Student("2026002", "=HYPERLINK(A1)", "formula@exemplo.org"),
    Student("2026009", "Estudante Número 9", "nove@exemplo.org"),
]
PARTIAL = "def media(valores):\n    return sum(valores)"


@pytest.fixture(scope="module")
def lab(shared_mini):
    """Quatro entregas: uma com a nota à mão, uma à espera dela, uma com zero de verdade, uma fora da lista."""
    for student, base, cells in (
        ("2026001", "referencia", {}),
        ("2026002", "referencia", {"todo01": PARTIAL}),
        ("2026003", "esqueleto", {}),
        ("visitante", "referencia", {}),
    ):
        answer = Answer(student, student, base, cells, {}, {})
        write_notebook(submission(shared_mini, answer), shared_mini.submitted(student))
    for some in (
        ["2026001", "2026002"],
        ["2026003", "visitante"],
    ):  # mais de duas esquentariam um núcleo à toa
        assert not any(result.error for result in autograde(shared_mini, some))
    with gradebook.gradebook(shared_mini.course) as book:
        for student in ("2026001", "visitante"):
            grade = book.find_grade("todo02", shared_mini.notebook, shared_mini.name, student)
            grade.manual_score, grade.needs_manual_grade = 4.5, False
        book.db.commit()
    return shared_mini


def table(path, delimiter: str = ",") -> list[list[str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_the_sheet_has_every_state_and_no_invented_zero(lab):
    rows = {row.id: row for row in sheet(lab, ROSTER)}
    states = {name: row.state for name, row in rows.items()}
    assert states == {
        "2026003": GRADED,  # o esqueleto: zero de verdade, e a parte à mão veio em branco
        "2026001": GRADED,
        "2026002": PENDING,
        "2026009": ABSENT,
        "visitante": GRADED,
    }
    assert [rows[name].mark(partial=False) for name in rows] == [0.0, 18.5, None, None, 18.5]
    assert rows["2026002"].mark(partial=True) == 6.0
    assert rows["2026002"].points == {"todo01": 2.0, "todo02": None, "todo03": 4.0}
    assert [rows[name].listed for name in ("2026001", "visitante")] == [True, False]


def test_the_spreadsheet_format(lab):
    done = export(lab, "csv", roster=ROSTER, comma=True)
    data = done.path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\r\n") == data.count(b"\n") == 6
    head, *rows = table(done.path, ";")
    assert head[:4] == ["nome", "matrícula", "nota (de 19)", "ToDo 1 (de 10)"]
    assert [row[:3] for row in rows] == [
        ["Côncava Função, a Própria", "2026003", "0"],
        ['João "Jota" Derivada', "2026001", "18,5"],
        ["'=HYPERLINK(A1)", "2026002", ""],
        ["Estudante Número 9", "2026009", ""],
        ["", "visitante", "18,5"],
    ]
    assert rows[3][3:] == ["", "", "", "", "", ABSENT] and rows[2][3:] == ["2", "", "4", "0", "0", PENDING]
    assert export(lab, "csv", roster=reversed(ROSTER), comma=True).path.read_bytes() != data
    assert export(lab, "csv", roster=ROSTER, comma=True).path.read_bytes() == data  # sempre igual


def test_moodle_gets_user_mark_and_comment_of_listed_people_only(lab):
    done = export(lab, "moodle", roster=ROSTER)
    assert not done.path.read_bytes().startswith(b"\xef\xbb\xbf")
    head, *rows = table(done.path)
    assert head[1:] == [
        "Número de identificação",
        "Endereço de email",
        "Lab 0, o menor possível (Real)",
        "Lab 0, o menor possível (Feedback)",
    ]
    assert [row[1] for row in rows] == ["2026003", "2026001", "2026002", "2026009"]
    assert [row[3] for row in rows] == ["0", "18.5", "", ""]
    assert rows[1][4] == "ToDo 1: 10 de 10; ToDo 2: 4,5 de 5; ToDo 3: 4 de 4" and rows[2][4] == ""
    assert done.left_out == ["visitante"]
    partial = table(export(lab, "moodle", roster=ROSTER, partial=True).path)
    assert partial[3][3] == "6" and "ToDo 2: sem nota ainda de 5" in partial[3][4]


def test_canvas_columns_and_scale(lab):
    head, points, *rows = table(export(lab, "canvas", roster=ROSTER, scale=10).path)
    assert head == [
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
        "Lab 0, o menor possível",
    ]
    assert points == ["    Points Possible", "", "", "", "", "10"]
    assert rows[1] == ['João "Jota" Derivada', "", "2026001", "joao@exemplo.org", "", "9.74"]


MODEL = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Lab 00 (11),Lab 0 (12),Prova (13),Current Score\r\n"
    "    Points Possible,,,,,5,19,10,(read only)\r\n"
    '"Derivada, João",501,2026001,joao,Turma A,4,,"9,5",80\r\n'
    '"Função, Côncava",502,,CONCAVA@exemplo.org,Turma A,3,7,EX,70\r\n'
    "=soma,503,2026002,x,Turma A,1,EX,2,60\r\n"
    '"Student, Test",599,,abc,Turma A,,,,\r\n'
)


def test_a_canvas_export_is_filled_in_one_column_only(lab, tmp_path):
    model = tmp_path / "export-do-canvas.csv"
    model.write_bytes(("\ufeff" + MODEL).encode())
    done = export(lab, "canvas", roster=ROSTER, model=model, path=tmp_path / "novo.csv")
    before, after = table(model), table(done.path)
    assert [row[6] for row in after] == ["Lab 0 (12)", "19", "18.5", "0", "EX", ""]
    for old, new in zip(before, after, strict=True):  # o resto, inclusive a dispensa (EX), fica como estava
        assert old[:6] + old[7:] == new[:6] + new[7:]
    assert done.left_out == ["visitante"]


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda text: text.replace(",19,", ",10,"), "--escala 10"),
        (lambda text: text.replace("Lab 0 (12)", "Trabalho (12)"), "Trabalho"),
        (lambda text: text.replace("Lab 00 (11)", "Lab 0 (11)"), "qual coluna"),
        (lambda text: text.replace("Student,ID", "Nome,Nota"), "não parece"),
        (lambda text: "", "não parece"),
        (lambda text: text.encode().decode("latin-1"), None),
    ],
)
def test_a_model_that_does_not_serve_is_refused(lab, tmp_path, change, words):
    model = tmp_path / "modelo.csv"
    text = change(MODEL)
    model.write_bytes(text.encode() if words else MODEL.encode("latin-1"))
    with pytest.raises(CorretorError, match=words or "UTF-8"):
        export(lab, "canvas", model=model)
    with pytest.raises(CorretorError, match="apagaria"):
        export(lab, "canvas", model=model, path=model)


def test_a_submission_that_changed_has_no_mark_until_it_is_graded_again(lab):
    path = lab.submitted("visitante")
    before = path.read_bytes()
    path.write_bytes(before.replace(b"len([1, 2, 3])", b"len([1, 2])"))
    assert path.read_bytes() != before
    try:
        row = sheet(lab)[-1]
        assert (row.state, row.mark(partial=True)) == (NOT_GRADED, None)
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize(
    "value, written",
    [
        ("=1+1", "'=1+1"),
        ("+55 11", "'+55 11"),
        ("-cmd|x", "'-cmd|x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("-3,5", "-3,5"),
        ("-3.5", "-3.5"),
        (-3.5, "-3.5"),
        (7.0, "7"),
        (100, "100"),
        (None, ""),
        ("Ângela d'Além", "Ângela d'Além"),
    ],
)
def test_formulas_are_neutralised_and_numbers_are_not(value, written):
    assert next(csv.reader(io.StringIO(write_csv([[value, "x"]]), newline=""))) == [written, "x"]


def test_quotes_separators_and_line_breaks_survive():
    row = ['a "b"', "c;d,e", "duas\nlinhas", "fim"]
    for comma, separator in ((False, ","), (True, ";")):
        text = write_csv([row], comma=comma)
        assert next(csv.reader(io.StringIO(text, newline=""), delimiter=separator)) == row
    assert write_csv([[1.5, -2.25]], comma=True) == "1,5;-2,25\r\n"


def test_the_command_says_who_has_no_mark_and_why(lab, monkeypatch, capsys):
    from corretor import cli

    monkeypatch.chdir(lab.course.root)
    monkeypatch.setattr("sys.argv", ["corretor", "export", "lab0", "--formato", "csv", "--virgula"])
    with pytest.raises(SystemExit) as done:
        cli.main()
    out = capsys.readouterr().out
    assert not done.value.code and "relatorio/lab0-minimo-csv.csv" in out
    assert "Corrigidas por inteiro: 3 de 4" in out and "Falta a nota à mão" in out and "2026002" in out


@pytest.mark.skipif(shutil.which("soffice") is None, reason="sem LibreOffice (soffice): falta a planilha")
@pytest.mark.parametrize("comma", [False, True], ids=["ponto", "virgula"])
def test_a_spreadsheet_program_gives_back_the_same_names_and_marks(lab, tmp_path, comma):
    done = export(lab, "csv", roster=ROSTER, comma=comma, path=tmp_path / "notas.csv")
    # Do CSV à planilha como a abriria quem usa o programa (76: UTF-8; 1046: português do Brasil, 1033: inglês),
    # e de volta a CSV com o que cada célula passou a valer.
    separator, language = (59, 1046) if comma else (44, 1033)
    steps = [
        ("xlsx", f"--infilter=CSV:{separator},34,76,1,,{language},false,true", tmp_path / "notas.csv"),
        ("csv:Text - txt - csv (StarCalc):9,34,76,1,,1033,false,false", None, tmp_path / "notas.xlsx"),
    ]
    for kind, given, source in steps:
        out = tmp_path if kind == "xlsx" else tmp_path / "volta"
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/perfil"]
        command += [*([given] if given else []), "--convert-to", kind, "--outdir", str(out), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    back = list(csv.reader(io.StringIO((tmp_path / "volta" / "notas.csv").read_text()), delimiter="\t"))
    wrote = table(done.path, ";" if comma else ",")
    assert len(back) == len(wrote) and back[0] == wrote[0]
    for got, want in zip(back[1:], wrote[1:], strict=True):
        assert got[0] == want[0] and got[-1] == want[-1]
        for one, two in zip(got[1:-1], want[1:-1], strict=True):
            if two and two != "visitante":
                assert float(one) == float(two.replace(",", ".")), (got, want)
            else:
                assert one == two

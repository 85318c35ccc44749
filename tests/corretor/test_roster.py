"""A lista da turma: separadores, codificações, cabeçalhos das plataformas, e erros que dizem a linha."""

from __future__ import annotations

import pytest

from corretor.errors import CorretorError
from corretor.roster import Student, read_roster

JOAO = Student("2026001", "João Derivada", "joao@exemplo.org")


def read(tmp_path, text: str | bytes) -> list[Student]:
    path = tmp_path / "turma.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_roster(path)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_separators_and_encodings(tmp_path, separator, codec):
    rows = [("Matrícula", "Nome", "E-mail"), ("2026001", "João Derivada", "Joao@exemplo.org")]
    text = "\r\n".join(separator.join(row) for row in rows)
    assert read(tmp_path, text.encode(codec)) == [JOAO]


@pytest.mark.parametrize(
    "text",
    [
        "Nome,Sobrenome,Número de identificação,Endereço de e-mail\nJoão,Derivada,2026001,joao@exemplo.org\n",
        "First name,Last name (Surname),ID number,Email address\nJoão,Derivada,2026001,joao@exemplo.org\n",
        "Student ID;Full name;Email\n2026001;João Derivada;joao@exemplo.org\n",
        "sep=;\nmatricula;nome completo;e-mail\n\n2026001;  João   Derivada ;joao@exemplo.org\n",
        "Student,ID,SIS User ID,SIS Login ID,Section,Email\n    Points Possible,,,,,\n"
        '"Derivada, João",77,2026001,joao,A,joao@exemplo.org\n',
        "matricula,nome,email\n2026001,Joa\u0303o Derivada,joao@exemplo.org\n",  # NFD
        "matricula,nome,email\n2026001.0,João Derivada,joao@exemplo.org\n",  # a planilha a tomou por número
    ],
)
def test_headers_of_each_platform(tmp_path, text):
    assert read(tmp_path, text) == [JOAO]


def test_without_an_id_the_email_is_the_id(tmp_path):
    found = read(tmp_path, "Nome,Sobrenome,E-mail\nJoão,Derivada,JOAO@exemplo.org\n")
    assert found == [Student("joao@exemplo.org", "João Derivada", "joao@exemplo.org")]


@pytest.mark.parametrize(
    "text, words",
    [
        ("", ["vazio"]),
        ("matricula,nome\n", ["falta a turma"]),
        ("2026001,João Derivada\n", ["linha 1", "cabeçalho"]),
        ("matricula,nome\n2026001,Um\n\n2026001,Dois\n", ["linha 4", "2026001", "linha 2"]),
        ("matricula,nome\nabc,Um\nABC,Dois\n", ["linha 3", "linha 2"]),
        ("matricula,nome\n2026001,Um\n,Dois\n", ["linha 3", "falta a matrícula"]),
        ("matricula,nome\n2026001,\n", ["linha 2", "falta o nome"]),
        ("matricula,nome\n../../x,Um\n", ["linha 2", "não serve"]),
        ("matricula,nome\na+b,Um\n", ["linha 2", "não serve"]),
        ("matricula,nome\n2E+06,Um\n", ["linha 2", "planilha"]),
        (b"PK\x03\x04" + b"x" * 50, ["planilha"]),
    ],
)
def test_errors_name_the_line(tmp_path, text, words):
    with pytest.raises(CorretorError) as error:
        read(tmp_path, text)
    for word in words:
        assert word in str(error.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(CorretorError, match="Não consegui ler"):
        read_roster(tmp_path / "nada.csv")

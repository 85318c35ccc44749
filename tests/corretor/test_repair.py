"""O conserto: cada caderno estragado recebe a nota que as suas respostas merecem, ou é recusado sozinho."""

from __future__ import annotations

import copy
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from corretor import gradebook, intake
from corretor.answers import Answer, read_answers, submission
from corretor.build import write_notebook
from corretor.course import Course
from corretor.errors import CorretorError
from corretor.grading import FAILED, GRADED, KEPT, autograde, read_verdicts
from corretor.intake import MAX_BYTES, MAX_CELLS
from corretor.repair import REPAIRS_KEY, read, read_submission, repair
from corretor.template import template

MEDIA = "def media(valores):\n    return sum(valores) / len(valores)"
PROSE = "Cada valor pesa $1/n$, é só isso.\n\nPor isso a média se move."
COUNT = "contagem = len([1, 2, 3])"
FULL = (10.0, 4.0)

Corruption = Callable[[Path, dict], object]
CORPUS: dict[str, tuple[Corruption, tuple[float, float] | str, str]] = {}


def corrupts(expected: tuple[float, float] | str, repaired: str = "") -> Callable[[Corruption], Corruption]:
    """Põe no corpus: a nota dos dois ToDos automáticos, ou o motivo da recusa; e um trecho do conserto."""

    def add(function: Corruption) -> Corruption:
        CORPUS[function.__name__] = function, expected, repaired
        return function

    return add


def honest(lab) -> dict:
    """A entrega honesta, como dicionário."""
    nb = submission(lab, Answer("", "", "referencia", {"todo01": MEDIA, "todo03": COUNT}, {}, {}))
    next(cell for cell in nb.cells if cell.id == "todo02").source = PROSE
    return json.loads(nbformat.writes(nb))


def hand_in(folder: Path, nb: dict, change: Corruption) -> None:
    """Entrega o caderno estragado: o que a função devolve, se não escreveu ela mesma na pasta."""
    folder.mkdir(parents=True)
    for cell in nb["cells"]:
        cell["source"] = "".join(cell["source"])
    content = change(folder, nb)
    if content is None:
        content = nb
    if isinstance(content, dict):
        content = json.dumps(content, ensure_ascii=False).encode()
    if isinstance(content, bytes):
        (folder / "lab0.ipynb").write_bytes(content)


def at(nb: dict, grade_id: str) -> int:
    return next(
        i for i, c in enumerate(nb["cells"]) if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )


def cell(nb: dict, grade_id: str) -> dict:
    return nb["cells"][at(nb, grade_id)]


def code(text: str) -> dict:
    return {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": 1}


def strip(nb: dict) -> None:
    nb["metadata"] = {}
    for one in nb["cells"]:
        one["metadata"] = {}
        one.pop("id", None)


# --- células apagadas, repetidas, partidas, fundidas, fora de ordem -----------------------------


@corrupts(FULL)
def untouched(folder, nb):
    return None


@corrupts((10.0, 0.0), "ausente: todo03")
def answer_deleted(folder, nb):
    del nb["cells"][at(nb, "todo03")]


@corrupts((0.0, 4.0), "ausente: todo01")
def first_answer_deleted(folder, nb):
    del nb["cells"][at(nb, "todo01")]


@corrupts(FULL, "recolocadas: todo01-teste")
def check_cell_deleted(folder, nb):
    del nb["cells"][at(nb, "todo01-teste")]


@corrupts(FULL, "recolocadas: preparo, todo01-teste, todo03-teste")
def only_the_answers_left(folder, nb):
    nb["cells"] = [cell(nb, "todo01"), cell(nb, "todo02"), cell(nb, "todo03")]


@corrupts((0.0, 0.0), "ausente: todo01, todo02, todo03")
def no_cells(folder, nb):
    nb["cells"] = []


@corrupts(FULL, "duplicadas: todo01")
def answer_copied(folder, nb):
    nb["cells"].insert(at(nb, "todo01"), copy.deepcopy(cell(nb, "todo01")))


@corrupts(FULL, "duplicadas: todo01")
def answered_in_the_first_copy(folder, nb):
    empty = copy.deepcopy(cell(nb, "todo01"))
    empty["source"] = (
        "def media(valores):\n    # ToDo: escreva aqui a sua solução e apague a linha seguinte.\n"
        '    raise NotImplementedError("ToDo por fazer")'
    )
    nb["cells"].insert(at(nb, "todo01") + 1, empty)


@corrupts(FULL, "vale a última preenchida")
def answered_twice_the_last_is_right(folder, nb):
    wrong = copy.deepcopy(cell(nb, "todo01"))
    wrong["source"] = "def media(valores):\n    return 0"
    nb["cells"].insert(at(nb, "todo01"), wrong)


@corrupts((0.0, 4.0), "vale a última preenchida")
def answered_twice_the_last_is_wrong(folder, nb):
    wrong = copy.deepcopy(cell(nb, "todo01"))
    wrong["source"] = "def media(valores):\n    return 0"
    nb["cells"].insert(at(nb, "todo01") + 1, wrong)


@corrupts(FULL, "todas mantidas na ordem: todo01")
def copy_that_the_answer_needs(folder, nb):
    helper = copy.deepcopy(cell(nb, "todo01"))
    helper["source"] = "def soma(valores):\n    return sum(valores)"
    nb["cells"].insert(at(nb, "todo01"), helper)
    cell(nb, "todo01")["source"] = helper["source"]
    nb["cells"][at(nb, "todo01") + 1]["source"] = (
        "def media(valores):\n    return soma(valores) / len(valores)"
    )


@corrupts(FULL, "partida em várias células, juntada: todo01")
def split_by_jupyterlab(folder, nb):
    rest = copy.deepcopy(cell(nb, "todo01"))
    cell(nb, "todo01")["source"], rest["source"] = MEDIA.split("\n")
    nb["cells"].insert(at(nb, "todo01") + 1, rest)


@corrupts(FULL, "partida em várias células, juntada: todo01")
def split_by_the_classic_notebook(folder, nb):
    head, rest = MEDIA.split("\n")
    cell(nb, "todo01")["source"] = head
    nb["cells"].insert(at(nb, "todo01") + 1, code(rest))


@corrupts(FULL, "partida em várias células, juntada: todo02")
def prose_split(folder, nb):
    rest = copy.deepcopy(cell(nb, "todo02"))
    cell(nb, "todo02")["source"], rest["source"] = PROSE.split("\n\n")
    nb["cells"].insert(at(nb, "todo02") + 1, rest)


@corrupts(FULL, "separadas: todo01, todo03")
def answers_merged(folder, nb):
    cell(nb, "todo01")["source"] = f"{MEDIA}\n\n# A contagem\n{COUNT}"
    del nb["cells"][at(nb, "todo03")]


@corrupts(FULL, "separadas: todo01, todo03")
def everything_between_merged(folder, nb):
    first, last = at(nb, "todo01"), at(nb, "todo03")
    nb["cells"][first]["source"] = "\n\n".join(one["source"] for one in nb["cells"][first : last + 1])
    nb["cells"][first]["source"] = nb["cells"][first]["source"].replace(PROSE, "# " + PROSE.split("\n")[0])
    del nb["cells"][first + 1 : last + 1]


@corrupts(FULL, "Células fora de ordem")
def reversed_order(folder, nb):
    nb["cells"].reverse()


@corrupts(FULL, "Células fora de ordem")
def shuffled(folder, nb):
    random.Random(7).shuffle(nb["cells"])


@corrupts(FULL, "Células fixas alteradas, restauradas: todo01-teste, todo03-teste")
def checks_weakened(folder, nb):
    for name in ("todo01-teste", "todo03-teste"):
        cell(nb, name)["source"] = cell(nb, name)["source"].replace("assert ", "assert True or ")


@corrupts(FULL, "não é a sua: todo03")
def answer_typed_into_the_test_cell(folder, nb):
    cell(nb, "todo03-teste")["source"] = f"{COUNT}\n" + cell(nb, "todo03-teste")["source"]
    del nb["cells"][at(nb, "todo03")]


@corrupts(FULL, "não é a sua: todo01")
def answer_typed_above_the_untouched_stub(folder, nb):
    nb["cells"].insert(at(nb, "todo01"), code(MEDIA))
    cell(nb, "todo01")["source"] = (
        "def media(valores):\n    # ToDo: escreva aqui a sua solução e apague a linha seguinte.\n"
        '    raise NotImplementedError("ToDo por fazer")'
    )


@corrupts(FULL)
def scratch_in_a_copy_of_the_answer_cell(folder, nb):
    scratch = copy.deepcopy(cell(nb, "todo01"))
    scratch["source"] = "print(media([contagem, 1]))"
    nb["cells"].append(scratch)


@corrupts(FULL)
def extra_cells_that_the_answers_use(folder, nb):
    nb["cells"].insert(at(nb, "todo01"), code("def soma(valores):\n    return sum(valores)"))
    cell(nb, "todo01")["source"] = "def media(valores):\n    return soma(valores) / len(valores)"
    nb["cells"].insert(at(nb, "todo01"), {"cell_type": "markdown", "metadata": {}, "source": "Meu rascunho"})


# --- marcas, tipos, metadados -------------------------------------------------------------------


@corrupts(FULL, "tipo trocado, restaurado: todo01")
def answer_turned_into_markdown(folder, nb):
    cell(nb, "todo01").update(cell_type="markdown", source=f"```python\n{MEDIA}\n```")


@corrupts(FULL, "tipo trocado, restaurado: todo01, todo01-teste")
def code_turned_into_raw(folder, nb):
    for name in ("todo01", "todo01-teste"):
        cell(nb, name)["cell_type"] = "raw"


@corrupts(FULL, "tipo trocado, restaurado: todo02")
def prose_turned_into_code(folder, nb):
    cell(nb, "todo02")["cell_type"] = "code"


@corrupts(FULL, "pontos, tipo ou bloqueio")
def unlocked(folder, nb):
    for one in nb["cells"]:
        one["metadata"].get("nbgrader", {})["locked"] = False


@corrupts(FULL, "pontos, tipo ou bloqueio")
def points_edited(folder, nb):
    cell(nb, "todo01-teste")["metadata"]["nbgrader"] |= {"points": 1e9, "grade": False, "solution": True}


@corrupts(FULL, "reconhecidas pelo conteúdo")
def metadata_stripped_ids_kept(folder, nb):
    for one in nb["cells"]:
        one["metadata"] = {}


@corrupts(FULL, "reconhecidas pelo conteúdo")
def colab(folder, nb):
    strip(nb)
    for n, one in enumerate(nb["cells"]):
        one["metadata"] = {"id": f"aB{n}cD", "colab": {"base_uri": "https://localhost:8080/"}}
    nb["metadata"] = {
        "colab": {"provenance": []},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
    }
    nb |= {"nbformat": 4, "nbformat_minor": 0}


@corrupts(FULL, "reconhecidas pelo conteúdo")
def stripped_and_shuffled(folder, nb):
    strip(nb)
    random.Random(3).shuffle(nb["cells"])


@corrupts(FULL, "reconhecidas pelo conteúdo")
def stripped_and_retyped(folder, nb):
    strip(nb)
    for one in nb["cells"]:
        one["cell_type"] = "raw"


@corrupts(FULL)
def equal_ids(folder, nb):
    for one in nb["cells"]:
        one["id"] = "igual"


@corrupts(FULL)
def no_ids(folder, nb):
    for one in nb["cells"]:
        one.pop("id")


@corrupts(FULL, "grade_id que não existe")
def invented_grade_ids(folder, nb):
    for one in nb["cells"]:
        one["metadata"]["nbgrader"] = {"grade_id": "todo99", "grade": True, "points": 50, "solution": True}


@corrupts(FULL, "não é a sua: todo03")
def the_same_grade_id_everywhere(folder, nb):
    mark = cell(nb, "todo01")["metadata"]
    for one in nb["cells"]:
        one |= {"metadata": mark, "id": "todo01"}


@corrupts(FULL, "não é a sua: todo01, todo03")
def swapped_grade_ids(folder, nb):
    one, other = cell(nb, "todo01"), cell(nb, "todo03")
    one["metadata"], other["metadata"] = other["metadata"], one["metadata"]


@corrupts((10.0, 0.0))
def forged_states(folder, nb):
    cell(nb, "todo03")["source"] = "contagem = 9"
    for one in nb["cells"]:
        forged = {"corretor_missing": True, "gradiente_state": "crashed", "gradiente_reason": "x", "score": 9}
        one["metadata"] |= forged
    nb["metadata"]["corretor_repairs"] = [{"student": "FORJADO", "instructor": "FORJADO"}]


@corrupts(FULL)
def absurd_nbgrader_metadata(folder, nb):
    for n, one in enumerate(nb["cells"]):
        mark = one["metadata"].get("nbgrader")
        if mark:
            mark |= {"schema_version": -1 if n % 2 else "dez", "checksum": [], "cell_type": {}, "task": "x"}


@corrupts(FULL, "Núcleo 'ir' trocado")
def another_kernel(folder, nb):
    nb["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    nb["metadata"]["language_info"] = {"name": "R"}


# --- formato e arquivo --------------------------------------------------------------------------


@corrupts(FULL, "nbformat 3")
def nbformat_3(folder, nb):
    for one in nb["cells"]:
        one.pop("id")
        if one["cell_type"] == "code":
            one["input"], one["language"] = one.pop("source"), "python"
            one["prompt_number"] = one.pop("execution_count")
    heading = nb["cells"][0]
    heading |= {"cell_type": "heading", "level": 1, "source": heading["source"].removeprefix("# ")}
    sheet = {"cells": nb["cells"], "metadata": {}}
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet]}


@corrupts(FULL)
def nbformat_4_without_minor(folder, nb):
    del nb["nbformat_minor"]


@corrupts(FULL)
def absurd_nbformat(folder, nb):
    nb |= {"nbformat": -99, "nbformat_minor": "muitos", "metadata": [1, 2]}


@corrupts(FULL)
def numbers_too_big(folder, nb):
    text = json.dumps(nb).replace('"execution_count": null', '"execution_count": ' + "9" * 20_000)
    return text.encode()


@corrupts(FULL, "CRLF")
def windows_line_ends(folder, nb):
    for one in nb["cells"]:
        one["source"] = one["source"].replace("\n", "\r\n")
    return json.dumps(nb, indent=1).replace("\n", "\r\n").encode()


@corrupts(FULL, "utf-8-sig")
def byte_order_mark(folder, nb):
    return b"\xef\xbb\xbf" + json.dumps(nb, ensure_ascii=False).encode()


@corrupts(FULL, "Latin-1")
def latin_1(folder, nb):
    return json.dumps(nb, ensure_ascii=False).replace("\u201c", '\\"').encode("latin-1", "replace")


@corrupts(FULL, "utf-16")
def utf_16(folder, nb):
    return json.dumps(nb, ensure_ascii=False).encode("utf-16")


@corrupts(FULL, "bytes nulos")
def null_characters_in_the_answers(folder, nb):
    for name in ("todo01", "todo02", "todo03"):
        cell(nb, name)["source"] = "\x00".join(cell(nb, name)["source"])


@corrupts(FULL, "Bytes nulos")
def null_bytes_after_the_end(folder, nb):
    return json.dumps(nb).encode() + bytes(4096)


@corrupts(FULL, "Unicode inválidos")
def lone_surrogates(folder, nb):
    cell(nb, "todo01")["source"] += "  # \ud83d"
    return json.dumps(nb).encode()


@corrupts(FULL)
def source_as_lines_without_ends(folder, nb):
    for one in nb["cells"]:
        one["source"] = one["source"].split("\n")


@corrupts(FULL, "ilegível")
def cells_that_are_not_cells(folder, nb):
    nb["cells"][1:1] = [None, 3, [], {"cell_type": "code", "source": {"a": 1}}]


@corrupts(FULL)
def nothing_but_type_and_source(folder, nb):
    for one in nb["cells"]:
        for key in ("outputs", "execution_count"):
            one.pop(key, None)
        if not one["metadata"].get("nbgrader"):
            del one["metadata"]
    return {"cells": nb["cells"]}


@corrupts(FULL)
def monstrous_outputs(folder, nb):
    output = {
        "output_type": "execute_result",
        "data": {"text/plain": "99.0"},
        "metadata": {},
        "execution_count": 1,
    }
    for one in nb["cells"]:
        if one["cell_type"] == "code":
            one["outputs"] = [output, {"output_type": "x"}, 7, {"text": "a" * 1_000_000}]


# --- a pasta ------------------------------------------------------------------------------------


def put(path: Path, nb: dict) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(nb), encoding="utf-8")
    return True  # a pasta já está como deve


@corrupts(FULL, "Caderno com outro nome: Meu Lab (1).ipynb")
def renamed(folder, nb):
    return put(folder / "Meu Lab (1).ipynb", nb)


@corrupts(FULL, "Caderno com outro nome: lab0/entrega/lab0.ipynb")
def unzipped_into_a_folder(folder, nb):
    return put(folder / "lab0" / "entrega" / "lab0.ipynb", nb)


@corrupts(FULL, "não corrigidos: outro.ipynb")
def extra_notebooks_and_files(folder, nb):
    put(folder / "outro.ipynb", {"cells": [code("x = 1")]})
    put(folder / ".ipynb_checkpoints" / "lab0-checkpoint.ipynb", {"cells": []})
    (folder / "dados.csv").write_text("1,2\n")
    (folder / "lab0.pdf").write_bytes(bytes(3_000))
    (folder / "atalho.txt").symlink_to("/etc/passwd")
    os.mkfifo(folder / "cano.txt")
    (folder / "timestamp.txt").write_text("ontem")


@corrupts(FULL, "Caderno com outro nome: lab0-Copia1.ipynb")
def answered_in_a_copy(folder, nb):
    put(folder / "lab0-Copia1.ipynb", nb)
    nb["cells"] = [one for one in nb["cells"] if not one["metadata"].get("nbgrader", {}).get("solution")]


@corrupts(FULL, "lab0-Copia1.ipynb")
def a_broken_original_and_a_good_copy(folder, nb):
    put(folder / "lab0-Copia1.ipynb", nb)
    return json.dumps(nb).encode()[:-300]


@corrupts("não sei qual vale")
def two_different_copies(folder, nb):
    put(folder / "a.ipynb", nb)
    cell(nb, "todo03")["source"] = "contagem = 2"
    return put(folder / "b.ipynb", nb)


@corrupts("marcas de conflito do Git")
def git_conflict(folder, nb):
    lines = json.dumps(nb, indent=1).split("\n")
    lines[9:9] = ["<<<<<<< HEAD", ' "a": 1,', "=======", ' "a": 2,', ">>>>>>> tema"]
    return "\n".join(lines).encode()


@corrupts("foi cortado")
def truncated(folder, nb):
    text = json.dumps(nb).encode()
    return text[: len(text) // 2]


@corrupts("está vazio")
def empty_file(folder, nb):
    return b""


@corrupts("página HTML")
def login_page(folder, nb):
    return b"<!DOCTYPE html><html><title>Entrar</title></html>"


@corrupts("comprimido")
def zip_file(folder, nb):
    return b"PK\x03\x04" + bytes(range(256))


@corrupts("não tem células")
def other_json(folder, nb):
    return {"nome": "Ana"}


@corrupts("é uma pasta")
def folder_in_place_of_the_notebook(folder, nb):
    (folder / "lab0.ipynb").mkdir()
    return True


@corrupts("é um atalho")
def symlink_to_another_student(folder, nb):
    (folder / "lab0.ipynb").symlink_to(folder.parents[1] / "untouched" / folder.name / "lab0.ipynb")
    return True


@corrupts("não é um arquivo comum")
def fifo(folder, nb):
    os.mkfifo(folder / "lab0.ipynb")
    return True


@corrupts("não é uma pasta")
def file_in_place_of_the_folder(folder, nb):
    folder.rmdir()
    return put(folder, nb)


@corrupts("a pasta da entrega é um atalho")
def symlinked_folder(folder, nb):
    folder.rmdir()
    folder.symlink_to(folder.parents[1] / "untouched" / folder.name)
    return True


@corrupts("falta o caderno")
def empty_folder(folder, nb):
    return True


@corrupts("100 MB; o limite é 20 MB")
def hundred_megabytes(folder, nb):
    with (folder / "lab0.ipynb").open("wb") as file:
        file.truncate(100 * 2**20)
    return True


@corrupts("50000 células")
def fifty_thousand_cells(folder, nb):
    nb["cells"] = [code("x = 1")] * 50_000


@corrupts("aninhadas demais")
def nested_json(folder, nb):
    return b'{"cells": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"


def test_the_whole_corpus_is_graded_or_refused_each_alone(mini):
    """Uma turma de todos os casos numa corrida só, com uma entrega honesta no fim."""
    for name, (change, _, _) in CORPUS.items():
        hand_in(mini.submitted(name).parent, honest(mini), change)
    before = _tree(mini.course.root / "submitted")
    results = {result.student: result for result in autograde(mini)}
    assert set(results) == set(CORPUS) and len(CORPUS) >= 60
    wrong = []
    for name, (_, expected, repaired) in CORPUS.items():
        result = results[name]
        if isinstance(expected, str):
            if result.status != FAILED or expected not in result.error or gradebook.scores(mini, name):
                wrong.append((name, result))
            continue
        if result.status != GRADED:
            wrong.append((name, result))
            continue
        scores = gradebook.scores(mini, name)
        record = read_verdicts(mini, name)
        said = " ".join(one["instructor"] for one in record["repairs"])
        states = {verdict["todo"]: verdict["state"] for verdict in record["verdicts"]}
        if (
            (scores["todo01"].auto, scores["todo03"].auto) != expected
            or scores["todo02"].auto is not None  # espera o professor, mesmo quando não se achou
            or repaired not in said
            or (not repaired and _must_be_silent(name) and said)
            or "FORJADO" in said
            or (name in ("answer_deleted", "no_cells")) != (states["todo03"] == "repaired_missing")
        ):
            wrong.append((name, scores, said, states))
    assert not wrong, "\n".join(map(str, wrong))
    assert _tree(mini.course.root / "submitted") == before  # o original é intocável
    graded = [name for name, (_, expected, _) in CORPUS.items() if not isinstance(expected, str)]
    assert {result.status for result in autograde(mini, graded[:3])} == {KEPT}


def _must_be_silent(name: str) -> bool:
    return name in ("untouched", "extra_cells_that_the_answers_use", "equal_ids", "no_ids")


def _tree(root: Path) -> dict[str, bytes | None]:
    return {
        str(path): path.read_bytes() if path.is_file() and path.stat().st_size < MAX_BYTES else None
        for path in sorted(root.rglob("*"))
    }


def test_stock_nbgrader_grades_corrupted_notebooks_without_losing_the_class(mini):
    """As duplicadas param a turma inteira no nbgrader comum; aqui nem com o comando dele."""
    names = [
        "answer_copied",
        "split_by_jupyterlab",
        "points_edited",
        "answer_deleted",
        "absurd_nbgrader_metadata",
    ]
    for name in names:
        hand_in(mini.submitted(name).parent, honest(mini), CORPUS[name][0])
    program = str(Path(sys.prefix) / "bin" / "nbgrader")
    env = dict(os.environ) | {"PATH": f"{sys.prefix}/bin:{os.environ['PATH']}"}
    for step in ("generate_assignment", "autograde"):
        done = subprocess.run(
            [program, step, mini.name, "--force"],
            cwd=mini.course.root,
            capture_output=True,
            text=True,
            env=env,
        )
        assert done.returncode == 0, done.stderr[-2000:]
    for name in names:
        scores = gradebook.scores(mini, name)
        assert (scores["todo01"].auto, scores["todo03"].auto) == CORPUS[name][1], name


def test_every_answer_of_the_bank_comes_out_intact_and_without_repairs(mini):
    official = template(mini)
    for answer in read_answers(mini):
        nb = submission(mini, answer)
        repaired, repairs = repair(official, intake.parse(nbformat.writes(nb).encode(), "lab0.ipynb"))
        assert not repairs and repaired.metadata[REPAIRS_KEY] == []
        assert [one.source for one in repaired.cells if one.id in ("todo01", "todo02", "todo03")] == [
            one.source for one in nb.cells if one.id in ("todo01", "todo02", "todo03")
        ]
        nbformat.validate(repaired)


@pytest.mark.parametrize("seed", range(40))
def test_any_permutation_and_loss_of_marks_keeps_every_answer(mini, seed):
    """Propriedade: sortear a ordem, as marcas que se perdem e as células do lab que somem não muda respostas."""
    rng = random.Random(seed)
    nb = honest(mini)
    answers = ("todo01", "todo02", "todo03")
    kept = [one for one in nb["cells"] if one["id"] in answers or rng.random() < 0.7]
    if rng.random() < 0.5:
        rng.shuffle(kept)
    for one in kept:
        if rng.random() < 0.5:
            one["metadata"] = {}
            one["id"] = f"novo-{rng.random()}"
    nb["cells"] = kept
    repaired, _ = repair(template(mini), intake.parse(json.dumps(nb).encode(), "lab0.ipynb"))
    texts = {one.id: one.source for one in repaired.cells}
    assert (texts["todo01"], texts["todo02"], texts["todo03"]) == (MEDIA, PROSE, COUNT)
    assert [one.id for one in repaired.cells if not one.id.startswith("extra")] == [
        one.cell.id for one in template(mini).cells
    ]
    nbformat.validate(repaired)


@pytest.mark.parametrize("name", ("lab1", "lab2", "lab3", "lab4", "lab5", "lab6"))
def test_the_real_labs_keep_every_answer_through_colab_and_through_any_order(name):
    lab = Course.find(Path(__file__).parents[2]).lab(name)
    official = template(lab)
    released = {one["id"]: "".join(one["source"]) for one in json.loads(lab.release.read_text())["cells"]}
    assert {one.cell.id: one.text for one in official.cells} == released
    for answer in read_answers(lab):
        nb = submission(lab, answer)
        data = nbformat.writes(nb).encode()
        assert repair(official, intake.parse(data, "lab.ipynb"))[1] == [], answer.name
        stripped = json.loads(data)
        strip(stripped)
        ordered, _ = repair(official, intake.parse(json.dumps(stripped).encode(), "lab.ipynb"))
        assert _answers(ordered) == _answers(nb), answer.name
        random.Random(answer.name).shuffle(stripped["cells"])
        mixed, _ = repair(official, intake.parse(json.dumps(stripped).encode(), "lab.ipynb"))
        # Prosa sem marca, sem nome e fora de lugar não se reconhece: espera o professor.
        assert _answers(mixed, "code") == _answers(nb, "code"), answer.name


def _answers(nb: nbformat.NotebookNode, *kinds: str) -> dict[str, str]:
    return {
        one.metadata.nbgrader.grade_id: one.source.strip()
        for one in nb.cells
        if one.metadata.get("nbgrader", {}).get("solution")
        and one.cell_type in (kinds or ("code", "markdown"))
    }


def test_extra_cells_stay_between_their_neighbours(mini):
    nb = honest(mini)
    for place in ("todo01", "todo02", "todo03-teste"):
        nb["cells"].insert(at(nb, place), code(f"antes_de_{place.replace('-', '_')} = 1"))
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "fim"})
    repaired, repairs = repair(template(mini), intake.parse(json.dumps(nb).encode(), "lab0.ipynb"))
    assert not repairs
    assert [one.source for one in repaired.cells if one.id.startswith("extra")] == [
        "antes_de_todo01 = 1",
        "antes_de_todo02 = 1",
        "antes_de_todo03_teste = 1",
        "fim",
    ]
    ids = [one.id for one in repaired.cells]
    for number, place in enumerate(("todo01", "todo02", "todo03-teste"), start=1):
        assert ids.index(f"extra-{number}") == ids.index(place) - 1


def test_the_repaired_notebook_has_the_probes_and_nothing_of_the_students_metadata(mini):
    nb = honest(mini)
    for one in nb["cells"]:
        one["metadata"] |= {"segredo": "x", "tags": ["x"]}
    nb["metadata"]["segredo"] = "x"
    repaired, _ = repair(template(mini), intake.parse(json.dumps(nb).encode(), "lab0.ipynb"))
    text = nbformat.writes(repaired)
    assert "segredo" not in text and "tags" not in text
    assert text.count("BEGIN HIDDEN TESTS") == 2


def test_what_the_student_reads_says_nothing_hidden(mini):
    for name in CORPUS:
        if isinstance(CORPUS[name][1], str):
            continue
        hand_in(mini.submitted(name).parent, honest(mini), CORPUS[name][0])
        for one in repair(template(mini), read(mini, name))[1]:
            for secret in (
                "observe",
                "de_array",
                "medias",
                "BEGIN",
                "source/",
                "grade_id",
                str(mini.course.root),
            ):
                assert secret not in one.student, (name, one)


def test_bombs_cost_neither_time_nor_memory(mini):
    """O pior caderno que cabe nos limites ainda se conserta depressa."""
    claim = {"nbgrader": {"grade_id": "todo01"}}
    cells = [code(f"x{n} = [" + "[]," * 120 + "]") | {"metadata": claim} for n in range(MAX_CELLS - 1)]
    cells.append(code("x = " + "(" * 90_000) | {"metadata": claim})
    data = json.dumps({"cells": cells}).encode()
    begun = time.monotonic()
    repair(template(mini), intake.parse(data, "lab0.ipynb"))
    assert time.monotonic() - begun < 20
    path = mini.submitted("bomba")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{" + b" " * MAX_BYTES)
    with pytest.raises(CorretorError, match="o limite é"):
        read_submission(mini, "bomba")


def test_the_key_is_of_the_original_bytes(mini):
    hand_in(mini.submitted("colab").parent, honest(mini), CORPUS["colab"][0])
    assert read_submission(mini, "colab") == mini.submitted("colab").read_bytes()


def test_a_notebook_of_another_lab_is_graded_with_a_warning(mini):
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('outro lab')", id="a")])
    write_notebook(other, mini.submitted("ana"))
    _, repairs = repair(template(mini), read(mini, "ana"))
    assert any("outro lab" in one.instructor for one in repairs)

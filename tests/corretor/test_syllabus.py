"""O mapa do curso: contradições apontadas pelo nome, cobertura contada, página e figura iguais ao mapa."""

from __future__ import annotations

import pytest

from corretor import syllabus, syllabus_page
from corretor.course import Course
from corretor.errors import CorretorError

MAP = """
[parts]
A = "Começo"

[[lessons]]
number = 1
id = "A1"
slug = "um"
subject = "Um"
requires = []
concepts = ["água", "*batch*"]
rows = ["S0-01", "S0-02"]

[[lessons]]
number = 2
id = "A2"
slug = "dois"
subject = "Dois"
requires = ["A1"]
concepts = ["zero", "abelha"]
rows = ["S0-03", "S1-01"]

[[labs]]
id = "lab1"
subject = "Prática"
practices = ["A2"]
rows = ["S1-02"]
"""

LESSON = """# ---
# jupyter:
#   gradiente:
#     id: A1
#     title: Quanto é um?
#     covers: [S0-01, S0-02]
#     seconds: 10
# ---

# %% [markdown]
# # 01 · Quanto é um?
#
# | **Tempo de execução** | cerca de 10 s em dois núcleos de CPU |
"""


@pytest.fixture
def course(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("")
    (tmp_path / "content" / "lessons").mkdir(parents=True)
    (tmp_path / "content" / "ementa.toml").write_text(MAP, encoding="utf-8")
    (tmp_path / "content" / "lessons" / "01-um.py").write_text(LESSON, encoding="utf-8")
    return Course.find(tmp_path)


def test_reads_the_map_and_the_headers(course):
    plan = syllabus.read(course)
    assert [(x.stem, x.written, x.title) for x in plan.lessons] == [
        ("01-um", True, "Quanto é um?"),
        ("02-dois", False, "Dois"),
    ]
    assert plan.lessons[0].seconds == 10 and not plan.labs[0].written


def test_coverage_counts_what_is_written(course):
    done, missing = syllabus.coverage(syllabus.read(course))
    assert (sorted(done), sorted(missing)) == (["S0-01", "S0-02"], ["S0-03", "S1-01", "S1-02"])
    assert syllabus.ranges(missing) == ["S0-03", "S1-01 a S1-02"]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("ementa.toml", 'id = "A2"', 'id = "A1"', "repetido"),
        ("ementa.toml", 'id = "A2"', 'id = "Z2"', "nenhuma parte"),
        ("ementa.toml", "requires = []", 'requires = ["A2"]', "não vem antes"),
        ("ementa.toml", 'slug = "um"', 'slug = "outra"', "fora do mapa"),
        ("lessons/01-um.py", "id: A1", "id: A7", "código"),
        ("lessons/01-um.py", "covers: [S0-01, S0-02]", "covers: [S0-01]", "faltam em covers S0-02"),
        ("lessons/01-um.py", "seconds: 10", "seconds: 15", "cartão"),
    ],
)
def test_contradictions_are_named(course, file, old, new, message):
    path = course.content / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CorretorError, match=message):
        syllabus.read(course)


def test_page_links_what_exists_and_sorts_concepts_in_portuguese(course):
    text = syllabus_page.page(syllabus.read(course))
    assert "[01 · Um](../notebooks/01-um.ipynb) | Quanto é um? | — | — | 10 s |" in text
    assert "| 02 · Dois | *em preparação* | 01 | Lab 1 | — |" in text
    concepts = text.split("| conceito |")[1]
    assert [concepts.index(word) for word in ("abelha", "água", "*batch*", "zero")] == sorted(
        concepts.index(word) for word in ("abelha", "água", "*batch*", "zero")
    )


def test_figure_is_redrawn_only_when_the_map_changes(course):
    plan = syllabus.read(course)
    assert syllabus_page.write(course, plan) == 2
    assert syllabus_page.write(course, plan) == 0
    (course.content / "lessons" / "01-um.py").unlink()
    changed = syllabus.read(course)
    assert not syllabus_page.is_drawn(course, changed)
    assert syllabus_page.write(course, changed) == 2

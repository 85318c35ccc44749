"""Os mutantes: quais mudanças se fazem, o que se conta, e o que acontece quando um deles trava, morre ou sabota."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corretor.answers import read_answers
from corretor.errors import CorretorError
from corretor.mutants import measure, mutants, mutations
from corretor.rehearsal import Rehearsal, filled, rehearse

SOURCE = '''
def f(x: int, axis=0):
    """Soma 1 + 1 e devolve."""
    if x > 2:
        raise ValueError("x + 1")
    y = np.mean(x - 3, axis=0)
    y += 1
    return y * 2
'''


def test_operators_constants_axes_order_and_omissions_change():
    lines = {(before, after) for _, before, after, _ in mutations(SOURCE)}
    for expected in (
        ("if x > 2:", "if x >= 2:"),
        ("if x > 2:", "if x > 3:"),
        ("if x > 2:", "if False:"),
        ("y = np.mean(x - 3, axis=0)", "y = np.sum(x - 3, axis=0)"),
        ("y = np.mean(x - 3, axis=0)", "y = np.mean(x - 3, axis=1)"),
        ("y = np.mean(x - 3, axis=0)", "y = np.mean(x - 3)"),
        ("y = np.mean(x - 3, axis=0)", "y = np.mean(3 - x, axis=0)"),
        ("y = np.mean(x - 3, axis=0)", "y = np.mean(x, axis=0)"),
        ("y = np.mean(x - 3, axis=0)", "pass"),
        ("y += 1", "y -= 1"),
        ("y += 1", "pass"),
        ("return y * 2", "return y / 2"),
        ("return y * 2", "return y"),
    ):
        assert expected in lines, expected


def test_what_only_a_reader_sees_stays_and_every_mutant_is_new_and_compiles():
    found = list(mutations(SOURCE))
    texts = [code for *_, code in found]
    assert len(set(texts)) == len(texts) and SOURCE not in texts
    for _, before, _, code in found:
        compile(code, "mutante", "exec")
        assert '"""' not in before and "raise" not in before
        assert "x: int" in code


def test_the_sample_is_always_the_same_and_has_every_todo(mini):
    every = mutants(mini)
    assert {mutant.todo for mutant in every} == {"todo01", "todo03"}
    scores = [measure(mini, sample=4, seeds=()) for _ in range(2)]
    names = [sorted(m.after for m in s.killed + s.survived) for s in scores]
    assert names[0] == names[1] and len(names[0]) == 4


def test_a_check_that_looks_at_nothing_lets_mutants_survive(mini):
    criterion = ("todo01", "A média de um array do NumPy.")
    sharp = measure(mini, todos=["todo01"], seeds=())
    assert sharp.survived == [] and sharp.by_check[criterion] > 0
    checks = mini.content / "checks.py"
    text = checks.read_text(encoding="utf-8")
    for look in ('abs(number(de_array, "a média") - 3) < 1e-9', "(first, second) == (20.0, 7.25)"):
        assert look in text
        text = text.replace(look, "True")
    checks.write_text(text, "utf-8")
    blind = measure(mini, todos=["todo01"], seeds=())
    assert blind.by_check[criterion] < sharp.by_check[criterion]
    assert blind.survived and blind.ratio < sharp.ratio


def test_a_known_equivalent_leaves_the_score_and_a_stale_one_is_denounced(mini):
    (mini.content / "equivalentes.toml").write_text(
        '[[mutantes]]\ntodo = "todo01"\nantes = "nada disto"\ndepois = "existe"\nrazao = "nenhuma"\n',
        encoding="utf-8",
    )
    assert any("não é mais um mutante" in text for text in measure(mini, seeds=()).failures)


def test_a_reference_that_does_not_get_everything_is_a_failure(mini):
    checks = mini.content / "checks.py"
    checks.write_text(
        checks.read_text(encoding="utf-8").replace("- 3) < 1e-9", "- 4) < 1e-9"), encoding="utf-8"
    )
    failures = measure(mini, seeds=()).failures
    assert len(failures) == 1 and "sem os testes visíveis" in failures[0] and "todo01" in failures[0]


def test_without_a_seed_to_change_and_with_unknown_todos_it_says_so(mini):
    with pytest.raises(CorretorError, match="SEED"):
        measure(mini, seeds=(1,))
    with pytest.raises(CorretorError, match=r"todo02 não é ToDo de correção automática. Há: todo01, todo03"):
        mutants(mini, ["todo02"])


@pytest.mark.parametrize("body", ["while True: pass", "import os; os._exit(3)", "raise SystemExit"])
def test_a_rehearsal_survives_loops_deaths_and_exits(mini, body):
    reference = next(answer for answer in read_answers(mini) if answer.name == "referencia")
    sick = replace(reference, cells={"todo01": f"def media(valores):\n    {body}"})
    runs = [Rehearsal(filled(mini, sick)), Rehearsal(filled(mini, reference))]
    rehearse(mini, runs, cell_seconds=2)
    assert [run.verdicts["todo01"].points for run in runs] == [0, 10]


def test_a_variant_that_spoils_what_others_use_does_not_taint_the_batch(mini):
    reference = next(answer for answer in read_answers(mini) if answer.name == "referencia")
    intact = "def media(valores):\n    return sum(valores) / len(valores)"
    vandal = f"media_cheia = 1\ndel np\n{intact}"
    run = Rehearsal(filled(mini, reference), variants={"todo01": {"vândalo": vandal, "intacta": intact}})
    rehearse(mini, [run])
    points = {name: verdict.points for name, verdict in run.results["todo01"].items()}
    assert points == {"vândalo": 8.0, "intacta": 10.0}  # `np` voltou para a segunda

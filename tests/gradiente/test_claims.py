"""Afirmações: a linha estável, a falha, o registro para várias sementes e a semente."""

import json
import random

import numpy as np
import pytest

from gradiente.claims import ClaimError, claim, seed, set_seeds


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    monkeypatch.delenv("GRADIENTE_CLAIMS_LOG", raising=False)
    monkeypatch.delenv("GRADIENTE_SEED", raising=False)


@pytest.mark.parametrize("condition", [True, np.bool_(True), np.float32(1.0) < 2])
def test_true_claim_prints_one_stable_line(capsys, condition):
    claim("B1-01", "o gradiente encolhe", condition)
    assert capsys.readouterr().out == "✔ B1-01 · o gradiente encolhe\n"


def test_false_claim_raises_with_its_line_and_prints_nothing(capsys):
    with pytest.raises(ClaimError, match=r"^✘ B1-02 · o gradiente cresce$"):
        claim("B1-02", "o gradiente cresce", np.bool_(False))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("condition", [1, 0.0, None, "sim", np.array([True]), np.array(True), [True]])
def test_only_booleans_are_conditions(condition):
    with pytest.raises(TypeError, match="B1-03: a condição deve ser True ou False"):
        claim("B1-03", "algo", condition)


@pytest.mark.parametrize("bad", ["", "B1", "b1-01", "B1-1", "B1-01 ", "1-01"])
def test_identifier_must_have_the_agreed_form(bad):
    with pytest.raises(ValueError, match="identificador"):
        claim(bad, "algo", True)


def test_text_is_required():
    with pytest.raises(ValueError, match="precisa de um texto"):
        claim("B1-01", "  ", True)


def test_log_records_every_claim_and_does_not_raise(tmp_path, monkeypatch, capsys):
    log = tmp_path / "afirmacoes.jsonl"
    monkeypatch.setenv("GRADIENTE_CLAIMS_LOG", str(log))
    monkeypatch.setenv("GRADIENTE_SEED", "3")
    claim("B1-01", "é verdade", True)
    claim("B1-02", "não é", np.bool_(False))
    records = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert records == [
        {"id": "B1-01", "text": "é verdade", "held": True, "seed": 3},
        {"id": "B1-02", "text": "não é", "held": False, "seed": 3},
    ]
    assert capsys.readouterr().out == "✔ B1-01 · é verdade\n✘ B1-02 · não é\n"


def test_seed_comes_from_the_environment_or_is_42(monkeypatch):
    assert seed() == 42
    monkeypatch.setenv("GRADIENTE_SEED", "7")
    assert seed() == 7
    monkeypatch.setenv("GRADIENTE_SEED", "")
    assert seed() == 42


@pytest.mark.parametrize("bad", ["sete", "-1", "1.5", str(2**32)])
def test_bad_seed_is_explained(monkeypatch, bad):
    monkeypatch.setenv("GRADIENTE_SEED", bad)
    with pytest.raises(ValueError, match="GRADIENTE_SEED"):
        seed()


def test_set_seeds_restarts_python_numpy_and_keras(monkeypatch):
    import keras

    def draw():
        return (
            random.random(),
            np.random.rand(),
            keras.layers.Dense(2).kernel_initializer((3, 2)).numpy().tolist(),
        )

    assert set_seeds() == 42
    first = draw()
    set_seeds()
    assert draw() == first
    monkeypatch.setenv("GRADIENTE_SEED", "1")
    assert set_seeds() == 1
    other = draw()
    assert all(a != b for a, b in zip(first, other, strict=True))

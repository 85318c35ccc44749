"""Aumento de texto: o que muda, o que não pode mudar e o que se repete."""

from __future__ import annotations

import numpy as np
import pytest

from gradiente import text
from gradiente.text import NEGATIONS, OPERATIONS, SYNONYMS, augment

PT = "@VoaBrisa o voo não foi nada bom, achei a equipe péssima e a mala chegou quebrada!"
EN = "@united the flight wasn't good, my bag never arrived and the crew was terrible"


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize(("language", "message"), [("pt", PT), ("en", EN)])
def test_negations_and_mentions_stay(name, language, message):
    for seed in range(30):
        words = OPERATIONS[name](message, language=language, rng=rng(seed), rate=1.0).split()
        protected = {"pt": ["não", "foi", "nada", "bom,"], "en": ["wasn't", "good,", "never", "arrived"]}
        assert [w for w in words if w in protected[language]] == protected[language]
        assert words.count(message.split()[0]) == 1


@pytest.mark.parametrize("name", OPERATIONS)
def test_same_generator_same_text(name):
    first, again = (OPERATIONS[name](PT, language="pt", rng=rng(3)) for _ in range(2))
    assert first == again
    assert len({OPERATIONS[name](PT, language="pt", rng=rng(seed)) for seed in range(20)}) > 1


def test_synonyms_keep_case_and_punctuation():
    assert text.synonyms("Péssima!", language="pt", rng=rng(), rate=1.0) in {
        "Horrível!",
        "Terrível!",
        "Ruim!",
    }
    assert text.synonyms("xyz qwe", language="pt", rng=rng(), rate=1.0) == "xyz qwe"
    assert text.synonyms(PT, language="pt", rng=rng(), rate=0.0) == PT


def test_swap_keeps_the_words_and_delete_never_empties():
    assert sorted(text.swap(PT, language="pt", rng=rng(), rate=1.0).split()) == sorted(PT.split())
    assert text.swap("oi", language="pt", rng=rng(), rate=1.0) == "oi"
    assert text.delete("voo ruim demais", language="pt", rng=rng(), rate=1.0) != ""
    assert text.delete("", language="pt", rng=rng()) == ""


@pytest.mark.parametrize("language", SYNONYMS)
def test_tables_are_symmetric_and_without_negations(language):
    table = SYNONYMS[language]
    assert not NEGATIONS[language] & set(table)
    for word, others in table.items():
        assert word not in others and len(set(others)) == len(others) > 0
        assert all(word in table[other] for other in others)


def test_augment_keeps_labels_and_says_the_source():
    texts, labels, source = augment([PT, "voo ótimo"], [0, 2], language="pt", rng=rng(), copies=3)
    assert texts.shape == labels.shape == source.shape == (8,)
    assert list(texts[:2]) == [PT, "voo ótimo"]
    assert list(source) == [0, 1] * 4 and list(labels) == [0, 2] * 4
    assert list(augment([PT], [0], language="pt", rng=rng(), copies=0)[0]) == [PT]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": [0, 1]}, "textos"),
        ({"copies": -1}, "copies"),
        ({"operations": ["translate"]}, "operação"),
        ({"language": "fr"}, "língua"),
    ],
)
def test_errors_are_in_portuguese(change, message):
    with pytest.raises(ValueError, match=message):
        augment(**({"texts": [PT], "labels": [0], "language": "pt", "rng": rng()} | change))
    with pytest.raises(ValueError, match="rate"):
        text.swap(PT, language="pt", rng=rng(), rate=2)

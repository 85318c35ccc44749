"""Aumento de dados de texto: trocar por sinônimos, apagar e permutar palavras, sem mexer nas negações.

As três operações são as mais simples das de Wei e Zou (EDA, EMNLP-IJCNLP 2019). As tabelas de sinônimos são
pequenas, feitas à mão para mensagens sobre companhias aéreas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")

__all__ = ["NEGATIONS", "OPERATIONS", "SYNONYMS", "augment", "delete", "swap", "synonyms"]

NEGATIONS = {
    "pt": frozenset(
        [
            "não",
            "n",
            "nao",
            "nada",
            "nunca",
            "nem",
            "ninguém",
            "nenhum",
            "nenhuma",
            "sem",
            "jamais",
            "tampouco",
        ]
    ),
    "en": frozenset(
        [
            "not",
            "no",
            "never",
            "none",
            "nobody",
            "nothing",
            "nowhere",
            "neither",
            "nor",
            "without",
            "cannot",
            "cant",
            "aint",
        ]
    ),
}
"""Palavras que invertem o sentido: nenhuma operação as toca, nem à palavra seguinte."""

_GROUPS = {  # em cada grupo, formas que se trocam umas pelas outras no lugar em que estão (gênero e número iguais)
    "pt": (
        "péssimo horrível terrível ruim", "péssima horrível terrível ruim", "ótimo excelente maravilhoso",
        "ótima excelente maravilhosa", "mala bagagem", "malas bagagens", "avião jato",
        "demorado lento", "demorada lenta", "grosseiro arrogante", "grosseira arrogante", "atencioso gentil simpático",
        "atenciosa gentil simpática", "lamentável deplorável", "vergonhoso lastimável", "vergonhosa lastimável",
        "confortável agradável", "atendimento serviço", "equipe tripulação", "poltrona cadeira", "assento lugar",
        "preço valor", "vocês vcs", "obrigado valeu", "obrigada valeu",
        "fila espera", "comida refeição", "adorei amei", "perfeito impecável", "perfeita impecável",
        "passageiros viajantes", "viajei voei", "estava parecia", "achei considerei",
        "celular telefone", "incrível sensacional", "rápido ágil", "rápida ágil",
    ),
    "en": (
        "terrible horrible awful", "bad poor", "worst poorest", "great excellent wonderful", "good nice fine",
        "awesome amazing fantastic", "love adore", "thanks thx", "luggage baggage", "bag suitcase", "bags suitcases",
        "plane aircraft", "flight flt", "flights flts", "hour hr", "hours hrs", "customer client",
        "customers clients", "help assist", "please pls", "phone telephone", "staff personnel", "crew team",
        "agent rep", "agents reps", "seat chair", "trip journey", "cancelled canceled",
        "disappointed frustrated", "rude unfriendly", "angry furious", "quickly fast", "problem issue",
        "problems issues", "really truly", "just simply", "told informed", "need require", "trying attempting",
        "website site", "u you", "airline carrier", "people folks", "very extremely", "big huge",
        "answer reply", "home house", "minutes mins",
    ),
}  # fmt: skip


def _table(groups: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Cada palavra com as que a podem substituir, de todos os grupos em que ela está."""
    table: dict[str, tuple[str, ...]] = {}
    for words in map(str.split, groups):
        for word in words:
            others = tuple(w for w in words if w != word)
            table[word] = table.get(word, ()) + tuple(w for w in others if w not in table.get(word, ()))
    return table


SYNONYMS = {language: _table(groups) for language, groups in _GROUPS.items()}
"""Por língua ("pt", "en"), as substitutas de cada palavra."""


def _check(language: str, rate: float) -> None:
    if language not in SYNONYMS:
        known = " e ".join(f'"{name}"' for name in SYNONYMS)
        raise ValueError(f"Há tabelas para as línguas {known}, e não para {language!r}.")
    if not 0 <= rate <= 1:
        raise ValueError(f"rate é a fração de palavras que mudam, de 0 a 1, e veio {rate!r}.")


def _core(word: str) -> str:
    """A palavra em minúsculas, sem a pontuação em volta e sem apóstrofos ("Didn't!" → "didnt")."""
    return re.sub(r"[^\w@#]", "", word.lower())


def _negates(word: str, language: str) -> bool:
    core = _core(word)
    contracted = language == "en" and re.search(r"n['’]t\b", word.lower()) is not None
    return contracted or core in NEGATIONS[language]


def _free(words: Sequence[str], language: str) -> list[int]:
    """Posições em que se pode mexer: nem negação, nem a palavra depois dela, nem @menção ou #etiqueta."""
    denied = [_negates(word, language) for word in words]
    return [
        i
        for i, word in enumerate(words)
        if not denied[i] and not (i and denied[i - 1]) and not word.startswith(("@", "#"))
    ]


def _pick(options: Sequence[T], rng: np.random.Generator) -> T:
    """Um dos elementos, ao acaso (`rng.choice` converteria a lista em array a cada vez)."""
    return options[int(rng.integers(len(options)))]


def _chosen(places: Sequence[int], rate: float, rng: np.random.Generator) -> list[int]:
    """Sorteia cada posição com probabilidade `rate`; se houver alguma e nenhuma sair, sorteia uma."""
    if not len(places) or rate == 0:
        return []
    picked = [place for place, draw in zip(places, rng.random(len(places)), strict=True) if draw < rate]
    return picked or [_pick(places, rng)]


def synonyms(text: str, *, language: str, rng: np.random.Generator, rate: float = 0.3) -> str:
    """Troca palavras por sinônimos da tabela da língua.

    Parameters
    ----------
    text : str
    language : {"pt", "en"}
    rng : numpy.random.Generator
    rate : float
        Probabilidade de trocar cada palavra que tem sinônimo; quando há alguma, ao menos uma é trocada.

    Returns
    -------
    str
        O texto novo; sem palavras da tabela, as mesmas palavras. A pontuação e a maiúscula inicial ficam.

    Raises
    ------
    ValueError
        Se não houver tabela para a língua ou a taxa estiver fora de [0, 1].
    """
    _check(language, rate)
    words, table = text.split(), SYNONYMS[language]
    for i in _chosen([i for i in _free(words, language) if _core(words[i]) in table], rate, rng):
        core = _core(words[i])
        new = _pick(table[core], rng)
        if words[i][:1].isupper():
            new = new.capitalize()
        words[i] = re.sub(re.escape(core), lambda _, new=new: new, words[i], count=1, flags=re.IGNORECASE)
    return " ".join(words)


def delete(text: str, *, language: str, rng: np.random.Generator, rate: float = 0.1) -> str:
    """Apaga palavras ao acaso.

    Parameters
    ----------
    text, language, rng
        Como em `synonyms`.
    rate : float
        Probabilidade de apagar cada palavra livre; se houver alguma, ao menos uma sai.

    Returns
    -------
    str
        Nunca vazio, se o original não o for.

    Raises
    ------
    ValueError
        Se não houver tabela para a língua ou a taxa estiver fora de [0, 1].
    """
    _check(language, rate)
    words = text.split()
    gone = set(_chosen(_free(words, language), rate, rng))
    if gone and len(gone) == len(words):
        gone.pop()
    return " ".join(word for i, word in enumerate(words) if i not in gone)


def swap(text: str, *, language: str, rng: np.random.Generator, rate: float = 0.1) -> str:
    """Permuta pares de palavras ao acaso.

    Parameters
    ----------
    text, language, rng
        Como em `synonyms`.
    rate : float
        Probabilidade de cada palavra livre trocar de lugar com outra.

    Returns
    -------
    str
        As mesmas palavras, em outra ordem.

    Raises
    ------
    ValueError
        Se não houver tabela para a língua ou a taxa estiver fora de [0, 1].
    """
    _check(language, rate)
    words = text.split()
    places = _free(words, language)
    if len(places) > 1:
        for i in _chosen(places, rate, rng):
            j = _pick([place for place in places if place != i], rng)
            words[i], words[j] = words[j], words[i]
    return " ".join(words)


OPERATIONS: dict[str, Callable[..., str]] = {"synonyms": synonyms, "delete": delete, "swap": swap}
"""As três operações, por nome."""


def augment(
    texts: Sequence[str],
    labels: Sequence[int],
    *,
    language: str,
    rng: np.random.Generator,
    copies: int = 1,
    operations: Sequence[str] = ("synonyms", "delete", "swap"),
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Junta aos textos `copies` versões alteradas de cada um, com o mesmo rótulo.

    Parameters
    ----------
    texts : sequência de str, (n,)
    labels : sequência de int, (n,)
    language : {"pt", "en"}
    rng : numpy.random.Generator
        Decide os sorteios: o mesmo gerador, os mesmos textos.
    copies : int
        Versões novas por texto, 0 ou mais.
    operations : sequência de {"synonyms", "delete", "swap"}
        Aplicadas a cada versão, uma depois da outra, nesta ordem.

    Returns
    -------
    texts : array (n·(1 + copies),), object
        Primeiro os originais, depois as versões.
    labels : array (n·(1 + copies),)
        Do tipo de `labels`.
    source : array (n·(1 + copies),), int64
        De que original veio cada texto.

    Raises
    ------
    ValueError
        Se textos e rótulos diferirem em número, `copies` for negativo, a operação não existir ou não
        houver tabela para a língua.

    Notes
    -----
    Que o rótulo se mantém é uma suposição: apagar "péssimo" de "voo péssimo" muda o sentimento. As
    negações, pelo menos, ficam sempre no lugar. Aumente só o treino, e só depois de separá-lo da validação.
    """
    if len(texts) != len(labels):
        raise ValueError(f"Há {len(texts)} textos e {len(labels)} rótulos: devem ser tantos quantos.")
    if copies < 0:
        raise ValueError(f"copies deve ser 0 ou mais, e veio {copies}.")
    unknown = [name for name in operations if name not in OPERATIONS]
    if unknown:
        raise ValueError(f"Não conheço a operação {unknown[0]!r}; há {', '.join(OPERATIONS)}.")
    _check(language, 0.0)
    versions = list(texts)
    for _ in range(copies):
        for text in texts:
            for name in operations:
                text = OPERATIONS[name](text, language=language, rng=rng)
            versions.append(text)
    result = np.empty(len(versions), object)
    result[:] = versions
    source = np.tile(np.arange(len(texts), dtype=np.int64), 1 + copies)
    return result, np.asarray(labels)[source], source

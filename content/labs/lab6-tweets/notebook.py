# ---
# jupyter:
#   gradiente:
#     title: "Lab 6 · Sentimento de tweets"
#     grading: {cell_seconds: 60, max_epochs: 1}
#     demo: [referencia, esqueleto, parcial, trocas, argumentos-ignorados]
# ---

# %% [markdown] locked="titulo"
# # Lab 6 · Sentimento de tweets
#
# Uma companhia aérea recebe milhares de mensagens e quer saber, a cada manhã, quantas são queixas. Alguém já lhe entregou uma rede: "acerta 99 %". Acerta
# 99 % das mensagens **com que treinou**. Neste lab você vai construir essa rede, vê-la decorar, e tratá-la com os remédios das lições: *dropout*, penalidade
# L2, parada antecipada e aumento de dados. No fim, vai dizer qual vence, se é que algum vence, de um modo que resista a outra semente.
#
# | | |
# |---|---|
# | **Ao final você saberá** | separar mensagens sem vazamento; transformar texto em números; provocar o sobreajuste e lê-lo na curva; montar redes com *dropout* e L2; prever quando a parada antecipada para; aumentar um conjunto de frases; comparar receitas com média, desvio e linha de base |
# | **Antes de começar** | as lições sobre capacidade, parada antecipada, penalidades, *dropout* e combinação de remédios |
# | **Tempo** | de 2 h 30 a 3 h; o computador trabalha de um a dois minutos |
# | **Ferramentas** | NumPy e Python nos ToDos 1, 2, 3, 5, 9 e 10; Keras nos ToDos 4, 6, 7 e 8 |

# %% [markdown] locked="regras"
# ## Como este lab funciona
#
# São onze **ToDos**, 100 pontos.
#
# - **Dez são de código** (1 a 10; 90 pontos). A célula já traz a assinatura e a docstring: troque a linha `raise NotImplementedError(…)` pela sua
#   solução. Logo abaixo há uma célula de teste: execute-a, e leia a mensagem se ela falhar. Ela confere o básico; a correção faz outras
#   perguntas à sua resposta e dá **pontos parciais** por item.
# - **Um é de texto** (11; 10 pontos), corrigido à mão pelo critério que vem antes dele.
# - As demais células são dadas. As marcadas como somente leitura são repostas na correção como eram.
# - Antes de entregar, use *Kernel → Restart Kernel and Run All Cells*.
#
# Cada enunciado começa com um **cartão**: dificuldade (● a ●●●), tempo, pontos e como saber que deu certo. Depois dele há **dicas dobradas**, da
# mais leve à quase resposta, e uma tabela **Se aparecer este erro**, pelo texto da mensagem.
#
# | ToDo | assunto | dificuldade | pontos |
# |---|---|---|---|
# | 1 | da mensagem às palavras | ●○○ | 6 |
# | 2 | separar sem vazamento | ●●○ | 12 |
# | 3 | vocabulário e saco de palavras | ●●○ | 12 |
# | 4 | a rede que decora, e a perda dela | ●●○ | 10 |
# | 5 | ler a curva | ●○○ | 6 |
# | 6 | *dropout* | ●○○ | 8 |
# | 7 | penalidade L2 | ●●○ | 8 |
# | 8 | parada antecipada | ●●○ | 10 |
# | 9 | sinônimos | ●●○ | 10 |
# | 10 | quem venceu, honestamente | ●●● | 8 |
# | 11 | a conversa com o chefe (texto) | ●●○ | 10 |
#
# **Se um ToDo travar, siga em frente.** Nenhum depende de outro: as células seguintes usam o que existir, e um ToDo não tira pontos de outro. Na
# correção, os treinamentos são abreviados: a nota mede o que o seu código *constrói* e *calcula*, e não a sorte de uma rodada.

# %% [markdown]
# ## Preparo

# %% locked="preparo"
import gradiente  # vem antes do Keras: prepara o TensorFlow para trabalhar em silêncio
import math
import re
import string
from collections import Counter

import keras
import matplotlib.pyplot as plt
import numpy as np

from gradiente import plots, training
from gradiente.budget import is_capped
from gradiente.datasets import load_airline_sentiment
from gradiente.formatting import number, percent, show_table
from gradiente.text import SYNONYMS

SEED = 42
keras.utils.set_random_seed(SEED)


def attempt(compute, what):
    """O que `compute()` devolve; se ainda não dá, diz o que falta e devolve None."""
    try:
        return compute()
    except Exception as error:
        print(f"{what}: ainda falta, ou ainda não funciona ({type(error).__name__}).")
        return None


# %% [markdown]
# # Parte 1 · Das mensagens aos números
#
# Os dados são os do "Twitter US Airline Sentiment" (arquivo `Tweets.csv`, 14 640 mensagens em inglês, três sentimentos lidos por pessoas). Sem esse arquivo,
# `load_airline_sentiment` devolve a réplica do curso, em português. Este lab serve aos dois.

# %%
tweets = load_airline_sentiment()
texts, labels = tweets.texts, tweets.labels
for kind, name in enumerate(tweets.classes):
    print(f"{name:>9}: {np.sum(labels == kind):5d} mensagens. Por exemplo: {texts[labels == kind][0]}")

# %% [markdown]
# As classes são **desbalanceadas**: reclama-se mais do que se elogia. Guarde a consequência para o fim: quem responde sempre "negativo", sem ler nada, já acerta
# mais da metade.

# %% [markdown] locked="todo01-enunciado"
# ### ToDo 1 · Da mensagem às palavras
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●○○ | 10 min | 6 | `palavras(texto)` | `palavras("@AeroIpe NÃO chegou!")` dá `["não", "chegou"]` |
#
# A função recebe uma mensagem e devolve a **lista** das palavras dela, na ordem:
#
# 1. tudo em minúsculas;
# 2. corta-se onde há espaço, um ou vários, ou mudança de linha;
# 3. um pedaço que começa com `@` (uma menção) ou com `http` (um endereço) é jogado fora **inteiro**;
# 4. dos outros, tira-se a pontuação **das pontas** (os caracteres de `PONTUACAO`, dada abaixo). A do meio fica: "can't" e "guarda-chuva" continuam inteiras;
# 5. o que ficou vazio sai.
#
# Nada além disso: em particular, **não** se tiram palavras frequentes. As listas prontas de *stop words* levam embora "não" e "not", e com elas o sentimento.
#
# *Vale*: minúsculas e cortes 2, menções e endereços 2, pontuação 2.
#
# <details><summary>Dica 1</summary>
#
# `texto.lower().split()`, sem argumento em `split`, já faz os itens 1 e 2. O resto são dois filtros e uma troca, um pedaço por vez.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# `pedaco.startswith(("@", "http"))` aceita uma tupla de começos. `pedaco.strip(PONTUACAO)` tira das duas pontas, e só delas, qualquer um daqueles caracteres.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `AttributeError: 'list' object has no attribute 'lower'` | `split` veio antes de `lower` | primeiro `lower`, no texto inteiro |
# | `AttributeError: 'list' object has no attribute 'strip'` | `strip` foi pedido à lista | use uma compreensão de lista, um pedaço por vez |
# | `AssertionError: palavras deve devolver uma lista…` | a função devolveu um texto, ou nada | confira o `return` |
#
# </details>

# %% locked="pontuacao"
PONTUACAO = string.punctuation + "“”‘’…—–¿¡"


# %% solution="todo01"
def palavras(texto):
    """As palavras da mensagem, em minúsculas, sem menções, endereços e pontuação nas pontas."""
    ### BEGIN SOLUTION
    pieces = [piece for piece in texto.lower().split() if not piece.startswith(("@", "http"))]
    words = [piece.strip(PONTUACAO) for piece in pieces]
    return [word for word in words if word]
    ### END SOLUTION


# %% test="todo01" points=6
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

observe(
    "simples",
    lambda: [
        palavras(t) for t in ("Voo LONGO", " dois   espaços\ne\tlinhas ", "É não à noite", "", "a a b a")
    ],
)
observe(
    "mencoes",
    lambda: [
        palavras(t)
        for t in (
            "@GolAzul meu voo",
            "veja HTTPS://t.co/x9 agora",
            "oi @a @b http://c.d fim",
            "@Só",
            "conta@site httpx",
        )
    ],
)
observe(
    "pontas",
    lambda: [
        palavras(t)
        for t in ("que atraso!!!", "“ótimo”… (sim)", "can't, guarda-chuva", "#fim :-) 7,5", "olá - tchau")
    ],
)
### END HIDDEN TESTS
resultado = palavras("@AeroIpe NÃO chegou!")
assert isinstance(resultado, list), (
    f"palavras deve devolver uma lista, e devolveu {type(resultado).__name__}."
)
assert resultado == ["não", "chegou"], (
    f'De "@AeroIpe NÃO chegou!" sobram duas palavras, "não" e "chegou"; a sua função deu {resultado}.'
)

# %% [markdown]
# O que a sua função faz com as primeiras mensagens:

# %%
for message in texts[:4]:
    print(message, "\n   →", attempt(lambda message=message: palavras(message), "ToDo 1"))

# %% [markdown]
# ### Mensagens repetidas
#
# Antes de separar treino e validação, uma suspeita: há mensagens **iguais** no arquivo? E, se há, as pessoas que as rotularam concordaram?

# %%
times = Counter(texts)
copies = sum(count - 1 for count in times.values())
split_opinion = [text for text in times if times[text] > 1 and len(set(labels[texts == text])) > 1]
print(
    f"{copies} mensagens são cópia de outra; em {len(split_opinion)} textos repetidos, os rótulos discordam."
)
print("Por exemplo:", split_opinion[0] if split_opinion else "nenhum")

# %% [markdown]
# São poucas, mas ensinam duas coisas. Se uma cópia cai no treino e a outra na validação, a rede é cobrada por algo que já viu: é um **vazamento de dados** (*data leakage*). E onde duas
# pessoas leram o mesmo texto de dois modos, nenhuma rede acerta as duas vezes: há um teto, e ele não é 100 %.

# %% [markdown] locked="todo02-enunciado"
# ### ToDo 2 · Separar sem vazamento
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 20 min | 12 | `separar(textos, rotulos, fracao, rng)` | nenhum texto aparece duas vezes, e cada classe dá a mesma fração à validação |
#
# A função recebe uma lista (ou array) de mensagens, os rótulos inteiros delas, a fração que vai para a **validação** e um gerador `rng` (`np.random.Generator`). Devolve a tupla
# `(treino, validacao)`: dois arrays de **índices** inteiros em `textos`.
#
# - De cada texto repetido fica só a **primeira** ocorrência; as outras não vão para lado nenhum. Aqui, iguais são os textos idênticos, letra por letra.
# - A divisão é **estratificada** (*stratified*): de cada classe com $n_c$ mensagens distintas, `round(fracao * n_c)` vão para a validação, e as demais para o treino. Assim os dois lados têm a mesma mistura.
#   A classe de um texto repetido é a da primeira ocorrência.
# - **Quais** vão é sorteio do gerador recebido, e de nenhum outro: a mesma semente, a mesma divisão.
# - A ordem dos índices dentro de cada array é livre.
#
# *Vale*: sem repetidas nem perdidas 5, frações por classe 4, sorteio 3.
#
# <details><summary>Dica 1</summary>
#
# São dois problemas. Primeiro, a lista dos índices sem repetição: um `set` do que já se viu, ou `np.unique(…, return_index=True)`, que dá a primeira posição de cada valor. Depois, um
# laço sobre as classes.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Dentro do laço: `rng.permutation(grupo)` embaralha os índices da classe; os primeiros `round(fracao * len(grupo))` são a validação, o resto é treino. Acumule e, no fim, una com `np.concatenate`.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# Para as classes, use `np.unique(rotulos)`: não suponha que são três, nem que começam em zero. E tire as cópias **antes** de contar $n_c$.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `TypeError: only integer scalar arrays can be converted to a scalar index` | uma lista do Python foi indexada com um array | converta antes: `rotulos = np.asarray(rotulos)` |
# | `TypeError: slice indices must be integers or None or have an __index__ method` | a fração de $n_c$ não foi arredondada | `round(…)`, sem casas |
# | `ValueError: need at least one array to concatenate` | nenhum grupo foi acumulado | confira se o `append` está dentro do laço |
# | `AttributeError: 'numpy.random._generator.Generator' object has no attribute 'randint'` | `randint` é da interface antiga | aqui basta `rng.permutation` |
#
# </details>


# %% solution="todo02"
def separar(textos, rotulos, fracao, rng):
    """Índices de treino e de validação: sem textos repetidos, com a mesma fração de cada classe."""
    ### BEGIN SOLUTION
    _, unique = np.unique(textos, return_index=True)
    kinds = np.asarray(rotulos)[unique]
    train, validation = [], []
    for kind in np.unique(kinds):
        group = rng.permutation(unique[kinds == kind])
        cut = round(fracao * len(group))
        validation.extend(group[:cut])
        train.extend(group[cut:])
    return np.array(train), np.array(validation)
    ### END SOLUTION


# %% test="todo02" points=12
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def pile(sizes, repeats):
    # Textos distintos por classe, mais cópias espalhadas; algumas cópias trazem outro rótulo.
    rows = [(f"texto {kind} {i}", kind) for kind, size in sizes.items() for i in range(size)]
    rows = [rows[(7 * i) % len(rows)] for i in range(len(rows))]
    kinds = list(sizes)
    rows += [(rows[3 * i][0], kinds[i % len(kinds)]) for i in range(repeats)]
    return [text for text, _ in rows], [kind for _, kind in rows]


def divide(sizes, repeats, fraction, seed):
    names, kinds = pile(sizes, repeats)
    train, validation = separar(
        np.array(names, object), np.array(kinds), fraction, np.random.default_rng(seed)
    )
    return {"treino": np.sort(np.asarray(train)), "validacao": np.sort(np.asarray(validation))}


def divide_list():
    names, kinds = pile({0: 8, 1: 5}, 2)
    return [np.sort(np.asarray(part)) for part in separar(names, kinds, 0.4, np.random.default_rng(1))]


observe("pequena", lambda: divide({0: 20, 1: 11, 2: 6}, 9, 0.3, 5))
observe("outra", lambda: divide({2: 41, 5: 12}, 5, 0.2, 5))
observe("sorteios", lambda: [divide({0: 40, 1: 31}, 6, 0.25, seed) for seed in (1, 1, 2, 3)])
observe("lista", divide_list)
### END HIDDEN TESTS
exemplo = ["bom", "ruim", "bom", "lento", "caro", "ótimo", "gentil", "rápido", "sujo"]
treino, validacao = separar(exemplo, [1, 0, 1, 0, 0, 1, 1, 1, 0], 0.5, np.random.default_rng(0))
juntos = sorted([*treino, *validacao])
assert len(set(juntos)) == len(juntos), "Algum índice aparece duas vezes: treino e validação não se cruzam."
assert not {0, 2} <= set(juntos), 'As mensagens 0 e 2 são a mesma, "bom": só a primeira fica.'
assert juntos == [0, 1, 3, 4, 5, 6, 7, 8], (
    f"Deveriam sobrar oito mensagens distintas; a sua divisão tem {juntos}."
)
assert len(validacao) == 4, (
    f"Há quatro mensagens distintas de cada classe; com fração 0,5 a validação leva duas de cada. A sua tem {len(validacao)}."
)

# %% [markdown]
# A mistura de classes nos dois lados da sua divisão, ao lado da de uma divisão que só corta o arquivo em dois, na ordem em que ele veio:


# %%
def shares(indices):
    """A fração de cada classe nestas mensagens, em texto."""
    return [percent(np.mean(labels[np.asarray(indices)] == kind), 1) for kind in range(len(tweets.classes))]


cut = len(texts) * 3 // 4
rows = [
    ["corte na ordem: treino", *shares(range(cut))],
    ["corte na ordem: validação", *shares(range(cut, len(texts)))],
]
mine = attempt(lambda: separar(texts, labels, 0.25, np.random.default_rng(SEED)), "ToDo 2")
if mine is not None:
    rows += (
        attempt(
            lambda: [["a sua: treino", *shares(mine[0])], ["a sua: validação", *shares(mine[1])]], "ToDo 2"
        )
        or []
    )
show_table(["divisão", *tweets.classes], rows)

# %% [markdown]
# Um corte na ordem herda a ordem do arquivo. No original, as mensagens vêm agrupadas por companhia: a validação seria de outras companhias, com outra mistura. Se a sua divisão está certa, as duas últimas linhas
# coincidem a menos do arredondamento.

# %% [markdown] locked="todo03-enunciado"
# ### ToDo 3 · Vocabulário e saco de palavras
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 20 min | 12 | `montar_vocabulario(documentos, tamanho)` e `saco_de_palavras(documentos, vocabulario)` | a tabela depois do teste não acha diferença entre a sua matriz e a do Keras |
#
# Aqui um **documento** é uma mensagem já cortada: uma lista de palavras. E `documentos`, uma lista de documentos.
#
# 1. `montar_vocabulario(documentos, tamanho)` devolve uma **lista** de, no máximo, `tamanho` entradas. A primeira é `"[UNK]"`, o lugar de toda palavra desconhecida (*unknown*). As outras são as palavras
#    mais frequentes (contam-se **todas** as ocorrências), da mais à menos frequente; no empate, em ordem alfabética.
# 2. `saco_de_palavras(documentos, vocabulario)` devolve uma matriz `float32`, uma linha por documento e uma coluna por entrada do vocabulário: 1 se a palavra **aparece** no documento, uma ou mais vezes, e 0 se não. Havendo
#    palavra fora do vocabulário, a coluna 0 vale 1.
#
# Quem chama monta o vocabulário **só com o treino**, e usa o mesmo vocabulário para tudo: o que só existe na validação tem de parecer desconhecido, porque amanhã será assim.
#
# *Vale*: vocabulário 5 (ordem 3, tamanho e `[UNK]` 2), saco 7 (presenças 4, desconhecidas 2, formato e tipo 1).
#
# <details><summary>Dica 1</summary>
#
# `Counter` (já importado) conta o que um laço duplo lhe der: `Counter(p for d in documentos for p in d)`. Para a matriz, comece de `np.zeros` e acenda posições.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Ordem com dois critérios: `sorted(contagem, key=lambda p: (-contagem[p], p))`. Para achar a coluna de uma palavra, faça antes um dicionário palavra → coluna: `vocabulario.index`, repetido, é lento.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# `coluna.get(palavra, 0)` dá a coluna da palavra ou, se ela é desconhecida, 0. E o "[UNK]" ocupa um dos `tamanho` lugares.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `KeyError: 'atraso'` | a palavra não está no vocabulário | use `.get(palavra, 0)`: ela vai para a coluna 0 |
# | `TypeError: unhashable type: 'list'` | `Counter` recebeu documentos, e não palavras | falta o segundo laço |
# | `TypeError: bad operand type for unary -: 'str'` | o sinal ficou na palavra | é a contagem que leva o menos |
# | `IndexError: index 5 is out of bounds for axis 1 with size 5` | faltou uma coluna | o número de colunas é `len(vocabulario)`, com o `[UNK]` |
#
# </details>


# %% solution="todo03"
def montar_vocabulario(documentos, tamanho):
    """ "[UNK]" e as palavras mais frequentes, ao todo no máximo `tamanho` entradas."""
    ### BEGIN SOLUTION
    counts = Counter(word for document in documentos for word in document)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return ["[UNK]", *ranked[: tamanho - 1]]
    ### END SOLUTION


def saco_de_palavras(documentos, vocabulario):
    """Matriz (documentos, vocabulário), float32: 1 onde a palavra aparece; coluna 0, desconhecidas."""
    ### BEGIN SOLUTION
    column = {word: j for j, word in enumerate(vocabulario)}
    bag = np.zeros((len(documentos), len(vocabulario)), dtype="float32")
    for i, document in enumerate(documentos):
        for word in document:
            bag[i, column.get(word, 0)] = 1
    return bag
    ### END SOLUTION


# %% test="todo03" points=12
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

corpus = [
    line.split()
    for line in (
        "o voo atrasou e a mala sumiu",
        "a mala a mala a mala",
        "voo bom voo bom",
        "é ótimo o lanche",
        "zebra zebra zebra zebra",
    )
]
fresh = [
    line.split() for line in ("a mala bom", "piloto novo", "mala mala mala", "voo com lanche e lanche", "")
]
entries = ["[UNK]", "mala", "voo", "bom", "lanche"]


def bag_portrait(documents, known):
    bag = np.asarray(saco_de_palavras(documents, known))
    return {"valores": bag, "formato": bag.shape, "tipo": str(bag.dtype)}


observe("vocabularios", lambda: [list(montar_vocabulario(corpus, size)) for size in (2, 6, 9, 500)])
observe("pequeno", lambda: list(montar_vocabulario([["b", "a"], ["c", "a"]], 3)))
observe("sacos", lambda: bag_portrait(fresh, entries))
observe("outro_saco", lambda: bag_portrait(corpus[:3], ["[UNK]", "e", "bom", "o"]))
### END HIDDEN TESTS
frases = [["que", "voo", "bom"], ["voo", "ruim", "que", "voo"]]
lista = montar_vocabulario(frases, 3)
assert lista[0] == "[UNK]", f'A primeira entrada é "[UNK]"; a sua é {lista[0]!r}.'
assert lista == ["[UNK]", "voo", "que"], (
    f'"voo" aparece três vezes e "que", duas: com tamanho 3 o vocabulário é ["[UNK]", "voo", "que"]; o seu é {lista}.'
)
matriz = saco_de_palavras(frases, ["[UNK]", "voo", "que"])
assert matriz.shape == (2, 3), f"São dois documentos e três entradas: formato (2, 3); o seu é {matriz.shape}."
assert matriz[1, 1] == 1, (
    f'"voo" aparece duas vezes na segunda frase, e o saco marca presença: 1; o seu marca {matriz[1, 1]}.'
)
assert matriz[0, 0] == 1, '"bom" não está no vocabulário: a coluna 0 da primeira frase vale 1.'

# %% [markdown]
# ### Os números de todos
#
# Daqui em diante, para que uma rede se compare com outra (e para que nada dependa dos ToDos 1 a 3), todos partem dos mesmos números: 2 000 mensagens de treino, 1 500 de validação e 1 500 de teste, sem repetidas,
# e o vocabulário da camada `TextVectorization` do Keras, aprendido no treino. As palavras, aqui, saem
# de um corte mais grosseiro que o seu: guardam o nome da companhia. (O antigo `Tokenizer`, de `keras.preprocessing.text`, não existe mais.)

# %% locked="dados"
N_WORDS, N_CLASSES = 1000, len(tweets.classes)
order = np.random.default_rng(SEED).permutation(np.unique(texts, return_index=True)[1])
PARTS = {"treino": order[:2000], "validação": order[2000:3500], "teste": order[3500:5000]}
documents = {
    name: [re.findall(r"[\w']+", text.lower()) for text in texts[rows]] for name, rows in PARTS.items()
}
y = {name: labels[rows].astype("int32") for name, rows in PARTS.items()}

vectorizer = keras.layers.TextVectorization(
    N_WORDS, standardize=None, split="whitespace", output_mode="multi_hot"
)
vectorizer.adapt([" ".join(document) for document in documents["treino"]])


def bag_of(some_documents):
    """O saco de palavras do Keras para uma lista de documentos."""
    return np.asarray(vectorizer([" ".join(document) for document in some_documents]), "float32")


x = {name: bag_of(part) for name, part in documents.items()}

# %%
keras_words = vectorizer.get_vocabulary()
mine = attempt(lambda: montar_vocabulario(documents["treino"], N_WORDS), "ToDo 3, vocabulário")
bag = attempt(lambda: np.asarray(saco_de_palavras(documents["validação"], keras_words)), "ToDo 3, saco")
counts = Counter(word for document in documents["treino"] for word in document)
last = min(counts[word] for word in keras_words[1:])  # quantas vezes aparecem as últimas que couberam
sure = {word for word in counts if counts[word] > last}
shared = "…" if mine is None else f"{len(sure & set(mine))} de {len(sure)}"
different = "…" if bag is None or bag.shape != x["validação"].shape else int(np.sum(bag != x["validação"]))
show_table(
    ["o seu código e o Keras", ""],
    [
        [f"palavras que aparecem mais de {last} vez(es) e estão no seu vocabulário", shared],
        ["posições diferentes, em 1,5 milhão, na matriz da validação", different],
        ["mensagens de validação com palavra desconhecida", percent(x["validação"][:, 0].mean(), 0)],
    ],
)

# %% [markdown]
# As palavras da última contagem não cabem todas, e o Keras desempata de outro modo: nessas, raras, os dois vocabulários diferem. Nas outras, não. E a matriz, com o mesmo vocabulário, tem de ser idêntica.
#
# # Parte 2 · Sobreajuste de propósito
#
# Antes de tratar a doença, é preciso tê-la. Uma rede de 68 mil parâmetros para 2 000 mensagens é um bom começo.

# %% [markdown] locked="todo04-enunciado"
# ### ToDo 4 · A rede que decora, e a perda dela
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 15 min | 10 | `rede_que_decora(n_palavras, n_classes)` e `entropia_cruzada(logits, rotulos)` | com 1 000 palavras e 3 classes, 68 419 parâmetros; a perda confere com a do Keras |
#
# 1. `rede_que_decora` devolve uma rede do Keras **nova e não compilada**: entrada de `n_palavras` números, **duas** camadas densas ocultas de **64** unidades com **ReLU**, e a saída densa de `n_classes` **logits**, sem ativação. Nada
#    de *dropout*, penalidade ou normalização: ela é a doente.
# 2. `entropia_cruzada(logits, rotulos)` é a perda que essa rede usa, em NumPy. Recebe os logits, (n, classes), e os rótulos **inteiros**, (n,), e devolve um número, a média de
#
# $$-\log \frac{e^{z_{c}}}{\sum_k e^{z_k}}$$
#
# onde $z_k$ é o logit da classe $k$ e $c$, a classe certa do exemplo. Os logits podem ser enormes (1 000, −1 000): o resultado é finito e o NumPy não avisa de *overflow*.
#
# *Vale*: arquitetura 3, ativações e saída 2, entropia cruzada 3, logits enormes 2.
#
# <details><summary>Dica 1</summary>
#
# A rede são quatro linhas dentro de `keras.Sequential([…])`, a começar por `keras.Input((n_palavras,))`. Para a perda, escreva o logaritmo do quociente como diferença: $\log \sum_k e^{z_k} - z_c$.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Somar a mesma constante a todos os logits de um exemplo não muda a conta. Subtraia o **maior** de cada linha (`max(axis=1, keepdims=True)`) antes de exponenciar: nenhum expoente fica positivo.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# O logit da classe certa de cada linha: `z[np.arange(len(rotulos)), rotulos]`.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `RuntimeWarning: overflow encountered in exp` | a exponencial de um logit enorme | subtraia antes o maior de cada linha (dica 2) |
# | `ValueError: operands could not be broadcast together with shapes (4,3) (4,)` | o máximo perdeu a dimensão | `keepdims=True` |
# | `NameError: name 'Dense' is not defined` | a camada mora em `keras.layers` | `keras.layers.Dense` |
# | `AttributeError: Sequential model 'sequential' has no defined output shape yet.` | falta a entrada | comece por `keras.Input((n_palavras,))` |
#
# </details>


# %% solution="todo04"
def rede_que_decora(n_palavras, n_classes):
    """Rede não compilada: duas ocultas de 64 unidades ReLU e `n_classes` logits."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )
    ### END SOLUTION


def entropia_cruzada(logits, rotulos):
    """Média de −log da probabilidade da classe certa, de logits (n, classes) e rótulos inteiros."""
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    right = shifted[np.arange(len(rotulos)), rotulos]
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - right)
    ### END SOLUTION


# %% test="todo04" points=10
### BEGIN HIDDEN TESTS
import warnings

from gradiente.observe import observe


def portrait(model, n):
    # Pesos conhecidos, para que a saída diga o que a rede calcula, e não como foi escrita.
    weights = [
        np.cos(0.7 * np.arange(math.prod(w.shape)) + k).reshape(w.shape)
        for k, w in enumerate(model.get_weights())
    ]
    model.set_weights([w / math.sqrt(w.shape[0]) if w.ndim > 1 else w for w in weights])
    probe = (np.arange(6 * n).reshape(6, n) % 5 == 0).astype("float32")
    return {
        "formatos": [list(w.shape) for w in weights],
        "saida": np.asarray(model(probe, training=False)),
        "varia": not np.allclose(
            np.asarray(model(probe, training=True)), np.asarray(model(probe, training=False))
        ),
        "penalidade": float(sum(np.asarray(value) for value in model.losses)),
    }


def quiet_loss():
    z = np.array([[1000.0, 0.0, -1000.0], [-5000.0, -5000.0, -5001.0], [3.0, 800.0, 2.0]])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        values = [float(entropia_cruzada(z, np.array(c))) for c in ([0, 1, 1], [1, 0, 0])]
    return {"valores": values, "avisos": len(caught)}


some = np.round(3 * np.sin(np.arange(24.0)).reshape(6, 4), 3)
observe("rede", lambda: portrait(rede_que_decora(40, 3), 40))
observe("rede_maior", lambda: portrait(rede_que_decora(55, 5), 55))
observe(
    "perdas",
    lambda: [
        float(entropia_cruzada(z, c))
        for z, c in (
            (some, np.array([0, 1, 2, 3, 1, 0])),
            (some[:3, :2], np.array([1, 1, 0])),
            (np.zeros((7, 5)), np.zeros(7, int)),
        )
    ],
)
observe("enormes", quiet_loss)
### END HIDDEN TESTS
rede = rede_que_decora(1000, 3)
assert isinstance(rede, keras.Model), "rede_que_decora deve devolver uma rede do Keras. Faltou o return?"
assert rede.output_shape == (None, 3), (
    f"Com três classes a saída são três logits; a sua é {rede.output_shape}."
)
assert rede.count_params() == 68_419, (
    f"Com 1 000 palavras e 3 classes são 68 419 parâmetros; a sua tem {rede.count_params()}. Confira camadas e unidades."
)
valor = entropia_cruzada(np.zeros((2, 3)), np.array([0, 2]))
assert abs(valor - math.log(3)) < 1e-6, (
    f"Com os três logits iguais a perda é ln 3, uns 1,0986; a sua é {valor}."
)

# %% [markdown]
# A receita do treino é a mesma para todas as redes deste lab: Adam com taxa $\eta = 0{,}002$, lotes de 100, até 20 épocas. Os rótulos ficam inteiros, e por isso a perda é a `SparseCategoricalCrossentropy`; com vetores de 0 e
# 1 (`keras.utils.to_categorical`) seria a `CategoricalCrossentropy`, e o mesmo número. A entropia cruzada entra também como **métrica**: com penalidade, a perda leva um termo a mais, e só a métrica se compara entre redes.


# %% locked="treino"
def train(make, *, data=None, callbacks=(), seed=SEED, epochs=20):
    """Constrói, compila e treina; devolve a rede e o dicionário das curvas."""
    keras.utils.set_random_seed(seed)
    model = make()
    logits_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    ce = keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="ce")
    inputs, answers = data or (x["treino"], y["treino"])
    if is_capped():  # na correção, um passo só, sem compilar nada
        model.compile(keras.optimizers.Adam(0.002), logits_loss, run_eagerly=True)
        model.train_on_batch(inputs[:50], answers[:50])
        (loss, _), (val_loss, val_accuracy) = exam(model, "treino"), exam(model, "validação")
        return model, {"loss": [loss], "val_loss": [val_loss], "val_accuracy": [val_accuracy]}
    model.compile(keras.optimizers.Adam(0.002), logits_loss, metrics=[ce, "accuracy"])
    history = training.fit(
        model, inputs, answers, batch_size=100, epochs=epochs, callbacks=list(callbacks), verbose=0,
        validation_data=(x["validação"], y["validação"]), validation_batch_size=1500,
    ).history  # fmt: skip
    curve = {"loss": history["ce"], "val_loss": history["val_ce"]}
    return model, curve | {"val_accuracy": history["val_accuracy"]}


def exam(model, part):
    """Entropia cruzada e acurácia da rede em uma das partes, fora do treino."""
    z = np.asarray(model(x[part], training=False), "float64")
    z -= z.max(axis=1, keepdims=True)
    probability = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    right = probability[np.arange(len(z)), y[part]]
    return float(-np.log(np.maximum(right, 1e-300)).mean()), float((z.argmax(axis=1) == y[part]).mean())


# %% [markdown]
# ### Preveja
#
# Em vinte épocas, a perda de treino vai a quase zero. E a de validação: em que **época** ela será a menor? Escreva o seu palpite, de 1 a 20.

# %%
my_epoch = 10  # troque pelo seu palpite

# %% locked="curvas-exemplo"
EXEMPLO = {  # uma curva pronta, para quem ainda não tem a sua
    "loss": [0.92, 0.61, 0.38, 0.21, 0.12, 0.07, 0.04, 0.03],
    "val_loss": [0.80, 0.66, 0.63, 0.70, 0.81, 0.93, 1.04, 1.12],
}

# %%
curves = {}
trained = attempt(lambda: train(lambda: rede_que_decora(N_WORDS, N_CLASSES)), "ToDo 4, a rede")
if trained is not None:
    model, curves["sem remédio"] = trained
    rows = [[part, *(number(value, 3) for value in exam(model, part))] for part in ("treino", "validação")]
    show_table(["a rede que decora", "entropia cruzada", "acurácia"], rows)
    z = np.asarray(model(x["validação"]), "float64")
    mine = attempt(lambda: entropia_cruzada(z, y["validação"]), "ToDo 4, a perda")
    print("A mesma perda de validação, pela sua função:", "…" if mine is None else number(mine, 3))

# %% [markdown] locked="todo05-enunciado"
# ### ToDo 5 · Ler a curva
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●○○ | 10 min | 6 | `ler_curva(historico)` | na curva `EXEMPLO`, a melhor época é a 3 |
#
# A função recebe um dicionário como o `.history` do Keras, com as listas `"loss"` e `"val_loss"`, um valor por época (pode haver outras chaves), e devolve a tupla de três números
#
# 1. a **melhor época**: a de menor perda de validação, contada a partir de **1** (no empate, a primeira);
# 2. a **distância** entre validação e treino **nessa** época: perda de validação − perda de treino;
# 3. a mesma distância na **última** época.
#
# *Vale*: melhor época 2, distância nela 2, distância no fim 2.
#
# <details><summary>Dica 1</summary>
#
# `np.argmin` dá a **posição** do menor, e a primeira, no empate. Posição e época diferem em um.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# As duas distâncias usam a mesma subtração, com dois índices: a posição da melhor, e `-1`.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `TypeError: unsupported operand type(s) for -: 'list' and 'list'` | listas não se subtraem | escolha o índice antes de subtrair, ou use `np.array` |
# | `IndexError: list index out of range` | a época foi usada como índice | o índice é a época menos um |
# | `KeyError: 'val_loss'` | o dicionário é outro | a chave é essa mesma, com sublinhado |
#
# </details>


# %% solution="todo05"
def ler_curva(historico):
    """(melhor época, distância entre validação e treino nela, distância na última época)."""
    ### BEGIN SOLUTION
    train_loss, val_loss = historico["loss"], historico["val_loss"]
    best = np.argmin(val_loss)
    return best + 1, val_loss[best] - train_loss[best], val_loss[-1] - train_loss[-1]
    ### END SOLUTION


# %% test="todo05" points=6
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

READ = (
    {"loss": [1.0, 0.7, 0.4, 0.2, 0.1], "val_loss": [1.1, 0.9, 0.75, 0.8, 1.3], "accuracy": [0.1] * 5},
    {"loss": [0.9, 0.5, 0.3], "val_loss": [0.4, 0.6, 0.9]},
    {"loss": [2.0, 1.5, 1.2, 1.1], "val_loss": [1.9, 1.3, 1.3, 1.0]},
    {"loss": [0.8, 0.6, 0.3, 0.2], "val_loss": [0.9, 0.5, 0.7, 0.5]},
)
observe("leituras", lambda: [list(ler_curva(dict(curve))) for curve in READ])
### END HIDDEN TESTS
leitura = ler_curva(EXEMPLO)
assert len(leitura) == 3, "ler_curva devolve três números: melhor época, distância nela, distância no fim."
assert leitura[0] == 3, (
    f"A menor perda de validação de EXEMPLO é a terceira, 0,63: época 3. A sua leitura diz {leitura[0]}."
)
assert abs(leitura[2] - 1.09) < 1e-9, f"No fim, 1,12 − 0,03 = 1,09; a sua distância é {leitura[2]}."

# %%
curve = curves.get("sem remédio", EXEMPLO)
epochs = np.arange(1, len(curve["loss"]) + 1)
_, ax = plt.subplots(figsize=(8.5, 4))
ax.plot(epochs, curve["loss"], label="treino", color=plots.PALETTE[0])
ax.plot(epochs, curve["val_loss"], "--", label="validação", color=plots.PALETTE[1])
reading = attempt(lambda: ler_curva(curve), "ToDo 5")
if reading is not None:
    ax.axvline(reading[0], color=plots.PALETTE[2], linewidth=1.6, label="a melhor época, pela sua função")
ax.axvline(my_epoch, color="black", linestyle=":", linewidth=1.6, label="seu palpite")
ax.set(
    xlabel="Época", ylabel="Entropia cruzada", title="O treino rumo a zero; a validação, só até certo ponto"
)
ax.xaxis.set_major_locator(plt.MaxNLocator(integer=True))
ax.legend()
plots.show(
    plots.comma_axes(ax),
    alt="Entropia cruzada por época da rede sem remédio. A de treino desce a quase zero; a de validação desce nas primeiras épocas, "
    "faz um mínimo e sobe até o fim. Linhas verticais marcam a melhor época lida e o palpite.",
)

# %% [markdown]
# Essa tesoura aberta é o **sobreajuste**: depois do mínimo, cada época ensina mais sobre aquelas 2 000 mensagens e menos sobre mensagens. (Nas primeiras épocas a linha de treino pode até vir por cima: ela é a média dos lotes ao longo
# da época, com a rede ainda aprendendo, e a de validação se mede no fim.)
#
# E a acurácia, piora na mesma medida? A mesma rede, na validação, em duas épocas:

# %%
if "val_accuracy" in curve:
    moments = {"menor perda": int(np.argmin(curve["val_loss"])), "última época": -1}
    rows = [
        [name, number(curve["val_loss"][k], 3), percent(curve["val_accuracy"][k], 1)]
        for name, k in moments.items()
    ]
    show_table(["na validação", "entropia cruzada", "acurácia"], rows)

# %% [markdown]
# A entropia cruzada mais que dobra; a acurácia perde só alguns pontos. A diferença é a **confiança**: a rede passa a errar poucas mensagens a mais, e a errar com muito mais certeza.
#
# # Parte 3 · Os remédios

# %% [markdown] locked="todo06-enunciado"
# ### ToDo 6 · *Dropout*
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●○○ | 10 min | 8 | `rede_com_dropout(n_palavras, n_classes, taxa)` | no treino a saída muda a cada chamada; fora dele, não |
#
# A mesma rede do ToDo 4, nova e não compilada, com uma camada de *dropout* de fração `taxa` depois de **cada** camada oculta, e em nenhum outro lugar. `taxa` é a **fração** (de 0 a 1) das unidades que se apagam, e cada
# exemplo tem o seu sorteio.
#
# *Vale*: arquitetura e ativações 3, lugar do *dropout* 3, a taxa recebida 2.
#
# <details><summary>Dica 1</summary>
#
# `keras.layers.Dropout(taxa)` é uma camada como as outras. Depois da saída ela apagaria respostas; na entrada, apagaria palavras, que é outro remédio.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# A sequência é densa, *dropout*, densa, *dropout*, densa.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | ``ValueError: Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate=50`` | a taxa é uma fração, e não uma porcentagem | 0,5, e não 50 |
# | `AttributeError: module 'keras' has no attribute 'Dropout'` | a camada mora em outro lugar | `keras.layers.Dropout` |
#
# </details>


# %% solution="todo06"
def rede_com_dropout(n_palavras, n_classes, taxa):
    """A rede do ToDo 4 com dropout depois de cada camada oculta."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dropout(taxa),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dropout(taxa),
            keras.layers.Dense(n_classes),
        ]
    )
    ### END SOLUTION


# %% test="todo06" points=8
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def portrait(model, n):
    weights = [
        np.cos(0.7 * np.arange(math.prod(w.shape)) + k).reshape(w.shape)
        for k, w in enumerate(model.get_weights())
    ]
    model.set_weights([w / math.sqrt(w.shape[0]) if w.ndim > 1 else w for w in weights])
    probe = (np.arange(6 * n).reshape(6, n) % 5 == 0).astype("float32")
    kinds = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            kinds.append(["dropout", float(layer.rate)])
        elif isinstance(layer, keras.layers.Dense):
            kinds.append(["densa", int(layer.units)])
    return {
        "formatos": [list(w.shape) for w in weights],
        "saida": np.asarray(model(probe, training=False)),
        "varia": not np.allclose(
            np.asarray(model(probe, training=True)), np.asarray(model(probe, training=False))
        ),
        "penalidade": float(sum(np.asarray(value) for value in model.losses)),
        "camadas": kinds,
    }


observe("rede", lambda: portrait(rede_com_dropout(40, 3, 0.3), 40))
observe("rede_maior", lambda: portrait(rede_com_dropout(55, 5, 0.65), 55))
### END HIDDEN TESTS
rede = rede_com_dropout(1000, 3, 0.5)
assert isinstance(rede, keras.Model), "rede_com_dropout deve devolver uma rede do Keras. Faltou o return?"
assert rede.count_params() == 68_419, (
    f"O dropout não tem parâmetros: são os mesmos 68 419 do ToDo 4, e a sua tem {rede.count_params()}."
)
uns = np.ones((1, 1000), "float32")
fora = [np.asarray(rede(uns, training=False)) for _ in range(2)]
assert np.array_equal(*fora), "Fora do treino, a mesma entrada deve dar a mesma saída."
dentro = [np.asarray(rede(uns, training=True)) for _ in range(2)]
assert not np.array_equal(*dentro), "No treino, a saída deveria mudar a cada chamada: cadê o dropout?"

# %%
trained = attempt(lambda: train(lambda: rede_com_dropout(N_WORDS, N_CLASSES, 0.6)), "ToDo 6")
if trained is not None:
    model, curves["dropout 0,6"] = trained
    repeated = np.repeat(x["validação"][:1], 200, axis=0)  # a mesma mensagem, 200 vezes: um sorteio por linha
    many = np.asarray(model(repeated, training=True))
    once = np.asarray(model(x["validação"][:1], training=False))[0]
    rows = [
        [name, number(once[k]), f"{number(many[:, k].mean())} ± {number(many[:, k].std())}"]
        for k, name in enumerate(tweets.classes)
    ]
    show_table(
        ["logits da 1.ª mensagem", "fora do treino", "média ± desvio de 200 sorteios, no modo de treino"],
        rows,
    )

# %% [markdown]
# Fora do treino, a rede com *dropout* responde sempre o mesmo. No modo de treino, cada linha sorteou as suas unidades: as respostas se espalham, e a média delas fica perto da resposta sem sorteio.

# %% [markdown] locked="todo07-enunciado"
# ### ToDo 7 · Penalidade L2
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 15 min | 8 | `penalidade_l2(pesos, forca)` e `rede_com_l2(n_palavras, n_classes, forca)` | as duas contas da penalidade concordam, na tabela abaixo |
#
# 1. `penalidade_l2(pesos, forca)` recebe uma **lista** de arrays (os pesos de cada camada, de qualquer formato) e devolve o número
#
# $$\lambda \sum_i w_i^2$$
#
# onde $\lambda$ é a `forca` e a soma corre sobre **todos** os números de **todos** os arrays. Sem o fator ½ que alguns textos usam: o Keras também não o põe.
#
# 2. `rede_com_l2` é a rede do ToDo 4, nova e não compilada, com penalidade L2 de força `forca` nos pesos (`kernel`) das **duas ocultas**. Os vieses e a camada de saída ficam livres.
#
# *Vale*: a conta 3, arquitetura e ativações 2, onde e quanto penaliza 3.
#
# <details><summary>Dica 1</summary>
#
# O quadrado é de cada número, `w**2`; a soma é de tudo. Some os arrays um por vez: eles têm formatos diferentes.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# O argumento de `keras.layers.Dense` é `kernel_regularizer`, e o valor, `keras.regularizers.L2(forca)`.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `ValueError: setting an array element with a sequence. The requested array has an inhomogeneous shape…` | a lista de arrays virou um array só | some um array por vez |
# | `TypeError: unsupported operand type(s) for ** or pow(): 'list' and 'int'` | o quadrado foi pedido à lista | `w**2` para cada `w` da lista |
# | `ValueError: Could not interpret regularizer identifier: …` | o nome não existe | `keras.regularizers.L2(forca)` |
#
# </details>


# %% solution="todo07"
def penalidade_l2(pesos, forca):
    """forca vezes a soma dos quadrados de todos os números da lista de arrays."""
    ### BEGIN SOLUTION
    return forca * sum(np.sum(w**2) for w in pesos)
    ### END SOLUTION


def rede_com_l2(n_palavras, n_classes, forca):
    """A rede do ToDo 4 com penalidade L2 nos pesos das duas ocultas."""
    ### BEGIN SOLUTION
    l2 = keras.regularizers.L2(forca)
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu", kernel_regularizer=l2),
            keras.layers.Dense(64, activation="relu", kernel_regularizer=l2),
            keras.layers.Dense(n_classes),
        ]
    )
    ### END SOLUTION


# %% test="todo07" points=8
### BEGIN HIDDEN TESTS
from gradiente.observe import observe


def portrait(model, n):
    weights = [
        np.cos(0.7 * np.arange(math.prod(w.shape)) + k).reshape(w.shape)
        for k, w in enumerate(model.get_weights())
    ]
    weights = [w / math.sqrt(w.shape[0]) if w.ndim > 1 else w for w in weights]
    model.set_weights(weights)
    probe = (np.arange(6 * n).reshape(6, n) % 5 == 0).astype("float32")
    found = {
        "formatos": [list(w.shape) for w in weights],
        "saida": np.asarray(model(probe, training=False)),
        "varia": not np.allclose(
            np.asarray(model(probe, training=True)), np.asarray(model(probe, training=False))
        ),
    }
    parts = []  # a penalidade quando só um dos arrays é diferente de zero, e ele vale 3
    for chosen in range(len(weights)):
        model.set_weights([np.full(w.shape, 3.0 * (k == chosen)) for k, w in enumerate(weights)])
        parts.append(float(sum(float(np.asarray(value)) for value in model.losses)))
    return found | {"penalidades": parts}


arrays = [np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([-1.0, 4.0, 2.0]), np.array([[[0.25]]])]
observe(
    "contas",
    lambda: [
        float(penalidade_l2(part, k))
        for part, k in ((arrays, 0.1), (arrays[1:], 2.0), (arrays[:1], 1.0), (arrays[::-1], 0.0))
    ],
)
observe("rede", lambda: portrait(rede_com_l2(40, 3, 0.01), 40))
observe("rede_maior", lambda: portrait(rede_com_l2(55, 5, 0.3), 55))
### END HIDDEN TESTS
valor = penalidade_l2([np.array([1.0, 2.0]), np.array([[3.0]])], 0.5)
assert abs(valor - 7) < 1e-9, f"0,5 × (1 + 4 + 9) = 7; a sua penalidade é {valor}."
rede = rede_com_l2(1000, 3, 0.001)
assert isinstance(rede, keras.Model), "rede_com_l2 deve devolver uma rede do Keras. Faltou o return?"
assert len(rede.losses) > 0, "A rede não tem penalidade nenhuma: model.losses está vazia."

# %%
trained = attempt(lambda: train(lambda: rede_com_l2(N_WORDS, N_CLASSES, 0.003)), "ToDo 7, a rede")
if trained is not None:
    model, curves["L2 0,003"] = trained
    kernels = [np.asarray(layer.kernel, "float64") for layer in model.layers if hasattr(layer, "kernel")]
    mine = attempt(lambda: number(penalidade_l2(kernels[:-1], 0.003), 4), "ToDo 7, a conta")
    keras_says = number(float(sum(float(np.asarray(value)) for value in model.losses)), 4)
    show_table(
        ["penalidade depois do treino", ""], [["pela sua função", mine or "…"], ["pelo Keras", keras_says]]
    )

# %%
_, ax = plt.subplots(figsize=(9, 4.2))
drawn = curves or {"curva de exemplo": EXEMPLO}
for color, (name, curve) in zip(plots.PALETTE, drawn.items(), strict=False):
    epochs = np.arange(1, len(curve["loss"]) + 1)
    ax.plot(epochs, curve["loss"], color=color, label=f"{name}: treino")
    ax.plot(epochs, curve["val_loss"], "--", color=color, label=f"{name}: validação")
ax.set(xlabel="Época", ylabel="Entropia cruzada", title="Cada remédio fecha a tesoura a seu modo")
ax.xaxis.set_major_locator(plt.MaxNLocator(integer=True))
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plots.show(
    plots.comma_axes(ax),
    alt="Entropia cruzada por época, treino em linha cheia e validação tracejada, das redes já construídas: sem remédio, com "
    "dropout e com penalidade L2. Na rede sem remédio as duas linhas se afastam; nas outras, se afastam menos.",
)

# %% [markdown]
# Um detalhe que engana: a perda de treino da rede com *dropout* é medida **com** o *dropout* ligado, isto é, com uma rede amputada. Ela pode até ficar acima da de validação sem que haja mistério algum.

# %% [markdown] locked="todo08-enunciado"
# ### ToDo 8 · Parada antecipada
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 20 min | 10 | `epoca_de_parada(perdas, paciencia)` e `parada_antecipada(paciencia)` | a sua previsão e o que o Keras faz coincidem |
#
# A cada época se olha a perda de **validação**. Se ela passa `paciencia` épocas seguidas sem ficar **menor que a menor até ali**, o treino para, ao fim dessa última época, e voltam os pesos da melhor.
#
# 1. `epoca_de_parada(perdas, paciencia)` recebe a lista das perdas de validação, uma por época, e a paciência (1 ou mais), e devolve a tupla `(ultima, melhor)`: a última época que chega a ser treinada, e aquela cujos pesos
#    ficam. As duas contadas a partir de **1**. Se a lista acaba antes da paciência, a última é a última da lista. As perdas que viriam depois da parada ninguém chega a ver: não valem. No empate, a melhor é a primeira.
# 2. `parada_antecipada(paciencia)` devolve um *callback* do Keras, novo, que faz isso: vigia a perda de validação, tem essa paciência e devolve os melhores pesos.
#
# *Vale*: época da parada 3, melhor época 3, *callback* 4.
#
# <details><summary>Dica 1</summary>
#
# Um laço pelas épocas, com a posição da melhor até agora. Quantas épocas sem melhora se passaram? A posição atual menos a da melhor.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# A estrutura é: se melhorou, guarde a posição; se a espera chegou à paciência, devolva já; depois do laço, devolva o que houver. Cuidado com o que conta como melhora: estritamente menor.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# `keras.callbacks.EarlyStopping` tem os argumentos `monitor`, `patience` e `restore_best_weights`. O último é `False` se você não diz nada: ficariam os pesos da última época, já sobreajustados.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `TypeError: cannot unpack non-iterable NoneType object` | a função acabou sem `return` | falta o caso em que a paciência não se esgota |
# | `TypeError: EarlyStopping.__init__() got an unexpected keyword argument 'paciencia'` | os nomes do Keras são em inglês | `patience=paciencia` |
# | ``UserWarning: Early stopping conditioned on metric `val_los` which is not available.`` | nome errado em `monitor`: o treino nunca para | `"val_loss"` |
#
# </details>


# %% solution="todo08"
def epoca_de_parada(perdas, paciencia):
    """(última época treinada, época dos pesos devolvidos), contadas a partir de 1."""
    ### BEGIN SOLUTION
    best = 0
    for epoch, loss in enumerate(perdas):
        if loss < perdas[best]:
            best = epoch
        if epoch - best == paciencia:
            break
    return epoch + 1, best + 1
    ### END SOLUTION


def parada_antecipada(paciencia):
    """Callback que vigia a perda de validação e devolve os melhores pesos."""
    ### BEGIN SOLUTION
    return keras.callbacks.EarlyStopping(monitor="val_loss", patience=paciencia, restore_best_weights=True)
    ### END SOLUTION


# %% test="todo08" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

LOSSES = (
    (0.9, 0.7, 0.6, 0.65, 0.66, 0.5, 0.7, 0.8, 0.9, 1.0, 0.1),
    (1.0, 0.8, 0.6, 0.4),
    (0.5, 0.5, 0.4, 0.4, 0.4, 0.4, 0.3),
    (0.2, 0.3, 0.4, 0.5, 0.6),
    (0.8, 0.5, 0.7, 0.6, 0.65, 0.45, 0.9, 0.95, 1.0),
)


def drive(values, patience):
    # Conduz o callback à mão, com perdas escolhidas: a rede guarda, como peso, o número da época.
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    callback = parada_antecipada(patience)
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        callback.on_epoch_begin(epoch)
        model.set_weights([np.full((1, 1), epoch + 1.0), np.zeros(1)])
        callback.on_epoch_end(
            epoch,
            {
                "loss": 1.0 / (epoch + 1),
                "accuracy": 0.1 * epoch,
                "val_loss": value,
                "val_accuracy": 0.5 + 0.01 * epoch,
            },
        )
        if model.stop_training:
            break
    callback.on_train_end()
    return [epoch + 1, float(np.asarray(model.get_weights()[0])[0, 0])]


observe(
    "previsoes", lambda: [list(epoca_de_parada(list(values), p)) for values in LOSSES for p in (1, 2, 3, 9)]
)
observe("conduzidas", lambda: [drive(values, p) for values in LOSSES for p in (1, 2, 3)])
### END HIDDEN TESTS
previsao = epoca_de_parada([0.9, 0.7, 0.8, 0.75, 0.6], 2)
assert previsao is not None, "epoca_de_parada não devolveu nada: confira o return."
assert tuple(previsao) == (4, 2), (
    f"Com paciência 2, as épocas 3 e 4 não melhoram a 2: para na 4, com os pesos da 2. A sua previsão é {tuple(previsao)}."
)
aviso = parada_antecipada(3)
assert isinstance(aviso, keras.callbacks.Callback), "parada_antecipada deve devolver um callback do Keras."

# %% [markdown]
# Quanto se economiza, e o que se arrisca? Para cada paciência, onde a sua regra teria parado na curva da rede sem remédio:

# %%
curve = curves.get("sem remédio", EXEMPLO)["val_loss"]
patiences = range(1, 9)
stops = attempt(
    lambda: np.array([epoca_de_parada(curve, p) for p in patiences]).reshape(8, 2), "ToDo 8, a previsão"
)
if stops is not None:
    figure, ax = plt.subplots(figsize=(8.5, 3.8))
    ax.plot(patiences, stops[:, 0], "o-", color=plots.PALETTE[1], label="última época treinada")
    ax.plot(patiences, stops[:, 1], "s--", color=plots.PALETTE[0], label="época dos pesos devolvidos")
    ax.axhline(len(curve), color="black", linestyle=":", label="sem parada")
    ax.set(
        xlabel="Paciência",
        ylabel="Época",
        title="Mais paciência custa épocas, e nem sempre acha um mínimo melhor",
    )
    ax.yaxis.set_major_locator(plt.MaxNLocator(integer=True))
    ax.legend()
    plots.show(
        plots.comma_axes(ax),
        alt="Para paciências de 1 a 8, a última época treinada, que sobe com a paciência, e a época dos pesos devolvidos, que muda "
        "pouco ou nada. Uma linha pontilhada marca a duração do treino sem parada.",
    )
trained = attempt(
    lambda: train(lambda: rede_que_decora(N_WORDS, N_CLASSES), callbacks=[parada_antecipada(3)]),
    "ToDos 4 e 8",
)
if trained is not None:
    print(f"Com o seu callback, paciência 3, o treino durou {len(trained[1]['loss'])} época(s).")

# %% [markdown]
# # Parte 4 · Mais dados sem escrever de novo
#
# O melhor remédio é ter mais mensagens. Quando não há, inventam-se: o **aumento de dados** (*data augmentation*) faz, de cada mensagem, outra com o mesmo sentido. Ferramentas como o TextAttack pedem as
# substitutas a um modelo de linguagem; aqui basta uma tabela de sinônimos da língua dos dados, como em Wei e Zou (2019):

# %%
table = SYNONYMS[tweets.language]
for word in list(table)[:6]:
    print(f"{word:>12} → {', '.join(table[word])}")

# %% [markdown] locked="todo09-enunciado"
# ### ToDo 9 · Sinônimos
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 20 min | 10 | `trocar_sinonimos(documento, sinonimos, taxa, rng)` e `aumentar(documentos, rotulos, sinonimos, copias, taxa, rng)` | as versões têm o mesmo número de palavras, e só mudam as que estão na tabela |
#
# 1. `trocar_sinonimos` recebe um documento (lista de palavras), a tabela (dicionário: palavra → tupla de substitutas), a `taxa` e um gerador. Devolve uma **lista nova**: cada palavra que **está na tabela** é trocada, com probabilidade
#    `taxa`, cada uma com o seu sorteio, por uma das substitutas, todas igualmente prováveis. As outras ficam como são. O documento recebido não muda.
# 2. `aumentar` devolve a tupla `(novos_documentos, novos_rotulos)`: primeiro os **originais**, na ordem, e depois `copias` versões de cada um (a primeira versão de todos, na mesma ordem; a segunda de todos; …), cada versão feita a partir
#    do **original**. Os rótulos, um array, acompanham os documentos.
#
# Todos os sorteios vêm do `rng` recebido.
#
# Quem chama passa só o **treino**. Aumentar antes de separar põe quase cópias dos dois lados, e a validação passa a medir memória.
#
# *Vale*: a troca 4, entrada intacta 1, sorteio 2, aumento e rótulos 3.
#
# <details><summary>Dica 1</summary>
#
# Para cada palavra há duas perguntas: está na tabela? o sorteio mandou trocar? `rng.random() < taxa` é verdade com probabilidade `taxa`. Monte uma lista nova com `append`.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Uma substituta ao acaso: `rng.choice(sinonimos[palavra])`. Ela devolve um texto do NumPy; `str(…)` o torna comum.
#
# </details>
#
# <details><summary>Dica 3</summary>
#
# Em `aumentar`, comece com uma cópia da lista dos originais e, `copias` vezes, estenda-a com as versões. `np.tile(rotulos, 1 + copias)` repete os rótulos na mesma ordem; `np.repeat` os repetiria em outra.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `KeyError: 'voo'` | a palavra não está na tabela | pergunte antes: `if palavra in sinonimos` |
# | `TypeError: 'str' object does not support item assignment` | o documento virou um texto | é uma lista de palavras; não a junte |
# | `TypeError: can only concatenate list (not "tuple") to list` | lista e tupla não se somam | `lista.extend(…)`, ou `lista + list(…)` |
#
# </details>


# %% solution="todo09"
def trocar_sinonimos(documento, sinonimos, taxa, rng):
    """Lista nova, com palavras da tabela trocadas por substitutas, cada uma com probabilidade `taxa`."""
    ### BEGIN SOLUTION
    version = []
    for word in documento:
        if word in sinonimos and rng.random() < taxa:
            word = str(rng.choice(sinonimos[word]))
        version.append(word)
    return version
    ### END SOLUTION


def aumentar(documentos, rotulos, sinonimos, copias, taxa, rng):
    """Os originais e `copias` versões de cada um, com os rótulos correspondentes."""
    ### BEGIN SOLUTION
    grown = list(documentos)
    for _ in range(copias):
        grown.extend(trocar_sinonimos(document, sinonimos, taxa, rng) for document in documentos)
    return grown, np.tile(rotulos, 1 + copias)
    ### END SOLUTION


# %% test="todo09" points=10
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

swaps = {"bom": ("ótimo", "legal", "bacana"), "voo": ("viagem",), "mala": ("bagagem", "bolsa")}


def swapped(line, rate, seed=3):
    return [str(word) for word in trocar_sinonimos(line.split(), swaps, rate, np.random.default_rng(seed))]


def shares_of(rate, seed):
    # Numa mensagem enorme: que fração de cada palavra virou o quê.
    words = swapped("bom mala nunca " * 4000, rate, seed)
    return {
        word: sum(w == word for w in words[start::3]) / 4000
        for start, names in enumerate((("bom", *swaps["bom"]), ("mala", *swaps["mala"]), ("nunca",)))
        for word in names
    } | {"tamanho": len(words)}


def intact():
    line = ["voo", "bom", "mala", "cara"]
    result = trocar_sinonimos(line, swaps, 1.0, np.random.default_rng(0))
    return {"antes": line, "mesma": result is line, "depois": [str(word) for word in result]}


def grow(copies, rate, seed=8):
    batch = [line.split() for line in ("o voo bom", "mala some", "nada aqui", "bom bom")]
    grown, kinds = aumentar(batch, [2, 0, 1, 7], swaps, copies, rate, np.random.default_rng(seed))
    return {
        "documentos": [" ".join(map(str, document)) for document in grown],
        "rotulos": np.asarray(kinds),
        "originais": [" ".join(d) for d in batch],
    }


LONG = "bom voo mala bom mala bom voo bom mala bom"
observe(
    "extremos",
    lambda: [
        swapped("o voo não foi bom", 0.0),
        swapped("o voo e o voo", 1.0),
        swapped("", 0.7),
        swapped("nada da tabela", 1.0),
    ],
)
observe("fracoes", lambda: [shares_of(0.3, 1), shares_of(0.8, 2)])
observe("intacta", intact)
observe("sorteios", lambda: [swapped(LONG * 3, 0.5, seed) for seed in (2, 2, 3, 1)])
observe("aumentos", lambda: [grow(2, 1.0), grow(1, 0.0), grow(0, 1.0)])
observe("versoes", lambda: [grow(6, 0.5, seed)["documentos"] for seed in (1, 1, 2)])
observe(
    "cadeia",
    lambda: [
        str(document[0])
        for document in aumentar(
            [["a"]], np.array([1]), {"a": ("b",), "b": ("c",)}, 3, 1.0, np.random.default_rng(0)
        )[0]
    ],
)
### END HIDDEN TESTS
tabela = {"ruim": ("péssimo",), "voo": ("viagem",)}
documento = ["voo", "não", "ruim"]
versao = trocar_sinonimos(documento, tabela, 1.0, np.random.default_rng(0))
assert list(versao) == ["viagem", "não", "péssimo"], (
    f"Com taxa 1, toda palavra da tabela é trocada, e só ela: viagem, não, péssimo. A sua versão é {versao}."
)
assert documento == ["voo", "não", "ruim"], "O documento recebido mudou: monte uma lista nova."
novos, novos_rotulos = aumentar([["voo"], ["não"]], [0, 1], tabela, 2, 1.0, np.random.default_rng(0))
assert len(novos) == 6 and len(novos_rotulos) == 6, (
    f"Dois originais e duas versões de cada: seis documentos e seis rótulos. Os seus são {len(novos)} e {len(novos_rotulos)}."
)

# %%
rng = np.random.default_rng(SEED)
chosen = [document for document in documents["treino"] if sum(word in table for word in document) > 2][:3]
for document in chosen:
    mine = attempt(
        lambda document=document: " ".join(trocar_sinonimos(document, table, 0.7, rng)), "ToDo 9, a troca"
    )
    print("original:", " ".join(document), "\n versão :", mine, "\n")
touched = np.mean([any(word in table for word in document) for document in documents["treino"]])
print(
    f"{percent(touched, 0)} das mensagens de treino têm alguma palavra da tabela; as outras só seriam repetidas."
)

# %% [markdown]
# Leia as versões com olhos de quem rotula: o sentimento continuou o mesmo? Aumento de dados é uma **hipótese sobre o mundo**, e a sua tabela a escreve palavra por palavra.
#
# # Parte 5 · Quem venceu?
#
# Sete receitas, três sementes cada. Cinco são suas: a rede sem remédio, *dropout*, L2, parada antecipada e sinônimos. Duas são dadas, e vêm das lições sobre capacidade e sobre normalização em lote:
#
# - a rede **simplificada**, de uma camada oculta de 4 unidades: quanto mais parâmetros, mais lugar para decorar, e o remédio mais barato é tirá-los;
# - a rede com **normalização em lote** (BN), que põe cada unidade com média 0 e **desvio padrão** 1 no lote. Ela foi feita para estabilizar o treino e permitir taxas maiores; regularizar é efeito colateral.
#
# A parada antecipada é a única que devolve os pesos da melhor época; as outras ficam com os da última. E todas escolhem com a validação: o teste espera.

# %% [markdown] locked="todo10-enunciado"
# ### ToDo 10 · Quem venceu, honestamente
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●● | 20 min | 8 | `resumir(acuracias)` e `empatadas(acuracias, base)` | a melhor está sempre entre as empatadas, se passa da linha de base |
#
# As duas recebem `acuracias`, um dicionário: nome da receita → lista de acurácias de validação, uma por semente, **na mesma ordem de sementes** em todas as receitas (duas sementes ou mais).
#
# 1. `resumir` devolve um dicionário: nome → tupla `(média, desvio padrão)`, com o desvio **amostral** (divide por $n - 1$; `ddof=1`).
# 2. `empatadas(acuracias, base)` devolve a **lista** dos nomes que não se distinguem da receita de maior média, ela incluída, na ordem do dicionário. Para cada receita, olhe as **diferenças pareadas**, semente a semente: a acurácia da melhor
#    menos a da receita. Sejam $\bar d$ a média delas, $s$ o desvio amostral e $n$ o número de sementes. Há empate se
#
# $$\bar d \le 2\,\frac{s}{\sqrt n}$$
#
# onde $s/\sqrt n$ é o **erro padrão** da diferença. Mas se a maior média **não passa** de `base`, a acurácia de quem responde sempre a classe mais comum, não há vencedora a declarar: devolva a lista vazia.
#
# *Vale*: resumo 3, empates 4, linha de base 1.
#
# <details><summary>Dica 1</summary>
#
# `np.std(valores, ddof=1)`. A melhor: `max(acuracias, key=lambda nome: np.mean(acuracias[nome]))`.
#
# </details>
#
# <details><summary>Dica 2</summary>
#
# Por que parear? Uma semente difícil é difícil para todas; na diferença, a sorte comum se cancela. `np.subtract(acuracias[melhor], valores)` dá as $n$ diferenças.
#
# </details>
#
# <details><summary>Se aparecer este erro</summary>
#
# | mensagem | o que quer dizer | o que fazer |
# |---|---|---|
# | `TypeError: unsupported operand type(s) for -: 'list' and 'list'` | listas não se subtraem | `np.subtract(a, b)`, ou `np.array` antes |
# | `RuntimeWarning: Degrees of freedom <= 0 for slice` | um desvio amostral de um valor só | confira se passou a lista, e não a média dela |
# | `AttributeError: 'list' object has no attribute 'mean'` | o valor do dicionário é uma lista | `np.mean(valores)` |
#
# </details>


# %% solution="todo10"
def resumir(acuracias):
    """Nome → (média, desvio padrão amostral)."""
    ### BEGIN SOLUTION
    return {name: (np.mean(values), np.std(values, ddof=1)) for name, values in acuracias.items()}
    ### END SOLUTION


def empatadas(acuracias, base):
    """Nomes que não se distinguem da melhor; lista vazia se a melhor não passa da linha de base."""
    ### BEGIN SOLUTION
    best = max(acuracias.values(), key=np.mean)
    if np.mean(best) <= base:
        return []
    tied = []
    for name, values in acuracias.items():
        gaps = np.subtract(best, values)
        if gaps.mean() <= 2 * gaps.std(ddof=1) / math.sqrt(len(gaps)):
            tied.append(name)
    return tied
    ### END SOLUTION


# %% test="todo10" points=8
### BEGIN HIDDEN TESTS
from gradiente.observe import observe

TRIALS = {
    "claras": {
        "a": [0.70, 0.72, 0.74],
        "b": [0.80, 0.81, 0.82],
        "c": [0.79, 0.83, 0.80],
        "d": [0.80, 0.779, 0.759],
    },
    "pareadas": {
        "x": [0.70, 0.80, 0.90, 0.60],
        "y": [0.69, 0.785, 0.89, 0.595],
        "z": [0.90, 0.60, 0.70, 0.79],
    },
    "fronteira": {"m": [0.50, 0.51], "n": [0.60, 0.60], "o": [0.58, 0.61], "p": [0.56, 0.61]},
    "quatro": {
        "i": [0.76, 0.78, 0.74, 0.80, 0.77],
        "j": [0.72, 0.79, 0.73, 0.77, 0.73],
        "k": [0.745, 0.775, 0.72, 0.79, 0.755],
        "l": [0.76, 0.75, 0.73, 0.81, 0.75],
    },
}
observe(
    "resumos",
    lambda: [{name: list(pair) for name, pair in resumir(trial).items()} for trial in TRIALS.values()],
)
observe("empates", lambda: [[str(name) for name in empatadas(trial, 0.3)] for trial in TRIALS.values()])
observe(
    "bases",
    lambda: [
        [str(name) for name in empatadas(TRIALS["fronteira"], base)] for base in (0.59, 0.6, 0.61, 0.99)
    ],
)
### END HIDDEN TESTS
provas = {"uma": [0.70, 0.74], "outra": [0.80, 0.84]}
resumo = resumir(provas)
assert set(resumo) == {"uma", "outra"}, "resumir devolve um dicionário com os mesmos nomes."
assert abs(resumo["uma"][0] - 0.72) < 1e-9, f'A média de "uma" é 0,72; a sua é {resumo["uma"][0]}.'
assert empatadas(provas, 0.6) == ["outra"], (
    f'"outra" ganha por 0,10 nas duas sementes, sem desvio: vence sozinha. A sua resposta é {empatadas(provas, 0.6)}.'
)

# %% [markdown]
# ### Preveja
#
# Qual das sete receitas terá a maior acurácia média na validação?

# %%
my_winner = "dropout"  # sem remédio, dropout, L2, parada antecipada, sinônimos, simplificada ou BN


# %% locked="receitas"
def small_net():
    """A rede simplificada: uma camada oculta de 4 unidades."""
    return keras.Sequential(
        [keras.Input((N_WORDS,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(N_CLASSES)]
    )


def bn_net():
    """A rede com normalização em lote depois de cada densa oculta."""
    block = [
        layer
        for _ in range(2)
        for layer in (
            keras.layers.Dense(64, use_bias=False),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
        )
    ]
    return keras.Sequential([keras.Input((N_WORDS,)), *block, keras.layers.Dense(N_CLASSES)])


def grown_data():
    """O treino aumentado com duas versões de cada mensagem, pela sua função."""
    rows = slice(100 if is_capped() else None)
    rng = np.random.default_rng(SEED)
    grown, kinds = aumentar(documents["treino"][rows], y["treino"][rows], table, 2, 0.5, rng)
    return bag_of(grown), np.asarray(kinds, "int32")


def plain():
    """A rede do ToDo 4, no tamanho destes dados."""
    return rede_que_decora(N_WORDS, N_CLASSES)


SEEDS = (1, 2) if is_capped() else (1, 2, 3)
RECIPES = {
    "sem remédio": lambda seed: train(plain, seed=seed),
    "dropout": lambda seed: train(lambda: rede_com_dropout(N_WORDS, N_CLASSES, 0.6), seed=seed),
    "L2": lambda seed: train(lambda: rede_com_l2(N_WORDS, N_CLASSES, 0.003), seed=seed),
    "parada antecipada": lambda seed: train(plain, callbacks=[parada_antecipada(3)], seed=seed),
    "sinônimos": lambda seed: train(
        plain, data=augmented, seed=seed, epochs=7
    ),  # três vezes os passos por época
    "simplificada": lambda seed: train(small_net, seed=seed),
    "BN": lambda seed: train(bn_net, seed=seed),
}

# %%
augmented = attempt(grown_data, "ToDo 9, o aumento")
accuracies, losses, kept = {}, {}, {}
for name, recipe in RECIPES.items():
    if name == "sinônimos" and augmented is None:
        continue
    runs = attempt(lambda recipe=recipe: [recipe(seed)[0] for seed in SEEDS], f"a receita {name}")
    if runs is not None:
        kept[name] = runs
        losses[name], accuracies[name] = map(
            list, zip(*(exam(model, "validação") for model in runs), strict=True)
        )

# %%
common = np.bincount(y["treino"]).argmax()
base = float(np.mean(y["validação"] == common))
summary = (
    attempt(
        lambda: {name: tuple(map(float, pair)) for name, pair in resumir(accuracies).items()},
        "ToDo 10, o resumo",
    )
    or {}
)
rows = [["sempre a mais comum", percent(base, 1), "…"]]
for name in accuracies:
    mean, deviation = summary.get(name, (None, None))
    text = "…" if mean is None else f"{percent(mean, 1)} ± {percent(deviation, 1)}"
    rows.append(
        [name, text, f"{number(np.mean(losses[name]), 3)} ± {number(np.std(losses[name], ddof=1), 2)}"]
    )
show_table(["na validação, três sementes", "acurácia", "entropia cruzada"], rows)
tied = attempt(lambda: list(empatadas(accuracies, base)), "ToDo 10, os empates")
if tied is not None:
    print("Não se distinguem da melhor:", ", ".join(tied) or "nenhuma passa da linha de base")
print("O seu palpite:", my_winner)

# %%
figure, axes = plt.subplots(1, 2, figsize=(11, 3.8), sharey=True)
for ax, values, label in zip(axes, (accuracies, losses), ("Acurácia", "Entropia cruzada"), strict=True):
    for row, name in enumerate(accuracies):
        color = plots.PALETTE[2] if name in (tied or ()) else plots.PALETTE[0]
        ax.plot(values[name], [row] * len(values[name]), "o", color=color, alpha=0.5)
        ax.plot(np.mean(values[name]), row, "D", color=color, markersize=8)
    ax.set(xlabel=f"{label} na validação")
    plots.comma_axes(ax)
axes[0].axvline(base, color="black", linestyle=":")
axes[0].set_yticks(range(len(accuracies)), list(accuracies))
gap = np.ptp([np.mean(values) for values in accuracies.values()])
ratio = max(map(np.mean, losses.values())) / min(map(np.mean, losses.values()))
figure.suptitle(
    f"Da melhor à pior: {number(100 * gap)} pontos de acurácia, e {number(ratio)} vezes a entropia cruzada"
)
plots.show(
    figure,
    alt="Dois painéis com uma linha por receita: pontos para cada semente e losango para a média. À esquerda, a acurácia na validação, com a "
    "linha de base pontilhada; à direita, a entropia cruzada, em que a maior é mais que o dobro da menor. Em verde, as empatadas.",
)

# %% [markdown]
# Procure na sua tabela: há receita que melhora a entropia cruzada da rede sem remédio, e a acurácia não? Remédio que não cura também é resultado, e vale o mesmo registro.
#
# Agora, uma vez só, o **teste**. Ele não ajudou a escolher nada: por isso o que ele diz da escolhida é honesto. Escolhemos, entre as empatadas, a de menor entropia cruzada na validação.

# %%
candidates = [name for name in (tied or accuracies) if name in kept]
if candidates:
    pick = min(candidates, key=lambda name: np.mean(losses[name]))
    final = np.array([exam(model, "teste") for model in kept[pick]])
    always = float(np.mean(y["teste"] == common))
    print(
        f"Escolhida: {pick}. No teste, acurácia {percent(final[:, 1].mean(), 1)}; quem responde sempre a mais comum, {percent(always, 1)}."
    )
    print(f"Entropia cruzada no teste: {number(final[:, 0].mean(), 3)}.")

# %% [markdown] locked="todo11-enunciado"
# ### ToDo 11 · A conversa com o chefe (texto)
#
# | dificuldade | tempo | pontos | você escreve | está certo quando |
# |---|---|---|---|---|
# | ●●○ | 20 min | 10 | de dez a quinze linhas | responde às três perguntas com números **seus** e com o mecanismo, e não só com o nome dele |
#
# a) Um colega fez três versões de cada mensagem, misturou tudo, separou 20 % para validação e chegou a 95 % de acurácia. Explique o que a validação dele mede, por que o número é maior que o seu, e em que ordem se faz. Por que o
# vocabulário também se aprende só no treino?
#
# b) Que receita você poria em uso? Cite da **sua** tabela a média, o desvio e a linha de base; diga quais receitas empatam com ela, e o que a entropia cruzada conta que a acurácia não conta.
#
# c) Todas as receitas, até a melhor, param bem antes de 100 %. Dê dois limites que não são da rede, mas dos **dados** ou da **representação**, e diga como verificaria um deles.
#
# | critério | pontos |
# |---|---|
# | (a) quase cópias dos dois lados: a validação mede memória; separar, depois aumentar só o treino; vocabulário do treino porque na vida real aparecem palavras nunca vistas | 4 |
# | (b) números da própria tabela, com desvio e linha de base; reconhece os empates; a perda cobra a confiança nos erros | 3 |
# | (c) dois limites verdadeiros (rótulos que discordam, ironia, ordem das palavras perdida no saco, palavras desconhecidas, pouco treino) e uma verificação que se possa executar | 3 |
#
# <details><summary>Dica</summary>
#
# Para (c), volte à célula das mensagens repetidas, e pense em "bom e não ruim" e "ruim e não bom": que linha do saco de palavras cada uma produz?
#
# </details>

# %% [markdown] manual="todo11" points=10
# ### BEGIN SOLUTION
# a) Com as versões misturadas antes da separação, quase toda mensagem da validação tem uma irmã no treino, com quase as mesmas palavras e o mesmo rótulo. A validação mede, então, se a rede se lembra do que viu; por isso o número é alto, e não se
# repete em mensagens novas. Primeiro se separa, depois se aumenta, e só o treino. Com o vocabulário é igual: em uso, chegam palavras que ninguém viu; se o vocabulário sai também da validação, ela nunca tem as palavras desconhecidas que
# a vida real terá.
#
# b) Eu poria a parada antecipada. Na minha rodada ela teve acurácia de 79,2 % ± 0,1 %, e a linha de base, 64,7 %. Pela regra dos dois erros padrão empatam com ela o *dropout* (79,3 % ± 0,5 %) e a rede simplificada (79,2 % ± 0,3 %): entre as três a acurácia
# não decide. Decido pela entropia cruzada: 0,65, perto da simplificada (0,66) e abaixo do *dropout* (0,83) e da rede sem remédio (1,53). A acurácia só pergunta que classe ficou em primeiro; a entropia cruzada cobra a confiança: errar dando 0,99 à classe
# errada custa muito mais que errar dando 0,5.
#
# c) Rótulos: em mensagens idênticas, pessoas diferentes deram sentimentos diferentes; nenhuma rede acerta as duas. Representação: o saco de palavras perde a ordem, e frases opostas com as mesmas palavras têm o mesmo vetor. Verificação: contar, entre
# os textos repetidos, a fração de rótulos que discordam; ou procurar pares de linhas iguais na matriz com rótulos diferentes.
# ### END SOLUTION

# %% [markdown]
# ## Resumo
#
# | ideia | como aparece | engano comum |
# |---|---|---|
# | palavras | minúsculas, menções e endereços fora, pontuação só das pontas | tirar as *stop words*, e com elas o "não" |
# | separar | sem repetidas, a mesma fração de cada classe | cortar na ordem do arquivo; deixar cópias dos dois lados |
# | saco de palavras | presença, e não contagem; `[UNK]` na coluna 0 | vocabulário com a validação dentro |
# | sobreajuste | a validação faz um mínimo e sobe | olhar só a acurácia |
# | *dropout* | depois de cada oculta, só no treino | na saída; taxa em porcentagem |
# | L2 | $\lambda \sum w^2$, sem ½ | comparar perdas que incluem a penalidade |
# | parada antecipada | época da parada = melhor + paciência | esquecer `restore_best_weights` |
# | aumento | primeiro separar, depois aumentar só o treino | aumentar a validação |
# | comparação | média ± desvio, diferenças pareadas, linha de base | declarar vencedora por meio ponto |
#
# **A seguir:** a lição sobre transferência de aprendizado, em que a rede não começa do zero; e a lição sobre avaliação, com as contas de incerteza por inteiro.
#
# ## Referências
#
# - N. Srivastava *et al.* *Dropout: a simple way to prevent neural networks from overfitting*. JMLR, 2014.
# - A. Krogh e J. Hertz. *A simple weight decay can improve generalization*. NeurIPS, 1991.
# - L. Prechelt. *Early stopping — but when?* Em: Neural Networks: Tricks of the Trade, 1998.
# - S. Ioffe e C. Szegedy. *Batch normalization: accelerating deep network training by reducing internal covariate shift*. ICML, 2015.
# - J. Wei e K. Zou. *EDA: easy data augmentation techniques for boosting performance on text classification tasks*. EMNLP-IJCNLP, 2019.
# - J. Morris *et al.* *TextAttack: a framework for adversarial attacks, data augmentation, and adversarial training in NLP*. EMNLP, 2020.
# - Crowdflower. *Twitter US Airline Sentiment*. Kaggle, 2015.

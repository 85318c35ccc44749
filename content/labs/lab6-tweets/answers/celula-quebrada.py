# /// resposta
# titulo = "Erro de sintaxe, recuo errado e nomes que não existem"
# [todo01]
# pontos = 0
# mensagens = ["SyntaxError"]
# [todo03]
# pontos = 0
# mensagens = ["IndentationError"]
# [todo06]
# pontos = 0
# mensagens = ["NameError"]
# [todo09]
# pontos = 0
# mensagens = ["AttributeError"]
# ///

# %% todo01
def palavras(texto)
    return texto.lower().split()

# %% todo03
def montar_vocabulario(documentos, tamanho):
    contagem = Counter(p for d in documentos for p in d)
      return ["[UNK]", *sorted(contagem, key=lambda p: (-contagem[p], p))[: tamanho - 1]]


def saco_de_palavras(documentos, vocabulario):
    return np.zeros((len(documentos), len(vocabulario)), "float32")

# %% todo06
def rede_com_dropout(n_palavras, n_classes, taxa):
    return keras.Sequential([keras.Input((n_palavras,)), Dense(64, activation="relu"), Dropout(taxa), Dense(n_classes)])

# %% todo09
def trocar_sinonimos(documento, sinonimos, taxa, rng):
    return [rng.escolha(sinonimos[p]) if p in sinonimos and rng.random() < taxa else p for p in documento]


def aumentar(documentos, rotulos, sinonimos, copias, taxa, rng):
    novos = list(documentos)
    for _ in range(copias):
        novos += [trocar_sinonimos(d, sinonimos, 1.0, rng) for d in documentos]
    return novos, np.random.tile(rotulos, 1 + copias)

# /// resposta
# titulo = "Metade do caminho: até a rede, com um engano em cada parada"
# base = "esqueleto"
# [todo01]
# pontos = 4
# mensagens = ["A pontuação das pontas ficou"]
# [todo02]
# pontos = 8.5
# mensagens = ["As mensagens repetidas continuam todas"]
# [todo03]
# pontos = 9.8
# mensagens = ["na ordem em que apareceram", "conta as palavras desconhecidas"]
# [todo04]
# pontos = 7
# mensagens = ["já passa pela softmax", "infinita ou NaN"]
# [todo05]
# pontos = 5
# mensagens = ["contada a partir de 0"]
# [todo08]
# pontos = 2
# mensagens = ["ficam os pesos da última"]
# [todo09]
# pontos = 8.5
# mensagens = ["um a um"]
# [todo10]
# pontos = 1.8
# mensagens = ["divide por n;"]
# ///

# %% todo01
def palavras(texto):
    return [p for p in texto.lower().split() if not p.startswith(("@", "http"))]


# %% todo02
def separar(textos, rotulos, fracao, rng):
    rotulos = np.asarray(rotulos)
    treino, validacao = [], []
    for c in np.unique(rotulos):
        grupo = rng.permutation(np.flatnonzero(rotulos == c))
        n = round(fracao * len(grupo))
        validacao.append(grupo[:n])
        treino.append(grupo[n:])
    return np.concatenate(treino), np.concatenate(validacao)


# %% todo03
def montar_vocabulario(documentos, tamanho):
    contagem = Counter(p for d in documentos for p in d)
    return ["[UNK]"] + [p for p, _ in contagem.most_common(tamanho - 1)]


def saco_de_palavras(documentos, vocabulario):
    saco = np.zeros((len(documentos), len(vocabulario)), "float32")
    for i, documento in enumerate(documentos):
        for palavra in documento:
            if palavra in vocabulario:
                saco[i, vocabulario.index(palavra)] = 1
            else:
                saco[i, 0] += 1
    return saco


# %% todo04
def rede_que_decora(n_palavras, n_classes):
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )


def entropia_cruzada(logits, rotulos):
    with np.errstate(all="ignore"):
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return -np.mean(np.log(p[np.arange(len(rotulos)), rotulos]))


# %% todo05
def ler_curva(historico):
    treino, validacao = historico["loss"], historico["val_loss"]
    melhor = int(np.argmin(validacao))
    return melhor, validacao[melhor] - treino[melhor], validacao[-1] - treino[-1]


# %% todo08
def epoca_de_parada(perdas, paciencia):
    raise NotImplementedError("ToDo por fazer")


def parada_antecipada(paciencia):
    return keras.callbacks.EarlyStopping(monitor="val_loss", patience=paciencia)


# %% todo09
def trocar_sinonimos(documento, sinonimos, taxa, rng):
    return [str(rng.choice(sinonimos[p])) if p in sinonimos and rng.random() < taxa else p for p in documento]


def aumentar(documentos, rotulos, sinonimos, copias, taxa, rng):
    novos = list(documentos)
    for _ in range(copias):
        novos += [trocar_sinonimos(d, sinonimos, taxa, rng) for d in documentos]
    return novos, np.repeat(rotulos, 1 + copias)


# %% todo10
def resumir(acuracias):
    return {nome: (np.mean(valores), np.std(valores)) for nome, valores in acuracias.items()}


def empatadas(acuracias, base):
    raise NotImplementedError("ToDo por fazer")


# %% [markdown] todo11
# A validação dele está contaminada, porque tem mensagens parecidas com as do treino. Eu usaria dropout, que deu a melhor acurácia.

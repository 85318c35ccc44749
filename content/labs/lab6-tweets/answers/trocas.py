# /// resposta
# titulo = "Lados, eixos e ordens trocados"
# [todo01]
# pontos = 2
# mensagens = ["saiu só o “@”", "do meio da palavra"]
# [todo02]
# pontos = 10
# mensagens = ["Treino e validação estão trocados"]
# [todo03]
# pontos = 5.9
# mensagens = ["você contou em quantos documentos", "não na primeira posição", "conta quantas vezes"]
# [todo04]
# pontos = 4
# mensagens = ["usa tanh", "na dimensão dos exemplos"]
# [todo05]
# pontos = 1
# mensagens = ["ao contrário"]
# [todo06]
# pontos = 5
# mensagens = ["passou a que fica", "depois da saída"]
# [todo07]
# pontos = 3
# mensagens = ["L1"]
# [todo08]
# pontos = 0
# mensagens = ["trocadas"]
# [todo09]
# pontos = 4.75
# mensagens = ["ao contrário", "não estão na ordem"]
# [todo10]
# pontos = 2
# mensagens = ["trocados na tupla", "ao contrário"]
# ///

# %% todo01
def palavras(texto):
    sem = "".join(c for c in texto.lower() if c not in PONTUACAO)
    return sem.split()


# %% todo02
def separar(textos, rotulos, fracao, rng):
    _, unicos = np.unique(textos, return_index=True)
    classes = np.asarray(rotulos)[unicos]
    treino, validacao = [], []
    for c in np.unique(classes):
        grupo = rng.permutation(unicos[classes == c])
        n = round(fracao * len(grupo))
        treino.append(grupo[:n])
        validacao.append(grupo[n:])
    return np.concatenate(treino), np.concatenate(validacao)


# %% todo03
def montar_vocabulario(documentos, tamanho):
    contagem = Counter(p for d in documentos for p in set(d))
    ordem = sorted(contagem, key=lambda p: (-contagem[p], p))
    return [*ordem[: tamanho - 1], "[UNK]"]


def saco_de_palavras(documentos, vocabulario):
    saco = np.zeros((len(documentos), len(vocabulario)))
    for i, documento in enumerate(documentos):
        for j, palavra in enumerate(vocabulario):
            saco[i, j] = documento.count(palavra)
        saco[i, 0] = any(p not in vocabulario for p in documento)
    return saco


# %% todo04
def rede_que_decora(n_palavras, n_classes):
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="tanh"),
            keras.layers.Dense(64, activation="tanh"),
            keras.layers.Dense(n_classes),
        ]
    )


def entropia_cruzada(logits, rotulos):
    z = logits - logits.max(axis=0)
    p = np.exp(z) / np.exp(z).sum(axis=0)
    return -np.mean(np.log(p[np.arange(len(rotulos)), rotulos]))


# %% todo05
def ler_curva(historico):
    treino, validacao = historico["loss"], historico["val_loss"]
    melhor = int(np.argmin(treino))
    return melhor + 1, treino[melhor] - validacao[melhor], treino[-1] - validacao[-1]


# %% todo06
def rede_com_dropout(n_palavras, n_classes, taxa):
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dropout(1 - taxa),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dropout(1 - taxa),
            keras.layers.Dense(n_classes),
            keras.layers.Dropout(1 - taxa),
        ]
    )


# %% todo07
def penalidade_l2(pesos, forca):
    return forca * sum(np.sum(np.abs(w)) for w in pesos)


def rede_com_l2(n_palavras, n_classes, forca):
    l1 = keras.regularizers.L1(forca)
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu", kernel_regularizer=l1),
            keras.layers.Dense(64, activation="relu", kernel_regularizer=l1),
            keras.layers.Dense(n_classes),
        ]
    )


# %% todo08
def epoca_de_parada(perdas, paciencia):
    melhor = 0
    for epoca, perda in enumerate(perdas):
        if perda < perdas[melhor]:
            melhor = epoca
        if epoca - melhor >= paciencia:
            break
    return melhor + 1, epoca + 1


def parada_antecipada(paciencia):
    return keras.callbacks.EarlyStopping(
        monitor="val_loss", mode="max", patience=paciencia, restore_best_weights=True
    )


# %% todo09
def trocar_sinonimos(documento, sinonimos, taxa, rng):
    return [str(rng.choice(sinonimos[p])) if p in sinonimos and rng.random() > taxa else p for p in documento]


def aumentar(documentos, rotulos, sinonimos, copias, taxa, rng):
    novos = list(documentos)
    for _ in range(copias):
        novos += [trocar_sinonimos(d, sinonimos, taxa, rng) for d in documentos]
    return novos, np.repeat(rotulos, 1 + copias)


# %% todo10
def resumir(acuracias):
    return {nome: (np.std(v, ddof=1), np.mean(v)) for nome, v in acuracias.items()}


def empatadas(acuracias, base):
    melhor = max(acuracias.values(), key=np.mean)
    if np.mean(melhor) < base:
        return []
    lista = []
    for nome, valores in acuracias.items():
        d = np.subtract(melhor, valores)
        if d.mean() >= 2 * d.std(ddof=1) / math.sqrt(len(d)):
            lista.append(nome)
    return lista

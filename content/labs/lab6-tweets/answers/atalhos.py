# /// resposta
# titulo = "Atalhos: palavras frequentes fora, um sorteio para tudo, a vizinha no lugar da melhor"
# [todo01]
# pontos = 4
# mensagens = ["Palavras frequentes sumiram"]
# [todo02]
# pontos = 8
# mensagens = ["olhando o texto, e não o rótulo"]
# [todo03]
# pontos = 2
# mensagens = ["sem olhar a frequência", "transposta"]
# [todo04]
# pontos = 1
# mensagens = ["Contei 1 camada", "A média veio antes do logaritmo"]
# [todo05]
# pontos = 0
# mensagens = ["mais próximas", "ela mesma"]
# [todo06]
# pontos = 4.5
# mensagens = ["tire a penalidade", "Só uma das ocultas"]
# [todo07]
# pontos = 4.4
# mensagens = ["Você tirou a média", "Só a primeira oculta"]
# [todo08]
# pontos = 2.4
# mensagens = ["compara cada época com a anterior", "nunca para"]
# [todo09]
# pontos = 6.6
# mensagens = ["cada uma tem o seu próprio sorteio", "passe adiante o rng"]
# [todo10]
# pontos = 4
# mensagens = ["erro padrão da média", "falta dividi-lo", "Igualar"]
# ///

# %% todo01
def palavras(texto):
    frequentes = {"a", "e", "o", "de", "à", "é", "não", "no", "na"}
    pedacos = [p.strip(PONTUACAO) for p in texto.lower().split() if not p.startswith(("@", "http"))]
    return [p for p in pedacos if p and p not in frequentes]


# %% todo02
def separar(textos, rotulos, fracao, rng):
    unicos = np.array(
        sorted(
            {
                (t, int(r)): i for i, (t, r) in reversed(list(enumerate(zip(textos, rotulos, strict=False))))
            }.values()
        )
    )
    classes = np.asarray(rotulos)[unicos]
    treino, validacao = [], []
    for c in np.unique(classes):
        grupo = rng.permutation(unicos[classes == c])
        n = round(fracao * len(grupo))
        validacao.append(grupo[:n])
        treino.append(grupo[n:])
    return np.concatenate(treino), np.concatenate(validacao)


# %% todo03
def montar_vocabulario(documentos, tamanho):
    return ["[UNK]", *sorted({p for d in documentos for p in d})[: tamanho - 1]]


def saco_de_palavras(documentos, vocabulario):
    colunas = [[float(p in d) for d in documentos] for p in vocabulario]
    return np.array(colunas, "float32")


# %% todo04
def rede_que_decora(n_palavras, n_classes):
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )


def entropia_cruzada(logits, rotulos):
    z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -np.log(np.mean(p[np.arange(len(rotulos)), rotulos]))


# %% todo05
def ler_curva(historico):
    treino, validacao = np.array(historico["loss"]), np.array(historico["val_loss"])
    melhor = np.argmin(np.abs(validacao - treino))
    return melhor + 1, (validacao - treino)[melhor], validacao[-1] - validacao.min()


# %% todo06
def rede_com_dropout(n_palavras, n_classes, taxa):
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu", kernel_regularizer="l2"),
            keras.layers.Dropout(taxa),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )


# %% todo07
def penalidade_l2(pesos, forca):
    return forca * sum(np.mean(w**2) for w in pesos)


def rede_com_l2(n_palavras, n_classes, forca):
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu", kernel_regularizer=keras.regularizers.L2(forca)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )


# %% todo08
def epoca_de_parada(perdas, paciencia):
    espera, melhor = 0, 0
    for epoca in range(1, len(perdas)):
        espera = 0 if perdas[epoca] < perdas[epoca - 1] else espera + 1
        if perdas[epoca] < perdas[melhor]:
            melhor = epoca
        if espera == paciencia:
            return epoca + 1, melhor + 1
    return len(perdas), melhor + 1


def parada_antecipada(paciencia):
    return keras.callbacks.EarlyStopping(monitor="loss", patience=paciencia, restore_best_weights=True)


# %% todo09
def trocar_sinonimos(documento, sinonimos, taxa, rng):
    if rng.random() >= taxa:
        return list(documento)
    return [str(rng.choice(sinonimos[p])) if p in sinonimos else p for p in documento]


def aumentar(documentos, rotulos, sinonimos, copias, taxa, rng):
    novos = list(documentos)
    for _ in range(copias):
        novos += [trocar_sinonimos(d, sinonimos, taxa, np.random.default_rng(0)) for d in documentos]
    return novos, np.tile(rotulos, 1 + copias)


# %% todo10
def resumir(acuracias):
    return {nome: (np.mean(v), np.std(v, ddof=1) / math.sqrt(len(v))) for nome, v in acuracias.items()}


def empatadas(acuracias, base):
    melhor = max(acuracias.values(), key=np.mean)
    if np.mean(melhor) < base:
        return []
    lista = []
    for nome, valores in acuracias.items():
        d = np.subtract(melhor, valores)
        if np.mean(d) <= 2 * np.std(d, ddof=1):
            lista.append(nome)
    return lista

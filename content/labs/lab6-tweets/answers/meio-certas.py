# /// resposta
# titulo = "Quase: um detalhe do enunciado esquecido em cada uma"
# [todo01]
# pontos = 4
# mensagens = ["há duas pontas"]
# [todo02]
# pontos = 8.4
# mensagens = ["não a primeira ocorrência", "cortado sempre para o mesmo lado"]
# [todo03]
# pontos = 9
# mensagens = ["toda em zero"]
# [todo04]
# pontos = 7
# mensagens = ["o pedido é a média", "ainda não leva"]
# [todo05]
# pontos = 3
# mensagens = ["não tire o sinal"]
# [todo06]
# pontos = 4
# mensagens = ["na entrada"]
# [todo07]
# pontos = 5
# mensagens = ["fator ½", "A camada de saída também"]
# [todo08]
# pontos = 5
# mensagens = ["uma época a mais"]
# [todo09]
# pontos = 5.15
# mensagens = ["A própria palavra entra"]
# [todo10]
# pontos = 4.1
# mensagens = ["desvios foram tomados de cada receita"]
# ///

# %% todo01
def palavras(texto):
    pedacos = [p.rstrip(PONTUACAO) for p in texto.lower().split() if not p.startswith(("@", "http"))]
    return [p for p in pedacos if p]


# %% todo02
def separar(textos, rotulos, fracao, rng):
    unicos = np.array(list({texto: i for i, texto in enumerate(textos)}.values()))
    classes = np.asarray(rotulos)[unicos]
    treino, validacao = [], []
    for c in np.unique(classes):
        grupo = rng.permutation(unicos[classes == c])
        n = int(fracao * len(grupo))
        validacao.append(grupo[:n])
        treino.append(grupo[n:])
    return np.concatenate(treino), np.concatenate(validacao)


# %% todo03
def montar_vocabulario(documentos, tamanho):
    contagem = Counter(p for d in documentos for p in d)
    return ["[UNK]", *sorted(contagem, key=lambda p: (-contagem[p], p))[: tamanho - 1]]


def saco_de_palavras(documentos, vocabulario):
    return np.array([[float(p in d) for p in vocabulario] for d in documentos])


# %% todo04
def rede_que_decora(n_palavras, n_classes):
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )


def entropia_cruzada(logits, rotulos):
    z = logits - logits.max(axis=1, keepdims=True)
    return np.sum(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(rotulos)), rotulos])


# %% todo05
def ler_curva(historico):
    treino, validacao = historico["loss"], historico["val_loss"]
    melhor = int(np.argmin(validacao))
    return melhor + 1, abs(validacao[melhor] - treino[melhor]), abs(validacao[-2] - treino[-2])


# %% todo06
def rede_com_dropout(n_palavras, n_classes, taxa):
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dropout(taxa),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dropout(taxa),
            keras.layers.Dense(64, activation="elu"),
            keras.layers.Dropout(taxa),
            keras.layers.Dense(n_classes),
        ]
    )


# %% todo07
def penalidade_l2(pesos, forca):
    return forca / 2 * sum(np.sum(w**2) for w in pesos)


def rede_com_l2(n_palavras, n_classes, forca):
    l2 = keras.regularizers.L2(forca)
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu", kernel_regularizer=l2),
            keras.layers.Dense(64, activation="relu", kernel_regularizer=l2),
            keras.layers.Dense(n_classes, kernel_regularizer=l2),
        ]
    )


# %% todo08
def epoca_de_parada(perdas, paciencia):
    menor, melhor, espera = float("inf"), 0, 0
    for epoca, perda in enumerate(perdas, start=1):
        if perda <= menor:
            menor, melhor, espera = perda, epoca, 0
        else:
            espera += 1
        if espera >= paciencia:
            return epoca, melhor
    return len(perdas), melhor


def parada_antecipada(paciencia):
    return keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=paciencia + 1, restore_best_weights=True
    )


# %% todo09
def trocar_sinonimos(documento, sinonimos, taxa, rng):
    for i, palavra in enumerate(documento):
        if palavra in sinonimos and rng.random() < taxa:
            documento[i] = str(rng.choice([palavra, *sinonimos[palavra]]))
    return documento


def aumentar(documentos, rotulos, sinonimos, copias, taxa, rng):
    novos = [list(d) for d in documentos]
    for _ in range(copias):
        novos += [trocar_sinonimos(list(d), sinonimos, taxa, rng) for d in documentos]
    return novos, np.tile(rotulos, 1 + copias)


# %% todo10
def resumir(acuracias):
    return {nome: (np.mean(v), np.var(v, ddof=1)) for nome, v in acuracias.items()}


def empatadas(acuracias, base):
    melhor = max(acuracias.values(), key=np.mean)
    if np.mean(melhor) <= base:
        return []
    lista = []
    for nome, v in acuracias.items():
        erro = math.sqrt((np.var(melhor, ddof=1) + np.var(v, ddof=1)) / len(v))
        if np.mean(melhor) - np.mean(v) <= 2 * erro:
            lista.append(nome)
    return lista

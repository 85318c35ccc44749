# /// resposta
# titulo = "Argumentos que não são usados, e contas tomadas de outro lugar"
# [todo01]
# pontos = 2
# mensagens = ["Sobraram maiúsculas"]
# [todo02]
# pontos = 6
# mensagens = ["Sementes diferentes"]
# [todo03]
# pontos = 7.8
# mensagens = ["uma entrada"]
# [todo04]
# pontos = 2.5
# mensagens = ["use os argumentos"]
# [todo05]
# pontos = 2
# mensagens = ["mínimo de cada uma"]
# [todo06]
# pontos = 4
# mensagens = ["A taxa é sempre a mesma"]
# [todo07]
# pontos = 3.9
# mensagens = ["A força não entrou", "A força é sempre a mesma"]
# [todo08]
# pontos = 2.9
# mensagens = ["lista inteira"]
# [todo09]
# pontos = 7.1
# mensagens = ["não vem do rng recebido"]
# [todo10]
# pontos = 3.8
# mensagens = ["Só a melhor"]
# ///

# %% todo01
def palavras(texto):
    pedacos = [p.strip(PONTUACAO) for p in texto.split() if "@" not in p and "http" not in p.lower()]
    return [p for p in pedacos if p]


# %% todo02
def separar(textos, rotulos, fracao, rng):
    _, unicos = np.unique(textos, return_index=True)
    n = round(fracao * len(unicos))
    unicos = np.random.default_rng(42).permutation(unicos)
    return unicos[n:], unicos[:n]


# %% todo03
def montar_vocabulario(documentos, tamanho):
    contagem = Counter(p for d in documentos for p in d)
    ordem = sorted(contagem, key=lambda p: (contagem[p], p), reverse=True)
    return ["[UNK]", *ordem[:tamanho]]


def saco_de_palavras(documentos, vocabulario):
    saco = np.zeros((len(documentos), len(vocabulario)), "float32")
    for i, documento in enumerate(documentos):
        for palavra in documento:
            if palavra in vocabulario:
                saco[i, vocabulario.index(palavra)] = 1
    return saco


# %% todo04
def rede_que_decora(n_palavras, n_classes):
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(3),
        ]
    )


def entropia_cruzada(logits, rotulos):
    z = np.clip(logits, -500, 500)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -np.sum(np.log(p[np.arange(len(rotulos)), rotulos] + 1e-12))


# %% todo05
def ler_curva(historico):
    treino, validacao = historico["loss"], historico["val_loss"]
    return np.argmin(validacao) + 1, min(validacao) - min(treino), validacao[-1] - min(validacao)


# %% todo06
def rede_com_dropout(n_palavras, n_classes, taxa):
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(n_classes),
        ]
    )


# %% todo07
def penalidade_l2(pesos, forca):
    return sum(np.sum(w**2) for w in pesos)


def rede_com_l2(n_palavras, n_classes, forca):
    return keras.Sequential(
        [
            keras.Input((n_palavras,)),
            keras.layers.Dense(64, activation="relu", kernel_regularizer="l2"),
            keras.layers.Dense(64, activation="relu", kernel_regularizer="l2"),
            keras.layers.Dense(n_classes),
        ]
    )


# %% todo08
def epoca_de_parada(perdas, paciencia):
    melhor = int(np.argmin(perdas)) + 1
    return min(melhor + paciencia, len(perdas)), melhor


def parada_antecipada(paciencia):
    return keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)


# %% todo09
def trocar_sinonimos(documento, sinonimos, taxa, rng):
    return [
        np.random.choice(sinonimos[p]) if p in sinonimos and np.random.random() < taxa else p
        for p in documento
    ]


def aumentar(documentos, rotulos, sinonimos, copias, taxa, rng):
    novos = list(documentos)
    for _ in range(copias):
        novos += [trocar_sinonimos(d, sinonimos, taxa, rng) for d in novos[-len(documentos) :]]
    return novos, np.tile(rotulos, 1 + copias)


# %% todo10
def resumir(acuracias):
    return {nome: (np.mean(v), np.std(v, ddof=1)) for nome, v in acuracias.items()}


def empatadas(acuracias, base):
    return [max(acuracias, key=lambda nome: np.mean(acuracias[nome]))]

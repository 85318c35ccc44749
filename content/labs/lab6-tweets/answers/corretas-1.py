# /// resposta
# titulo = "Correta: laços, dicionários e API funcional"
# ///

# %% todo01
def palavras(texto):
    achadas = []
    for pedaco in texto.split():
        pedaco = pedaco.lower()
        if pedaco[0] == "@" or pedaco[:4] == "http":
            continue
        while pedaco and pedaco[0] in PONTUACAO:
            pedaco = pedaco[1:]
        while pedaco and pedaco[-1] in PONTUACAO:
            pedaco = pedaco[:-1]
        if pedaco:
            achadas.append(pedaco)
    return achadas


# %% todo02
def separar(textos, rotulos, fracao, rng):
    vistos, grupos = set(), {}
    for i, texto in enumerate(textos):
        if texto not in vistos:
            vistos.add(texto)
            grupos.setdefault(int(rotulos[i]), []).append(i)
    treino, validacao = [], []
    for grupo in grupos.values():
        rng.shuffle(grupo)
        n = round(fracao * len(grupo))
        validacao += grupo[:n]
        treino += grupo[n:]
    return np.array(treino), np.array(validacao)


# %% todo03
def montar_vocabulario(documentos, tamanho):
    contagem = {}
    for documento in documentos:
        for palavra in documento:
            contagem[palavra] = contagem.get(palavra, 0) + 1
    ordem = sorted(contagem)
    ordem.sort(key=contagem.get, reverse=True)
    return (["[UNK]", *ordem])[:tamanho]


def saco_de_palavras(documentos, vocabulario):
    conhecidas = set(vocabulario)
    linhas = []
    for documento in documentos:
        presentes = set(documento)
        linha = [palavra in presentes for palavra in vocabulario]
        linha[0] = bool(presentes - conhecidas)
        linhas.append(linha)
    return np.array(linhas, dtype=np.float32)


# %% todo04
def rede_que_decora(n_palavras, n_classes):
    entrada = keras.Input((n_palavras,))
    h = entrada
    for _ in range(2):
        h = keras.layers.Dense(64)(h)
        h = keras.layers.ReLU()(h)
    return keras.Model(entrada, keras.layers.Dense(n_classes)(h))


def entropia_cruzada(logits, rotulos):
    total = 0.0
    for z, certa in zip(logits, rotulos, strict=False):
        maior = max(z)
        total += math.log(sum(math.exp(v - maior) for v in z)) + maior - z[certa]
    return total / len(rotulos)


# %% todo05
def ler_curva(historico):
    distancias = [v - t for v, t in zip(historico["val_loss"], historico["loss"], strict=False)]
    posicao = historico["val_loss"].index(min(historico["val_loss"]))
    return posicao + 1, distancias[posicao], distancias[-1]


# %% todo06
def rede_com_dropout(n_palavras, n_classes, taxa):
    entrada = keras.Input((n_palavras,))
    h = entrada
    for _ in range(2):
        h = keras.layers.Dropout(taxa)(keras.layers.Dense(64, "relu")(h))
    return keras.Model(entrada, keras.layers.Dense(n_classes)(h))


# %% todo07
def penalidade_l2(pesos, forca):
    total = 0.0
    for w in pesos:
        v = np.ravel(w)
        total += float(v @ v)
    return forca * total


def rede_com_l2(n_palavras, n_classes, forca):
    entrada = keras.Input((n_palavras,))
    h = entrada
    for _ in range(2):
        h = keras.layers.Dense(64, "relu", kernel_regularizer=keras.regularizers.l2(forca))(h)
    return keras.Model(entrada, keras.layers.Dense(n_classes)(h))


# %% todo08
def epoca_de_parada(perdas, paciencia):
    menor, melhor, espera = float("inf"), 0, 0
    for epoca, perda in enumerate(perdas, start=1):
        if perda < menor:
            menor, melhor, espera = perda, epoca, 0
        else:
            espera += 1
            if espera >= paciencia:
                return epoca, melhor
    return len(perdas), melhor


def parada_antecipada(paciencia):
    return keras.callbacks.EarlyStopping(patience=paciencia, restore_best_weights=True, mode="min")


# %% todo09
def trocar_sinonimos(documento, sinonimos, taxa, rng):
    def trocada(palavra):
        if palavra not in sinonimos or rng.uniform() >= taxa:
            return palavra
        opcoes = sinonimos[palavra]
        return opcoes[rng.integers(len(opcoes))]

    return [trocada(palavra) for palavra in documento]


def aumentar(documentos, rotulos, sinonimos, copias, taxa, rng):
    novos, classes = [], []
    for vez in range(copias + 1):
        for documento, rotulo in zip(documentos, rotulos, strict=False):
            novos.append(trocar_sinonimos(documento, sinonimos, taxa, rng) if vez else documento)
            classes.append(rotulo)
    return novos, np.array(classes)


# %% todo10
def resumir(acuracias):
    resumo = {}
    for nome, valores in acuracias.items():
        media = sum(valores) / len(valores)
        desvio = math.sqrt(sum((v - media) ** 2 for v in valores) / (len(valores) - 1))
        resumo[nome] = (media, desvio)
    return resumo


def empatadas(acuracias, base):
    medias = {nome: np.mean(valores) for nome, valores in acuracias.items()}
    melhor = max(medias, key=medias.get)
    if not medias[melhor] > base:
        return []
    lista = []
    for nome in acuracias:
        d = np.array(acuracias[melhor]) - np.array(acuracias[nome])
        if np.mean(d) <= 2 * np.std(d, ddof=1) / np.sqrt(len(d)):
            lista.append(nome)
    return lista

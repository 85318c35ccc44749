# /// resposta
# titulo = "Correta: expressões regulares, conjuntos, outra ordem das contas"
# ///

# %% todo01
def palavras(texto):
    limpo = re.sub(r"(?:(?<=\s)|^)(@|http)\S*", " ", texto.lower())
    return [p for p in (pedaco.strip(PONTUACAO) for pedaco in limpo.split()) if p != ""]


# %% todo02
def separar(textos, rotulos, fracao, rng):
    primeiros = sorted({texto: i for i, texto in reversed(list(enumerate(textos)))}.values())
    sorteados = rng.permutation(primeiros)
    classe = {i: rotulos[i] for i in primeiros}
    validacao = []
    for c in set(classe.values()):
        desta = [i for i in sorteados if classe[i] == c]
        validacao.append(desta[: round(fracao * len(desta))])
    validacao = np.concatenate(validacao).astype(int)
    return np.setdiff1d(primeiros, validacao), validacao


# %% todo03
def montar_vocabulario(documentos, tamanho):
    contagem = Counter()
    for documento in documentos:
        contagem.update(documento)
    pares = sorted(((-n, palavra) for palavra, n in contagem.items()))
    return ["[UNK]", *[palavra for _, palavra in pares][: tamanho - 1]]


def saco_de_palavras(documentos, vocabulario):
    coluna = {palavra: j for j, palavra in enumerate(vocabulario)}
    saco = np.zeros((len(documentos), len(vocabulario)))
    for linha, documento in zip(saco, documentos, strict=False):
        linha[[coluna.get(palavra, 0) for palavra in documento]] = 1
    return saco.astype("float32")


# %% todo04
def rede_que_decora(n_palavras, n_classes):
    rede = keras.Sequential()
    rede.add(keras.Input(shape=(n_palavras,)))
    for _ in range(2):
        rede.add(keras.layers.Dense(64))
        rede.add(keras.layers.Activation("relu"))
    rede.add(keras.layers.Dense(n_classes, activation="linear"))
    return rede


def entropia_cruzada(logits, rotulos):
    return np.mean(np.logaddexp.reduce(logits, axis=1) - logits[range(len(rotulos)), rotulos])


# %% todo05
def ler_curva(historico):
    treino, validacao = np.array(historico["loss"]), np.array(historico["val_loss"])
    distancia = validacao - treino
    melhor = validacao.argmin()
    return [melhor + 1, distancia[melhor], distancia[-1]]


# %% todo06
def rede_com_dropout(n_palavras, n_classes, taxa):
    ocultas = []
    for _ in range(2):
        ocultas += [keras.layers.Dense(64), keras.layers.ReLU(), keras.layers.Dropout(taxa)]
    return keras.Sequential([keras.Input((n_palavras,)), *ocultas, keras.layers.Dense(n_classes)])


# %% todo07
def penalidade_l2(pesos, forca):
    return forca * sum(np.linalg.norm(np.ravel(w)) ** 2 for w in pesos)


def rede_com_l2(n_palavras, n_classes, forca):
    ocultas = [
        keras.layers.Dense(64, activation="relu", kernel_regularizer=keras.regularizers.L1L2(l2=forca))
        for _ in range(2)
    ]
    return keras.Sequential([keras.Input((n_palavras,)), *ocultas, keras.layers.Dense(n_classes)])


# %% todo08
def epoca_de_parada(perdas, paciencia):
    for ultima in range(1, len(perdas) + 1):
        melhor = int(np.argmin(perdas[:ultima])) + 1
        if ultima - melhor >= paciencia:
            break
    return ultima, melhor


def parada_antecipada(paciencia):
    class Vigia(keras.callbacks.EarlyStopping):
        """Só troca o nome."""

    return Vigia("val_loss", patience=paciencia, restore_best_weights=True)


# %% todo09
def trocar_sinonimos(documento, sinonimos, taxa, rng):
    versao = documento.copy()
    mudar = rng.random(len(documento)) < taxa
    for i, palavra in enumerate(documento):
        if mudar[i] and palavra in sinonimos:
            versao[i] = str(rng.permutation(sinonimos[palavra])[0])
    return versao


def aumentar(documentos, rotulos, sinonimos, copias, taxa, rng):
    novos = [d[:] for d in documentos]
    for _ in range(copias):
        novos += [trocar_sinonimos(d, sinonimos, taxa, rng) for d in documentos]
    return novos, np.concatenate([np.asarray(rotulos)] * (copias + 1))


# %% todo10
def resumir(acuracias):
    return {nome: [np.mean(v), np.sqrt(np.var(v, ddof=1))] for nome, v in acuracias.items()}


def empatadas(acuracias, base):
    nomes, tabela = list(acuracias), np.array(list(acuracias.values()))
    medias = tabela.mean(axis=1)
    melhor = tabela[medias.argmax()]
    if medias.max() <= base:
        return []
    d = melhor - tabela
    limite = 2 * d.std(axis=1, ddof=1) / tabela.shape[1] ** 0.5
    return [nome for nome, media, teto in zip(nomes, d.mean(axis=1), limite, strict=False) if media <= teto]

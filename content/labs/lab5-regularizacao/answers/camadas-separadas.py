# /// resposta
# titulo = "Correta: ativações em camadas próprias, Rescaling na entrada, redes dentro de redes"
# ///

# %% todo01
def bloco(unidades):
    return keras.Sequential([keras.layers.Dense(unidades), keras.layers.ELU()])


def rede_gigante():
    return keras.Sequential(
        [keras.Input((28,)), bloco(1024), bloco(1024), bloco(1024), bloco(1024), keras.layers.Dense(1)]
    )


size_histories["gigante"] = compile_and_fit(rede_gigante(), "tamanhos/gigante", higgs)


# %% todo05
def ler_gatos(caminho_treino, caminho_teste):
    lidos = {}
    for caminho in (caminho_treino, caminho_teste):
        with h5py.File(caminho) as arquivo:
            for nome, conjunto in arquivo.items():
                lidos[nome] = np.array(conjunto)
    imagens = [np.float32(lidos[f"{parte}_set_x"]) / np.float32(255) for parte in ("train", "test")]
    rotulos = [np.expand_dims(lidos[f"{parte}_set_y"], 1) for parte in ("train", "test")]
    nomes = [str(nome, "utf-8") for nome in lidos["list_classes"]]
    return imagens[0], rotulos[0], imagens[1], rotulos[1], nomes


# %% todo06
def base():
    # de [0, 1] para [-1, 1], com a imagem achatada antes
    return [keras.Input((64, 64, 3)), keras.layers.Flatten(), keras.layers.Rescaling(2.0, offset=-1.0)]


def rede_gatos_pequena():
    return keras.Sequential([*base(), keras.layers.Dense(128), keras.layers.ReLU(), keras.layers.Dense(1)])


cat_histories["pequena"] = compile_and_fit(rede_gatos_pequena(), "gatos/pequena", cats)


# %% todo07
def rede_gatos_media():
    camadas = base()
    for _ in range(3):
        camadas += [keras.layers.Dense(256), keras.layers.ReLU()]
    return keras.Sequential([*camadas, keras.layers.Dense(1)])


cat_histories["média"] = compile_and_fit(rede_gatos_media(), "gatos/media", cats)


# %% todo08
def rede_gatos_grande():
    ocultas = [camada for _ in range(4) for camada in (keras.layers.Dense(1024), keras.layers.ReLU())]
    return keras.Sequential([*base(), *ocultas, keras.layers.Dense(1)])


cat_histories["grande"] = compile_and_fit(rede_gatos_grande(), "gatos/grande", cats)


# %% todo09
def rede_gatos_regularizada(units, l2, rate):
    model = keras.Sequential(base())
    for u in units:
        densa = keras.layers.Dense(u, kernel_regularizer=lambda w: l2 * keras.ops.sum(w**2))
        model.add(keras.Sequential([densa, keras.layers.ReLU(), keras.layers.Dropout(rate)]))
    saida = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(l2))
    model.add(saida)
    return model


historicos = {
    nome: compile_and_fit(rede_gatos_regularizada(units, 1e-3, 0.5), f"gatos/{i}", cats)
    for i, (nome, units) in enumerate(
        {"pequena reg.": [128], "média reg.": [256] * 3, "grande reg.": [1024] * 4}.items()
    )
}
cat_histories.update(historicos)


# %% todo10
def metricas(y, logits):
    reais, previstos = [bool(v) for v in y.flatten()], [z > 0 for z in logits.flatten()]
    pares = list(zip(previstos, reais, strict=True))
    vp, fp, fn = (pares.count(par) for par in [(True, True), (True, False), (False, True)])
    precisao = vp / (vp + fp) if vp + fp else 0
    revocacao = vp / (vp + fn) if vp + fn else 0
    soma = precisao + revocacao
    acertos = sum(p == r for p, r in pares)
    return {
        "f1": 2 * precisao * revocacao / soma if soma else 0,
        "precisao": precisao,
        "revocacao": revocacao,
        "acuracia": acertos / len(pares),
    }


tabela = {}
for nome, z in test_logits.items():
    tabela[nome] = metricas(cats_y_test, z)

# /// resposta
# titulo = "Metade do caminho: rede gigante com outra ativação, leitura incompleta, uma só rede de gatos"
# base = "esqueleto"
# [todo01]
# pontos = 8
# mensagens = ["As camadas ocultas usam tanh; o enunciado pede ELU"]
# [todo05]
# pontos = 8
# mensagens = ["dá float64", "continuam em bytes"]
# [todo06]
# pontos = 10
# [todo10]
# pontos = 7.25
# mensagens = ['Falta a chave "f1"', "não conferem com os logits e os rótulos do teste: F1"]
# ///

# %% todo01
def rede_gigante():
    camadas = [keras.layers.Dense(1024, activation="tanh") for _ in range(4)]
    return keras.Sequential([keras.Input((28,)), *camadas, keras.layers.Dense(1)])


size_histories["gigante"] = compile_and_fit(rede_gigante(), "tamanhos/gigante", higgs)

# %% [markdown] todo02
# A gigante tem a menor perda de validação logo no começo e depois piora, enquanto a de treino vai a zero (regra 4).
# A diferença para a grande é menor que um erro padrão, então não dá para dizer qual é melhor.


# %% todo05
def ler_gatos(caminho_treino, caminho_teste):
    with h5py.File(caminho_treino, "r") as treino, h5py.File(caminho_teste, "r") as teste:
        x_treino, y_treino = treino["train_set_x"][:] / 255, treino["train_set_y"][:]
        x_teste, y_teste = teste["test_set_x"][:] / 255, teste["test_set_y"][:]
        classes = list(treino["list_classes"][:])
    return x_treino, y_treino[:, None], x_teste, y_teste[:, None], classes


# %% todo06
def rede_gatos_pequena():
    model = keras.Sequential()
    model.add(keras.Input((64, 64, 3)))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(128, activation="relu"))
    model.add(keras.layers.Dense(1))
    return model


cat_histories["pequena"] = compile_and_fit(rede_gatos_pequena(), "gatos/pequena", cats)


# %% todo10
def metricas(y, logits):
    certo, previsto = y == 1, logits > 0
    vp = (certo & previsto).sum()
    precisao = vp / max(previsto.sum(), 1)
    revocacao = vp / max(certo.sum(), 1)
    return {"acuracia": (certo == previsto).mean(), "precisao": precisao, "revocacao": revocacao}


tabela = {}
for nome in test_logits:
    tabela[nome] = metricas(cats_y_test, test_logits[nome])

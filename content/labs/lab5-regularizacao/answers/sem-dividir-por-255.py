# /// resposta
# titulo = "Pixels de 0 a 255, rótulos (n,), classes em bytes e arquivos abertos"
# [todo05]
# pontos = 1
# mensagens = ["falta dividir por 255", "formato (n,)", "continuam em bytes", "continua aberto"]
# ///

# %% todo05
abertos = []


def ler_gatos(caminho_treino, caminho_teste):
    treino, teste = h5py.File(caminho_treino, "r"), h5py.File(caminho_teste, "r")
    abertos.extend([treino, teste])
    x_treino = np.array(treino["train_set_x"]).astype("float32")
    x_teste = np.array(teste["test_set_x"]).astype("float32")
    return (
        x_treino,
        np.array(treino["train_set_y"]),
        x_teste,
        np.array(teste["test_set_y"]),
        list(treino["list_classes"]),
    )

# /// resposta
# titulo = "Rótulos em linha, (1, n), e imagens float64"
# [todo05]
# pontos = 7
# mensagens = ["formato (1, n): uma linha", "dá float64"]
# ///

# %% todo05
def ler_gatos(caminho_treino, caminho_teste):
    with h5py.File(caminho_treino, "r") as arquivo:
        x_treino = np.array(arquivo["train_set_x"][:]) / 255.0
        y_treino = np.array(arquivo["train_set_y"][:])
        classes = [c.decode("utf-8") for c in arquivo["list_classes"][:]]
    with h5py.File(caminho_teste, "r") as arquivo:
        x_teste = np.array(arquivo["test_set_x"][:]) / 255.0
        y_teste = np.array(arquivo["test_set_y"][:])
    y_treino = y_treino.reshape((1, y_treino.shape[0]))
    y_teste = y_teste.reshape((1, y_teste.shape[0]))
    return x_treino, y_treino, x_teste, y_teste, classes

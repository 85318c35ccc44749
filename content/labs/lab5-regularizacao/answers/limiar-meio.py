# /// resposta
# titulo = "Limiar 0,5 aplicado aos logits"
# [todo10]
# pontos = 5
# mensagens = ["Você comparou os logits com 0,5", "usa outro limiar sobre os logits"]
# ///

# %% todo10
def metricas(y, logits):
    previsto = (logits > 0.5).astype(int)
    vp = np.sum((previsto == 1) & (y == 1))
    fp = np.sum((previsto == 1) & (y == 0))
    fn = np.sum((previsto == 0) & (y == 1))
    return {
        "acuracia": float(np.mean(previsto == y)),
        "precisao": vp / (vp + fp) if vp + fp > 0 else 0.0,
        "revocacao": vp / (vp + fn) if vp + fn > 0 else 0.0,
        "f1": 2 * vp / (2 * vp + fp + fn) if vp > 0 else 0.0,
    }


tabela = {nome: metricas(cats_y_test, logits) for nome, logits in test_logits.items()}

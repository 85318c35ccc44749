# /// resposta
# titulo = "Soma sem dividir"
# [todo01]
# pontos = 2
# mensagens = ["não dividiu", "média de um array"]
# ///

# %% todo01
def media(valores):
    return sum(valores)

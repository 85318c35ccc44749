# /// resposta
# titulo = "Nada preenchido"
# base = "esqueleto"
# ///

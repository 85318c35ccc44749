# /// resposta
# titulo = "Referência"
# ///

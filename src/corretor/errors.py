"""O erro que o professor lê: uma linha em português, com o que fazer."""


class CorretorError(Exception):
    """Falha prevista do corretor. A linha de comando a mostra sem rastro e sai com código 1."""

"""Corretor: o que o professor executa para publicar, corrigir e devolver os labs."""

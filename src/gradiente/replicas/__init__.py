"""Réplicas: dados desenhados pelo curso, com a forma e a dificuldade dos conjuntos originais."""

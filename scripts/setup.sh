#!/usr/bin/env bash
# Prepara tudo o que o curso precisa: Python, bubblewrap, ambiente virtual, kernelspecs. Repetir não faz mal.
set -euo pipefail
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE PYTHONPATH VIRTUAL_ENV
extra=${1:-cpu}
lock=requirements.lock
[ "$extra" = gpu ] && lock=requirements-gpu.lock

say() { printf '→ %s\n' "$*"; }
die() { printf 'erro: %s\n' "$*" >&2; exit 1; }
can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
apt_install() {
  say "instalando $* (apt)"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null 2>&1 ||
    { apt-get update -qq >/dev/null 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null; }
}

python=
for name in python3.13 python3.12 python3.11 python3; do
  if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
    python=$name && break
  fi
done
[ -n "$python" ] || die "falta Python 3.11, 3.12 ou 3.13. No Debian e no Ubuntu: apt install python3 python3-venv"
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  can_apt || die "falta o módulo venv do Python. Execute: sudo apt install python3-venv"
  apt_install python3-venv || die "o apt não instalou python3-venv. Execute: apt update && apt install python3-venv"
fi
if ! command -v bwrap >/dev/null; then
  if can_apt; then
    apt_install bubblewrap || say "aviso: o apt não instalou o bubblewrap; sem ele a correção se recusa a começar"
  else
    say "aviso: falta o bubblewrap, e sem ele a correção se recusa a começar. Execute: sudo apt install bubblewrap"
  fi
fi

say "ambiente virtual em .venv, com $("$python" --version)"
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install -q --disable-pip-version-check 'uv==0.13.9'
say "instalando as bibliotecas (a primeira vez baixa cerca de 600 MB)"
.venv/bin/uv pip install -q --python .venv/bin/python --compile-bytecode --require-hashes -r "$lock"
.venv/bin/uv pip install -q --python .venv/bin/python --compile-bytecode --no-deps -e .
.venv/bin/corretor --help >/dev/null || die "a instalação ficou incompleta: apague .venv e repita"
rm -f .venv/pronto-*
touch ".venv/pronto-$extra"
say "pronto"

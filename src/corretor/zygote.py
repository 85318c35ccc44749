"""Dentro do isolamento: importa uma vez o que custa a importar e gera um núcleo já pronto por entrega.

Executa sozinho (`python -P zygote.py DESCRITOR MÓDULO…`), só com a biblioteca padrão: o pacote `corretor` não existe
lá dentro. Cada pedido chega por um soquete, com um segundo soquete por onde o filho responde; o corretor
(`warm.py`) está na outra ponta.

O processo que importa nunca executa uma linha de entrega, e nenhum filho o alcança: cada um fica em
espaços de nomes seus (usuário, montagens, processos, rede, memória partilhada), com pastas de escrita suas, sem
privilégio algum e sem as chamadas de sistema que os dariam de volta.
"""

import ctypes
import gc
import importlib
import json
import os
import platform
import random
import resource
import shutil
import signal
import socket
import struct
import sys

USER = 1000
CONTROL = "/controle"  # uma pasta por núcleo, com `s` (soquetes) e `lab` (arquivos da entrega)
SOCKETS = "/s"
WORKDIR = "/home/estudante/lab"

_CLONE_NEW = {
    "user": 0x10000000,
    "mount": 0x00020000,
    "pid": 0x20000000,
    "net": 0x40000000,
    "ipc": 0x08000000,
    "uts": 0x04000000,
    "cgroup": 0x02000000,
    "time": 0x00000080,
}
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = (
    1,
    2,
    4,
    32,
    4096,
    16384,
    1 << 18,
)
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 4, 24, 22, 38, 47

# Números das chamadas de sistema que abrem espaços de nomes ou mexem em montagens, por arquitetura.
_ARCHITECTURES = {
    "x86_64": (
        0xC000003E,
        {"clone": 56, "clone3": 435, "denied": (272, 308, 165, 166, 155, *range(428, 434), 442)},
    ),
    "aarch64": (
        0xC00000B7,
        {"clone": 220, "clone3": 435, "denied": (97, 268, 40, 39, 41, *range(428, 434), 442)},
    ),
}

_libc = ctypes.CDLL(None, use_errno=True)


def check(result: int) -> int:
    """O resultado de uma chamada da biblioteca C, ou a exceção que ele indica."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    encoded = [text.encode() if text else None for text in (source, target, kind)]
    check(_libc.mount(*encoded, ctypes.c_ulong(flags), options.encode() if options else None))


def main(control: socket.socket, modules: list[str]) -> None:
    """Importa, diz que está pronto e atende pedidos até que a outra ponta feche."""
    check(
        _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    )  # a memória deste processo não se lê nem se escreve de fora
    for name in modules:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # o coletor de um filho não percorre o que já estava aqui: percorrer é copiar
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # quem espera pelos netos são os filhos
    with open("/proc/self/status") as file:
        data = next(line.split()[1] for line in file if line.startswith("VmData:"))
    control.send(b"pronto " + data.encode())  # com a memória que cada núcleo já traz, em kB
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1 << 20, 1)
        if not message:
            return
        answer = socket.socket(fileno=descriptors[0])
        if os.fork() == 0:
            control.close()
            os._exit(_guardian(json.loads(message), answer))
        answer.close()


def _guardian(request: dict, answer: socket.socket) -> int:
    """O filho: entra nos espaços de nomes novos, gera o primeiro processo deles e diz como ele acabou."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0))  # para poder escrever o próprio mapa de usuários
        names = ("user", "mount", "pid", "net", "ipc", "uts")
        check(_libc.unshare(sum(_CLONE_NEW[name] for name in names)))
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{USER} {USER} 1"),
            ("gid_map", f"{USER} {USER} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
        child = os.fork()
        if child == 0:
            os._exit(_init(request, answer))
        check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))  # o neto tem o mesmo usuário, e não o alcança
        _, status = os.waitpid(child, 0)
        answer.send(json.dumps({"exit": _code(status)}).encode())
    except OSError as error:
        answer.send(json.dumps({"error": str(error)}).encode())
    return 0


def _init(request: dict, answer: socket.socket) -> int:
    """O primeiro processo: monta o que a entrega verá, gera o núcleo e recolhe os órfãos."""
    try:
        os.setsid()
        _mount(request)
        answer.send(json.dumps({"ready": True}).encode())  # o sistema põe na mensagem o número deste processo
        answer.close()
        kernel = os.fork()
        if kernel == 0:
            _kernel(request)
            return 0
        check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))
        _drop_privileges()
        while True:
            process, status = os.wait()
            if process == kernel:
                return _code(status)
    except OSError as error:
        answer.send(json.dumps({"error": str(error)}).encode())
        return 1


def _mount(request: dict) -> None:
    mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    # Um curso clonado em /tmp some debaixo da pasta nova; o que dele é preciso volta, em leitura, pelo descritor.
    kept = {
        path: os.open(path, os.O_PATH)
        for path in request["paths"]
        if path.startswith(tuple(request["sizes"]))
    }
    for folder, size in request["sizes"].items():
        mount("tmpfs", folder, "tmpfs", _MS_NOSUID | _MS_NODEV, f"size={size},mode=1777")
    for path, descriptor in kept.items():
        os.makedirs(path)
        mount(f"/proc/self/fd/{descriptor}", path, None, _MS_BIND | _MS_REC)
        os.close(descriptor)
    own = f"{CONTROL}/{request['folder']}"
    mount(f"{own}/s", SOCKETS, None, _MS_BIND)
    shutil.copytree(f"{own}/lab", WORKDIR)
    # As pastas dos outros núcleos somem de vista.
    mount("tmpfs", CONTROL, "tmpfs", _MS_NOSUID | _MS_NODEV | _MS_RDONLY, "size=4096,mode=0555")
    os.chdir(WORKDIR)


def _kernel(request: dict) -> None:
    """O núcleo do Jupyter, no processo que já tem tudo importado."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.closerange(3, 4096)
    for name, (soft, hard) in request["rlimits"].items():
        resource.setrlimit(getattr(resource, name), (soft, hard))
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # se faltar memória à máquina, quem cede é a entrega
    os.nice(5)
    os.environ.update(request["env"])
    # Duas entregas não partilham o acaso que este processo já tinha sorteado.
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    _drop_privileges()
    _forbid_namespaces()
    sys.argv = ["ipykernel_launcher.py", *request["argv"]]
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()


def _drop_privileges() -> None:
    """Nenhuma capacidade, nem a de tê-las: como um usuário comum que não pode virar outro."""
    check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    for capability in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break  # depois da última que o sistema conhece
    _libc.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)
    header = struct.pack("Ii", 0x20080522, 0)
    check(_libc.capset(header, bytes(24)))


def _forbid_namespaces() -> None:
    """Um filtro do sistema: sem espaços de nomes novos nem montagens (num usuário seu, montaria memória sem limite)."""
    architecture, numbers = _ARCHITECTURES[platform.machine()]
    load, equal, any_bit, give = 0x20, 0x15, 0x45, 0x06
    allow, refuse, unknown = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38  # EPERM; ENOSYS, para o `clone3`
    flags = sum(_CLONE_NEW.values()) & ~_CLONE_NEW["time"]  # o do tempo é, no `clone`, o número do sinal
    checks = [(load, 0, 0, 4), (equal, 1, 0, architecture), (give, 0, 0, refuse), (load, 0, 0, 0)]
    checks += [(0x35, 0, 1, 0x40000000), (give, 0, 0, refuse)]  # a segunda numeração do x86-64
    for number in numbers["denied"]:
        checks += [(equal, 0, 1, number), (give, 0, 0, refuse)]
    checks += [(equal, 0, 1, numbers["clone3"]), (give, 0, 0, unknown)]
    checks += [
        (equal, 0, 3, numbers["clone"]),
        (load, 0, 0, 16),
        (any_bit, 0, 1, flags),
        (give, 0, 0, refuse),
    ]
    checks += [(give, 0, 0, allow)]
    program = b"".join(struct.pack("HBBI", *step) for step in checks)
    buffer = ctypes.create_string_buffer(program)
    filter_ = struct.pack("HxxxxxxP", len(checks), ctypes.addressof(buffer))
    check(_libc.prctl(_PR_SET_SECCOMP, 2, filter_, 0, 0))


def _code(status: int) -> int:
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])

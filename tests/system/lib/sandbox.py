"""Runs a program in what a unit file forbids, without systemd: sandbox.py UNIT USER WRITABLE[,WRITABLE…] PROGRAM [WORD…]

As root. The file system is read-only but for WRITABLE (ProtectSystem=strict, StateDirectory=), /proc has processes only
(ProcSubset=pid), there are no capabilities and no new privileges, and system calls, address families and memory that is both
written and run are refused as the unit says (SystemCallFilter=, RestrictAddressFamilies=, MemoryDenyWriteExecute=).
Not done here: PrivateUsers=, PrivateDevices=, PrivateTmp= (/tmp is read-only, which is less), RestrictNamespaces=.
"""
import ctypes
import errno
import os
import re
import socket
import subprocess
import sys

ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM  # SCMP_ACT_ALLOW, SCMP_ACT_ERRNO(EPERM)
EQUAL, MASKED_EQUAL = 4, 7  # SCMP_CMP_EQ, SCMP_CMP_MASKED_EQ
WRITE, EXECUTE, SHARED_EXECUTE = 2, 4, 0o100000


class Comparison(ctypes.Structure):
    """struct scmp_arg_cmp."""
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def settings(unit):
    """{"User": ["fupin"], …}"""
    found = {}
    with open(unit, encoding="utf-8") as file:
        for name, value in re.findall(r"^(\w+)=(.*)$", file.read(), re.M):
            found.setdefault(name, []).append(value)
    return found


def groups():
    """{"@basic-io": ["read", …], …}, as this systemd has them."""
    out = subprocess.run(["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True).stdout
    found = {}
    for line in out.splitlines():
        word = line.strip()
        if line.startswith("@"):
            found[word] = members = []
        elif word.startswith("# Unlisted"):
            break
        elif word and not word.startswith("#"):
            members.append(word)
    return found


def expand(names, known):
    out = set()
    for name in names:
        out |= expand(known[name], known) if name.startswith("@") else {name}
    return out


def allowed(unit):
    known, calls = groups(), set()
    for value in settings(unit)["SystemCallFilter"]:
        if value.startswith("~"):
            calls -= expand(value[1:].split(), known)
        else:
            calls |= expand(value.split(), known)
    return calls


# What is not allowed whatever the arguments are.
def conditions(unit):
    families = [getattr(socket, name) for name in settings(unit)["RestrictAddressFamilies"][0].split()]
    return {"mmap": [(2, MASKED_EQUAL, WRITE | EXECUTE, prot) for prot in (0, WRITE, EXECUTE)],
            "mprotect": [(2, MASKED_EQUAL, EXECUTE, 0)],
            "pkey_mprotect": [(2, MASKED_EQUAL, EXECUTE, 0)],
            "shmat": [(2, MASKED_EQUAL, SHARED_EXECUTE, 0)],
            "socket": [(0, EQUAL, family, 0) for family in families]}


def filter_calls(unit):
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(REFUSE)))
    special = conditions(unit)
    for name in sorted(allowed(unit)):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:
            continue  # of another machine
        for comparison in special.get(name, [None]):
            array = (Comparison * 1)(Comparison(*comparison)) if comparison else None
            status = library.seccomp_rule_add_array(context, ctypes.c_uint32(ALLOW), number, 1 if comparison else 0, array)
            if status:
                raise OSError(-status, name)
    status = library.seccomp_load(context)
    if status:
        raise OSError(-status, "seccomp_load")


def main():
    if os.environ.get("FUPIN_SANDBOX") == "inside":
        del os.environ["FUPIN_SANDBOX"]
        filter_calls(sys.argv[1])
        os.execv(sys.argv[4], sys.argv[4:])
    unit, user, writable = sys.argv[1:4]
    mounts = "".join(f'mount --bind "{path}" "{path}"; ' for path in writable.split(","))
    script = (f"set -e; {mounts} mount -o remount,bind,ro /; mount -t proc -o subset=pid,hidepid=invisible proc /proc; "
              'exec setpriv --reuid="$0" --regid="$0" --init-groups --bounding-set=-all --inh-caps=-all --no-new-privs "$@"')
    os.environ["FUPIN_SANDBOX"] = "inside"
    os.execvp("unshare", ["unshare", "--mount", "--ipc", "--propagation", "private", "bash", "-c", script, user,
                          sys.executable, os.path.abspath(__file__), os.path.abspath(unit), user, writable, *sys.argv[4:]])


if __name__ == "__main__":
    main()

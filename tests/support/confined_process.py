"""Denies system calls to this process as systemd would: `python -m tests.support.confined_process ERRNO|KILL FOLDER`, the allowed names on stdin.

Then it audits a past with judging processes of its own on SQLite, and prints how that ended and how nice the judges were.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import json
import os
import sys
from dataclasses import replace
from typing import Any

from app.audit_jobs.service import AuditService
from app.audit_jobs.worker_pool import processes
from tests.support.history_fixture import YEAR, audited

_ALLOW = 0x7FFF0000
_DENY = {"KILL": 0x80000000, "ERRNO": 0x00050000 | errno.EPERM}


def confine(names: list[str], deny: str) -> None:
    """From here on only these system calls, for this process and what it starts."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add.argtypes = (ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint)
    library.seccomp_load.argtypes = (ctypes.c_void_p,)
    rules = library.seccomp_init(_DENY[deny])
    for name in names:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            library.seccomp_rule_add(rules, _ALLOW, number, 0)
    if library.seccomp_load(rules):
        raise OSError("the filter cannot be loaded")


async def audit(folder: str) -> dict[str, Any]:
    """An audit as the service runs it."""
    async with audited(f"sqlite:///{folder}/audit.db") as past:
        service = AuditService(replace(past.service.parts, executor=processes))
        row = await service.finish((await service.begin(YEAR)).id)
        nice = await service._pool.run(os.getpriority, os.PRIO_PROCESS, 0)
        await service.stop()
    return {
        "state": row.state,
        "said": row.message,
        "seen": row.seen,
        "nicer": nice - os.getpriority(os.PRIO_PROCESS, 0),
    }


if __name__ == "__main__":
    confine(sys.stdin.read().split(), sys.argv[1])
    print(json.dumps(asyncio.run(audit(sys.argv[2]))))

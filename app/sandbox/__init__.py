"""A ConnectWise Manage to try the service on. A program of its own: it imports none of the other rooms, so that client and
sandbox cannot share a misunderstanding by sharing code; both are held to the same contract.

In one process: `Sandbox(seed=1)` with `SandboxTransport(sandbox)` for httpx. Over HTTP: `miniprojects sandbox`.
Credentials: company `sandbox`, keys `public` and `private`, any clientId.

Control, over HTTP (in one process the attributes of `Sandbox` do the same):
- `GET /sandbox/state`: every record, and violations of the contract (there should be none)
- `GET /sandbox/journal?since=N`: every request with its answer
- `POST /sandbox/faults` {"kind", "method", "path", "skip", "times", "status", "seconds"}; `DELETE` clears them
- `GET`, `POST /sandbox/switches`: behaviours that are not publicly known (see `faults.Switches`)
- `GET /sandbox/samples`; `POST` {"from", "to"} creates those sample tickets, whose callbacks go out at once
- `POST /sandbox/tickets`: one ticket in the form of a sample
- `POST /sandbox/person` {"method", "path", "body", "member"}: what a person does in ConnectWise
- `POST /sandbox/reset`
"""

from app.sandbox.engine import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, Sandbox
from app.sandbox.faults import Fault, Switches
from app.sandbox.server import Server, serve
from app.sandbox.transport import SandboxTransport

__all__ = [
    "CLIENT_ID",
    "COMPANY",
    "PRIVATE_KEY",
    "PUBLIC_KEY",
    "Fault",
    "Sandbox",
    "SandboxTransport",
    "Server",
    "Switches",
    "serve",
]

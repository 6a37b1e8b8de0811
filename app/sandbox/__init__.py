"""A ConnectWise Manage to try the service on. A program of its own: it imports none of the other rooms, so that client and
sandbox cannot share a misunderstanding by sharing code; both are held to the same contract.

In one process: `Sandbox(seed=1)` with `SandboxTransport(sandbox)` for httpx. Over HTTP: `miniprojects sandbox`.
Credentials: company `sandbox`, keys `public` and `private`, any clientId. `POST /system/bundles`: see `bundles`.

For people: `GET /sandbox`, a page that shows boards, tickets, projects, requests and switches. For programs (in one process
the attributes of `Sandbox` do the same):
- `GET /sandbox/state`: every living record, how many of the past there are, and violations of the contract (there should be none)
- `GET /sandbox/journal?since=N`: every request with its answer
- `GET`, `POST`, `DELETE /sandbox/faults`: {"kind", "method", "path", "skip", "times", "status", "seconds", "chance"}
- `GET`, `POST /sandbox/switches`: behaviours that are not publicly known (see `switches.Switches`)
- `GET /sandbox/samples`; `POST` {"from", "to"} creates those sample tickets, whose callbacks go out at once
- `POST /sandbox/tickets`: one ticket in the form of a sample
- `POST /sandbox/history` {"tickets", "months"}: a past of closed and open tickets; `GET /sandbox/truth?after=ID&limit=N` says what
  each of them really is, as {"4711": "mini-project"}
- `POST /sandbox/person` {"method", "path", "body", "member"}: what a person does in ConnectWise
- `POST /sandbox/clock` {"days", "hours", "seconds"}: the sandbox's time runs ahead by so much more
- `POST /sandbox/reset`
"""

from app.sandbox.answers import Answer
from app.sandbox.engine import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, Sandbox
from app.sandbox.faults import Fault
from app.sandbox.server import Server, serve
from app.sandbox.switches import Switches
from app.sandbox.transport import SandboxTransport

__all__ = [
    "CLIENT_ID",
    "COMPANY",
    "PRIVATE_KEY",
    "PUBLIC_KEY",
    "Answer",
    "Fault",
    "Sandbox",
    "SandboxTransport",
    "Server",
    "Switches",
    "serve",
]

"""A ConnectWise Manage to try the service on. It imports no other package of the app, so that client
and sandbox cannot share a misunderstanding by sharing code; both are held to the same contract.

Layers: `http` (requests, answers, page) over `seed` (data) over `rules` (business rules) over `engine` (records, contract).

In one process: `Sandbox(seed=1)` with `SandboxTransport(sandbox)` for httpx. Over HTTP: `miniprojects sandbox`.
Credentials: company `sandbox`, keys `public` and `private`, any clientId. `POST /system/bundles`: see `rules.bundles`.

Control paths (in one process the attributes of `Sandbox` do the same); `GET /sandbox` is a page for people:
- `GET /sandbox/state`: every current record, the number of past ones, and violations of the contract (none are expected)
- `GET /sandbox/journal?since=N`: every request with its answer
- `GET`, `POST`, `DELETE /sandbox/faults`: {"kind", "method", "path", "skip", "times", "status", "seconds", "chance"}
- `GET`, `POST /sandbox/switches`: behaviours that are not publicly known (see `engine.switches.Switches`)
- `GET /sandbox/samples`; `POST` {"from", "to"} creates those sample tickets and sends their callbacks immediately
- `POST /sandbox/tickets`: one ticket in the form of a sample
- `POST /sandbox/cases`: one ticket with money in the form of a labelled case (see `seed.case_tickets`)
- `GET /sandbox/invoiced/4711`, `GET /sandbox/invoiced/project/900`: what would be invoiced in all, as {"total", "parts":
  [{"source", "amount", "why"}], "cap", "time_and_materials"} (see `rules.invoice_preview`)
- `POST /sandbox/history` {"billing": true}: a past with every kind of money and projects; answers their ids by key
- `POST /sandbox/history` {"tickets", "months"}: a past of closed and open tickets; `GET /sandbox/truth?after=ID&limit=N`
  answers the right outcome of each, as {"4711": "mini-project"}
- `POST /sandbox/person` {"method", "path", "body", "member"}: a change by a person in ConnectWise
- `POST /sandbox/clock` {"days", "hours", "seconds"}: moves the sandbox's clock ahead
- `POST /sandbox/reset`
"""

from app.sandbox.engine.conditions import predicate
from app.sandbox.engine.contract import contract, operation
from app.sandbox.engine.faults import Fault, FaultKind
from app.sandbox.engine.store import instant
from app.sandbox.engine.switches import Switches
from app.sandbox.http.access import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, credentials
from app.sandbox.http.api_response import ApiResponse
from app.sandbox.http.sandbox import Sandbox
from app.sandbox.http.server import Server, serve
from app.sandbox.http.transport import SandboxTransport
from app.sandbox.seed import case_tickets, samples

__all__ = [
    "CLIENT_ID",
    "COMPANY",
    "PRIVATE_KEY",
    "PUBLIC_KEY",
    "ApiResponse",
    "Fault",
    "FaultKind",
    "Sandbox",
    "SandboxTransport",
    "Server",
    "Switches",
    "case_tickets",
    "contract",
    "credentials",
    "instant",
    "operation",
    "predicate",
    "samples",
    "serve",
]

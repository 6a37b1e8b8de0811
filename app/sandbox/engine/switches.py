"""Switches: behaviours of ConnectWise that are not publicly documented, set to the behaviour of a tenant."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args, get_type_hints

Mode = Literal["applied", "refused", "without-effect"]


@dataclass
class Switches:
    """All switches at the most likely behaviour. `change` sets some by name and refuses unknown values."""

    patch_object: Mode = "applied"
    """Effect of PATCH operations whose value is an object, such as path `board`, value `{id}`."""
    patch_scalar: Mode = "applied"
    """Effect of PATCH operations on a nested path, such as `board/id`."""
    patch_ticket_billing: Mode = "applied"
    """Whether the billing members of a service ticket can be patched."""
    patch_ticket_billing_members: str = "billingMethod,billingAmount,hourlyRate"
    """Members, by comma, that `patch_ticket_billing` applies to; poNumber, agreement and billTime may be added."""
    board_only_patch: Literal["default-status", "refused", "inconsistent"] = "default-status"
    """A move that omits values of the old board: default status and cleared values, refused, or left inconsistent."""
    department_follows_board: bool = False
    """A move takes department and location of the new board unless the request sets them."""
    department_follows_type: bool = False
    """A new type sets department and location unless the request sets them."""
    department_checked_at_location: bool = True
    """A department that is not valid at the location is refused."""
    predecessor_blocks_dates: bool = True
    """Dates of a project ticket with a predecessor cannot be changed."""
    newlines_refused: bool = False
    """Bodies with escaped line breaks are refused, as an older guide says."""

    convert_success_false: bool = False
    """Convert answers 200 with success false and has no effect."""
    convert_drops_notes: bool = False
    """Convert deletes the notes of the ticket."""
    convert_drops_schedule: bool = False
    """Convert deletes the schedule entries of the ticket."""
    convert_drops_time: bool = False
    """Convert deletes the time entries of the ticket."""
    convert_drops_budget: bool = False
    """Convert clears the budget hours."""
    convert_drops_products: bool = False
    """Convert deletes the product lines of the ticket."""
    convert_moves_products: bool = False
    """Product lines of the ticket become lines of the project."""
    convert_refuses: str = "closed,child,merged,billed"
    """Which tickets convert refuses, by comma: closed, child, parent, merged, billed, scheduled, agreement."""
    convert_callback: Literal["none", "updated", "deleted", "deleted-and-added"] = "updated"
    """Callbacks that a conversion raises."""
    convert_clears_team: bool = True
    """Convert clears the team even where the project board has one of that name."""
    convert_changes_id: bool = False
    """The project ticket is a new record; the old id is gone on both paths."""
    service_path_shows_project_tickets: bool = False
    """Service paths show project tickets too, as in versions before 2019.3."""

    key_needs_credentials: bool = False
    """The address of signing keys needs credentials."""
    key_rotates_every: int = 0
    """Deliveries after which an entry signs with a new key at a new address; 0: never."""
    key_encoded_twice: bool = False
    """The signing key is JSON inside a JSON string."""
    callbacks_self_suppressed: bool = True
    """Entries with isSelfSuppressedFlag get no callbacks for changes by their own member."""
    callbacks_duplicate: bool = False
    """Each delivery is sent twice."""
    callbacks_reversed: bool = False
    """Queued deliveries are sent latest first."""
    callbacks_per_save: int = 1
    """Deliveries per update of a record."""
    callbacks_type: Literal["ticket", "Ticket"] = "ticket"
    """Spelling of `Type` in callbacks of tickets."""
    callbacks_append: Literal["id-and-action", "id"] = "id-and-action"
    """Text appended to the registered address."""
    callbacks_inactive_after_days: float = 3.0
    """Days of failures after which an entry is set inactive."""
    skip_callback_by_patch: bool = True
    """`skipCallback` works in a PATCH as well."""
    loopback_callbacks: bool = True
    """Whether loopback addresses may be registered; ConnectWise refuses them."""
    retry_scale: float = 1.0
    """Real seconds per second of the callback retry waits."""
    early_added_seconds: float = 0.0
    """Seconds after the `added` callback until notes, tasks, products and schedule of a new ticket are visible."""

    product_patch: Literal["unless-invoiced", "refused", "without-effect", "applied"] = "unless-invoiced"
    """Whether product lines can be changed."""
    products_return_charge_to: bool = True
    """Whether answers show chargeToId and chargeToType of a product; 2026.11 takes them in conditions only."""
    forecast_form: Literal["array", "object"] = "array"
    """Whether the forecast of an opportunity is an array of one, as documented, or an object."""
    invoice_types: str = ""
    """Types of invoices, by comma, that POST /finance/invoices creates; others are refused."""
    restricted_agreement: Literal["kept", "refused", "removed"] = "kept"
    """Effect of a move of a ticket to a department or location that its agreement is restricted from."""
    time_updates_ticket: bool = False
    """A time entry changes lastUpdated of its ticket and raises an `updated` callback; hours are added up in any case."""
    template_on_create: bool = False
    """Creating a project with a template adds the phases and tickets of the template."""

    workflow_rule_board: str = ""
    """Name of a board whose workflow rule fires after a ticket was changed there."""
    workflow_rule_sets: str = "status=In Progress,team=Engineers,owner=jdoe"
    """Values that the rule sets, by comma: status, type, team by name, owner by identifier."""
    workflow_rule_times: Literal["once", "always"] = "once"
    """Whether the rule fires when a ticket reaches the board, or after each change."""
    custom_fields_demanded: str = ""
    """Kinds of records, by comma, whose PATCH needs `customFields`: tickets, projects, phases. New ones have a custom field."""
    company_info: Literal["answered", "not-found", "html", "null", "unavailable"] = "answered"
    """Answer of /login/companyinfo: the company, 404 as JSON or page, null, or 503."""
    version_refused_paths: str = ""
    """Parts of paths, by comma, that refuse an Accept header with a version; `application/json` passes."""
    wrong_keys: Literal["unauthorized", "not-found"] = "unauthorized"
    """Answer to wrong keys: 401, or the 404 of the cloud."""
    ssl_required: bool = False
    """Every request is refused with "SSL is required.", as by the host without the prefix `api-`."""
    callbacks_broken_bytes: bool = False
    """Bodies of callbacks hold bytes that are no UTF-8; the signature covers them."""

    bundles: bool = True
    """POST /system/bundles is available."""
    bundle_most: int = 100
    """Most requests in one bundle; more are refused."""
    requests_per_minute: int = 0
    """Requests a minute; more get 429 with Retry-After; 0: no limit."""
    requests_at_once: int = 0
    """Concurrent requests; more get 429; 0: no limit."""
    hidden_boards: str = ""
    """Names, by comma, of boards that the API member may not see: 403 on their lists, their tickets are not shown."""
    forbidden_areas: str = ""
    """Starts of paths, by comma, that the API member has no right to: 403."""
    pages_shift: bool = False
    """Numbered pages skip one record each, as after a deletion between two reads; forward-only pages do not."""
    nulls_for_empty: bool = False
    """Answers show null for empty members instead of leaving them out."""
    nulls_at_random: float = 0.0
    """How likely an optional member of an answer is null or absent."""
    lists_omit_details: bool = False
    """Lists of tickets omit members that only GET by id returns."""
    all_notes: bool = True
    """Whether allNotes exists; older versions answer 404."""
    codebase: str = "v2026_1/"
    """Codebase in companyinfo; `v4_6_release/` works as well."""
    recap_lines: bool = False
    """projectRecap answers with lines for phases and tickets in addition to the line of the project."""
    gl_mapping: Literal["right", "department-elsewhere", "type-elsewhere", "department-missing", "empty"] = "right"
    """GL mapping of the Professional Services department and the Projects types."""

    def change(self, values: dict[str, Any]) -> None:
        """Sets some of them. KeyError names one that does not exist, ValueError a value that is not allowed."""
        kinds = get_type_hints(Switches)
        for name, value in values.items():
            if name not in kinds:
                raise KeyError(name)
            allowed = get_args(kinds[name])
            wanted = (int, float) if kinds[name] is float else kinds[name]
            right = value in allowed if allowed else isinstance(value, wanted)
            if not right or (isinstance(value, bool) and kinds[name] is not bool):
                raise ValueError(f"{name} cannot be {value!r}")
        for name, value in values.items():
            setattr(self, name, value)

    def to_json(self) -> dict[str, Any]:
        """All of them."""
        return asdict(self)

    def names(self, name: str) -> tuple[str, ...]:
        """A switch that lists names by comma, as the names."""
        return tuple(part.strip() for part in str(getattr(self, name)).split(",") if part.strip())


ALL = tuple(each.name for each in fields(Switches))

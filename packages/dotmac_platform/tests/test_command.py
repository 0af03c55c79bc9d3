"""The command as people and scripts use it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from typer.main import get_command

from dotmac_core_ops.testing import Tenant
from dotmac_platform.cli.program import app

from .shell import Shell

SAMPLE = "id,name,since,line\nA-1,Ada,2026-01-15,yes\n"
MAPPING = """
[customer]
number = "id"
name = "{name}"
[subscription]
plan = "CLI"
plan_name = "From the command line"
currency = "USD"
start = { column = "since" }
items = [{ code = "LINE", name = "Line", price = 30, column = "line", equals = "yes" }]
"""


def test_tax_law_comes_from_files_and_packs(
    dotmac: Shell, provider: Tenant, tmp_path: Path
) -> None:
    (tmp_path / "rates.csv").write_text(
        "country,tax_code,rate,valid_from\nDE,VAT,19%,2007-01-01\nDE,VAT,much,2007-01-01\n"
    )
    who = ("--tenant", provider.slug, "--json")

    first = dotmac("tax", "import", "rates.csv", *who)
    again = dotmac("tax", "import", "rates.csv", *who)
    pack = dotmac("tax", "pack", "eu", *who)
    unknown = dotmac("tax", "pack", "atlantis", *who)

    rejects = [{"line": 3, "reason": "'much' is not a rate"}]
    assert (first.returncode, again.returncode) == (3, 3), first.stderr
    assert json.loads(first.stdout) == {"added": 1, "skipped": 0, "rejects": rejects}
    assert json.loads(again.stdout) == {"added": 0, "skipped": 1, "rejects": rejects}
    assert json.loads(pack.stdout) == {"added": 27, "skipped": 0}
    assert (unknown.returncode, "UNKNOWN_TAX_PACK" in unknown.stderr) == (1, True)


def test_an_import_a_bill_run_a_check_and_a_report_agree(
    dotmac: Shell, provider: Tenant, tmp_path: Path
) -> None:
    (tmp_path / "file.csv").write_text(SAMPLE)
    (tmp_path / "map.toml").write_text(MAPPING)
    who = ("--tenant", provider.slug)

    imported = dotmac(
        *("import", "subscribers", "file.csv", "--mapping", "map.toml"),
        *("--as-of", "2026-11-01", "--json", *who),
    )
    billed = dotmac("bill", "--through", "2026-10-31", "--json", *who)
    checked = dotmac("billing", "check", "--json", *who)
    report = dotmac("report", "revenue", "--as-of", "2026-11-01", "--json", DOTMAC_TENANT=who[1])

    assert json.loads(imported.stdout)["customers"] == 1, imported.stderr
    # Each 15th from January to October.
    assert json.loads(billed.stdout)["invoices"] == 10, billed.stderr
    assert (checked.returncode, json.loads(checked.stdout)) == (0, [])
    (figures,) = json.loads(report.stdout)
    assert (figures["mrr"], figures["billed"], figures["open"]) == (30, 300, 300)


def test_an_invoice_is_written_to_a_file(dotmac: Shell, provider: Tenant, tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text(SAMPLE)
    (tmp_path / "map.toml").write_text(MAPPING)
    who = ("--tenant", provider.slug)
    as_of = ("--as-of", "2026-11-01")
    dotmac("import", "subscribers", "file.csv", "--mapping", "map.toml", *as_of, *who)
    billed = dotmac("bill", "--through", "2026-02-01", *who)

    written = dotmac("invoice", "pdf", "INV-000001", "-o", "out.pdf", "--locale", "de_DE", *who)
    named = dotmac("invoice", "pdf", "INV-000001", "--form", "ubl", *who)
    unknown = dotmac("invoice", "pdf", "INV-000099", *who)

    assert billed.returncode == 0, billed.stderr
    assert written.returncode == 0, written.stderr
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF-")
    assert named.returncode == 0, named.stderr
    assert b"INV-000001" in (tmp_path / "INV-000001.xml").read_bytes()
    assert (unknown.returncode, "DOCUMENT_NUMBER_UNKNOWN" in unknown.stderr) == (1, True)


def test_a_price_list_is_compared_applied_and_exported(dotmac: Shell, provider: Tenant) -> None:
    file = str(Path(__file__).parents[3] / "examples/price-list.yaml")
    tenant = {"DOTMAC_TENANT": provider.slug}

    before = dotmac("catalog", "diff", file, **tenant)
    tried = dotmac("catalog", "apply", file, "--dry-run", **tenant)
    applied = dotmac("catalog", "apply", file, **tenant)
    after = dotmac("catalog", "diff", file, **tenant)
    exported = dotmac("catalog", "export", **tenant)
    again = dotmac("catalog", "apply", "-", typed=exported.stdout, **tenant)

    assert (before.returncode, after.returncode) == (1, 0), before.stderr + after.stderr
    assert before.stdout == tried.stdout == applied.stdout
    assert "+ plan FIBER-100\n" in applied.stdout
    assert "    + components.line.prices.EUR: 29.90\n" in applied.stdout
    assert (after.stdout, again.stdout, again.returncode) == ("", "", 0), again.stderr
    assert "Nothing to do" in again.stderr


def test_a_price_list_with_mistakes_names_each_and_changes_nothing(
    dotmac: Shell, provider: Tenant, tmp_path: Path
) -> None:
    (tmp_path / "bad.yaml").write_text("plans: {A: {name: A, colour: red, components: {}}}")
    (tmp_path / "no.yaml").write_text("a: 1\na: 2")
    tenant = {"DOTMAC_TENANT": provider.slug}

    refused = dotmac("catalog", "apply", "bad.yaml", **tenant)
    unread = dotmac("catalog", "diff", "no.yaml", **tenant)
    missing = dotmac("catalog", "diff", "none.yaml", **tenant)

    assert refused.returncode == unread.returncode == missing.returncode == 2
    assert "bad.yaml: plans.A.colour: " in refused.stderr
    assert "bad.yaml: plans.A.components: " in refused.stderr
    assert "no.yaml: Line 2, column 1: 'a' stands here twice." in unread.stderr
    assert "none.yaml cannot be read" in missing.stderr.replace("\n", " ")
    assert dotmac("catalog", "export", **tenant).stdout.startswith("products: {}\n")


def test_a_tenant_and_its_users_are_made_on_the_command_line(dotmac: Shell) -> None:
    slug = f"shop-{os.urandom(4).hex()}"
    owner = ("--owner", "ada@shop.example")

    made = dotmac("tenant", "create", slug, "--name", "Shop", *owner, "--json")
    again = dotmac("tenant", "create", slug, "--name", "Shop", *owner, "--json")
    user = dotmac(
        *("user", "create", "bob@shop.example", "--name", "Bob", "--role", "billing"),
        *("--tenant", slug, "--json"),
    )
    listed = dotmac("user", "list", "--tenant", slug, "--json")

    assert json.loads(made.stdout)["password"], made.stderr
    assert again.returncode == 1
    assert json.loads(again.stderr)["error"]["code"] == "TENANT_SLUG_TAKEN"
    assert user.returncode == 0, user.stderr
    assert {row["email"]: row["roles"] for row in json.loads(listed.stdout)} == {
        "ada@shop.example": ["owner"],
        "bob@shop.example": ["billing"],
    }


def test_a_refusal_names_its_code_and_leaves_with_one(dotmac: Shell) -> None:
    refused = dotmac("billing", "check", "--tenant", "nobody")

    assert refused.returncode == 1
    assert refused.stderr == "dotmac: There is no tenant 'nobody'. [TENANT_NOT_FOUND]\n"


def test_wrong_settings_are_told_one_to_a_line(dotmac: Shell) -> None:
    refused = dotmac("db", "status", PORT="high", LOG_LEVEL="loud")

    assert refused.returncode == 2
    lines = refused.stderr.splitlines()
    assert sorted(line.split(":")[0] for line in lines) == ["LOG_LEVEL", "PORT"]


def test_what_destroys_asks_and_without_anybody_to_ask_does_nothing(
    dotmac: Shell, provider: Tenant
) -> None:
    refused = dotmac("events", "drop", "--tenant", provider.slug)

    assert refused.returncode == 2
    assert "--yes" in refused.stderr


def test_a_day_that_is_none_is_a_usage_error(dotmac: Shell, provider: Tenant) -> None:
    refused = dotmac("bill", "--through", "31.10.2026", "--tenant", provider.slug)

    assert refused.returncode == 2
    assert "YYYY-MM-DD" in refused.stderr


def test_the_openapi_document_needs_no_database(dotmac: Shell) -> None:
    printed = dotmac("openapi", DATABASE_URL="")

    paths = json.loads(printed.stdout)["paths"]
    assert "/api/v1/customers" in paths
    assert "/api/v1/analytics/revenue" in paths


def test_the_state_of_the_database_is_told(dotmac: Shell) -> None:
    status = dotmac("db", "status", "--json")

    told = json.loads(status.stdout)
    assert (told["kind"], told["needs_upgrade"]) == ("external", False)


def test_every_command_has_help_with_an_example() -> None:
    without = []
    pending = [("dotmac", get_command(app))]
    while pending:
        name, command = pending.pop()
        children = getattr(command, "commands", {})
        pending += [(f"{name} {child}", children[child]) for child in children]
        if not children and "Example: `" not in (command.help or ""):
            without.append(name)
    assert without == []

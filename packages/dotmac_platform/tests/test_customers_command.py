"""`dotmac customers` as people use it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from dotmac_core_ops.testing import Tenant

from .shell import Shell


def test_a_file_goes_in_and_comes_out_again(
    dotmac: Shell, provider: Tenant, tmp_path: Path
) -> None:
    (tmp_path / "new.csv").write_text(
        "number,name,e-mail,extra\nA-1,Ann,ann@example.com,x\nA-2,,not an address,x\n"
    )
    about = {"DOTMAC_TENANT": provider.slug, "DOTMAC_HOME": str(tmp_path / "home")}

    tried = dotmac("customers", "import", "new.csv", "--dry-run", "--json", **about)
    done = dotmac("customers", "import", "new.csv", "--json", **about)
    out = dotmac("customers", "export", "all.csv", **about)
    wrong = dotmac("customers", "export", "all.pdf", **about)

    assert tried.returncode == done.returncode == 3, done.stderr
    told = json.loads(done.stdout)
    assert json.loads(tried.stdout)["created"] == told["created"] == 1
    assert (told["refused"], told["columns_ignored"]) == (1, ["extra"])
    with (tmp_path / "new.csv.rejects.csv").open(newline="") as file:
        assert [row["number"] for row in csv.DictReader(file)] == ["A-2"]
    assert out.returncode == 0, out.stderr
    with (tmp_path / "all.csv").open(newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == ["Ann"]
    assert wrong.returncode == 2

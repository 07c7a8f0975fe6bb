"""What Lighthouse says of the built book: its four scores on each page, and the audits that lost points.

Run with `python benchmarks/lighthouse.py [--book DIR] [PAGE ...]`. It needs npm and Chromium; Lighthouse is installed
from npm into a temporary folder (or found by --lighthouse), the book is served on localhost.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import http
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from itpbook import project
from itpbook.book.manuscript.chromium import chromium_path

VERSION = "13.5.0"
PAGES = ("index.html", "chapters/efficacy.html")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
GOAL = 95
PACKED = {".html", ".css", ".js", ".svg", ".json"}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files packed, as hosts of pages do: Lighthouse counts what goes over the wire."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() or path.suffix not in PACKED or not path.is_file():
            super().do_GET()
            return
        content = gzip.compress(path.read_bytes(), mtime=0)
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


def installed(folder: Path) -> Path:
    command = [
        "npm",
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--prefix",
        str(folder),
        f"lighthouse@{VERSION}",
    ]
    subprocess.run(command, check=True)
    return folder / "node_modules" / ".bin" / "lighthouse"


def report(lighthouse: Path, address: str, form: str, folder: Path) -> dict[str, Any]:
    target = folder / "report.json"
    target.unlink(missing_ok=True)
    command = [
        str(lighthouse),
        address,
        "--quiet",
        "--output=json",
        f"--output-path={target}",
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        *(["--preset=desktop"] if form == "desktop" else []),
    ]
    environment = {**os.environ, "CHROME_PATH": chromium_path()}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if run.returncode != 0:
        sys.exit(f"Lighthouse failed on {address}: {run.stdout}{run.stderr}")
    found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return found


def lost(found: dict[str, Any], category: str) -> list[str]:
    """Name the weighted audits of a category that did not get full marks."""
    lines = []
    for reference in found["categories"][category]["auditRefs"]:
        audit = found["audits"][reference["id"]]
        if reference["weight"] > 0 and audit["score"] is not None and audit["score"] < 1:
            value = f" ({audit['displayValue']})" if audit.get("displayValue") else ""
            lines.append(f"    {category}: {audit['score']:.2f} {reference['id']}: {audit['title']}{value}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", default=PAGES)
    parser.add_argument("--book", type=Path, default=project.BUILD / "html")
    parser.add_argument("--lighthouse", type=Path, help="an installed Lighthouse; else one is installed")
    given = parser.parse_args()
    server = http.server.ThreadingHTTPServer(
        ("localhost", 0), functools.partial(Quiet, directory=str(given.book.resolve()))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    below = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        lighthouse = given.lighthouse or installed(folder)
        for page in given.pages:
            for form in ("mobile", "desktop"):
                address = f"http://localhost:{server.server_port}/{page}"
                found = report(lighthouse, address, form, folder)
                scores = {name: round(100 * found["categories"][name]["score"]) for name in CATEGORIES}
                print(f"{page}, {form}: " + ", ".join(f"{name} {score}" for name, score in scores.items()), flush=True)
                print("\n".join(line for name in CATEGORIES for line in lost(found, name)), flush=True)
                below += sum(score < GOAL for score in scores.values())
    server.shutdown()
    print(f"{below} scores below {GOAL}")
    return min(below, 1)


if __name__ == "__main__":
    sys.exit(main())

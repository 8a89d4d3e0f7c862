"""A real browser for the tests: what it says of a page at several widths.

Pages are served from this machine and looked at in frames of the asked width, so that a phone's
layout is the one that a phone would choose. A machine without Chromium skips these tests.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
from html import unescape
from pathlib import Path

#: By what names it is installed.
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "google-chrome-stable")
#: Longest that the browser may take for everything. [seconds]
PATIENCE = 240

#: Opens each page in a frame of each width, one after the other, and writes down what it finds.
_LOOK = """<!DOCTYPE html><meta charset="utf-8"><body><pre id="found"></pre><script>
const wanted = %s;
const AXE = {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]};
async function look(page, width) {
  const frame = document.createElement("iframe");
  frame.style = `width:${width}px;height:900px;border:0`;
  const errors = [];
  const loaded = new Promise(done => { frame.onload = done; });
  frame.src = page;
  document.body.append(frame);
  await loaded;
  const inside = frame.contentDocument, view = frame.contentWindow;
  const wide = [...inside.querySelectorAll("body *")].filter(e => {
    if (e.closest("svg") && e.tagName !== "svg") return false;
    const box = e.getBoundingClientRect();
    const scrolls = e.closest(".scroll");
    if (scrolls && scrolls !== e && width > 600) return false;
    return box.width > 0 && box.right > inside.documentElement.clientWidth + 1;
  }).map(e => `${e.tagName} ${e.className} ${(e.textContent || "").slice(0, 40)}`);
  const script = inside.createElement("script");
  const ready = new Promise((done, failed) => { script.onload = done; script.onerror = failed; });
  script.src = "/axe.min.js";  // after the page's own requests were counted
  inside.head.append(script);
  const asked = view.performance.getEntriesByType("resource").map(e => e.name);
  await ready;
  // Contrast and names are the same at every width; looking for them takes seconds.
  const where = {include: [["html"]], exclude: [["svg > g"]]};
  const nothing = {violations: [], passes: []};
  const report = width < 600 ? nothing : await view.axe.run(where, AXE);
  const found = {
    page, width, asked, wide: wide.slice(0, 5),
    scrolls: inside.documentElement.scrollWidth - inside.documentElement.clientWidth,
    broken: report.violations.map(v => ({
      rule: v.id, help: v.help, impact: v.impact,
      nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)), count: v.nodes.length,
    })),
    checked: report.passes.map(p => p.id),
    headings: [...inside.querySelectorAll("h1,h2,h3,h4,h5,h6")].map(h => Number(h.tagName[1])),
    pictures: inside.querySelectorAll("svg").length,
    unnamed: [...inside.querySelectorAll("svg")]
      .filter(s => s.getAttribute("role") !== "img" || !s.getAttribute("aria-labelledby")).length,
  };
  frame.remove();
  return found;
}
(async () => {
  const all = [];
  try { for (const [page, width] of wanted) all.push(await look(page, width)); }
  catch (problem) { all.push({problem: String(problem)}); }
  document.getElementById("found").textContent = JSON.stringify(all);
  await fetch("/done", {method: "POST", body: document.getElementById("found").textContent});
})();
</script>"""


@functools.cache
def browser() -> str | None:
    """Return the path of Chromium, or None if this machine has none."""
    asked = os.environ.get("HECO_CHROMIUM")
    return asked or next((found for name in NAMES if (found := shutil.which(name))), None)


def command(profile: Path, *arguments: str) -> list[str]:
    """Return the command that starts the browser without a window."""
    return [
        str(browser()), "--headless", "--no-sandbox", "--disable-gpu", "--disable-extensions",
        "--disable-background-networking", "--no-first-run", "--disable-dev-shm-usage",
        f"--user-data-dir={profile}", *arguments,
    ]  # fmt: skip


class _Server(http.server.ThreadingHTTPServer):
    """Serves a folder, keeps what was asked of it, and takes the report."""

    def __init__(self, folder: Path, wanted: list[tuple[str, int]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.wanted = folder, wanted
        self.asked: list[str] = []
        self.report: list[dict] = []
        self.done = threading.Event()


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        if self.path == "/look":
            body = (_LOOK % json.dumps(self.server.wanted)).encode()
        elif self.path == "/axe.min.js":
            import axe_core_python

            body = (Path(axe_core_python.__file__).parent / "axe.min.js").read_bytes()
        else:
            self.server.asked.append(self.path)
            place = self.server.folder / self.path.lstrip("/")
            if not place.is_file():
                self.send_error(404)
                return
            body = place.read_bytes()
        self.send_response(200)
        kind = "text/javascript" if self.path.endswith(".js") else "text/html; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.report = json.loads(body)
        self.send_response(204)
        self.end_headers()
        self.server.done.set()

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests speak."""


def look(
    folder: Path, pages: list[str], widths: list[int], profile: Path
) -> tuple[list[dict], list[str], list[str]]:
    """Open pages of a folder at several widths.

    Returns
    -------
    tuple
        What was found of each page at each width; the paths asked of the server; and what the
        browser's console said.
    """
    wanted = [(page, width) for page in pages for width in widths]
    server = _Server(folder, wanted)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}/look"
    arguments = ("--enable-logging=stderr", "--log-level=0", "--remote-debugging-port=0", address)
    log = profile.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen(command(profile, *arguments), stdout=out, stderr=out)
        try:
            came = server.done.wait(PATIENCE)
        finally:
            process.kill()
            process.wait()
            server.shutdown()
            server.server_close()
    said = log.read_text(errors="replace")
    assert came, f"the browser said nothing within {PATIENCE} seconds:\n{said[-2000:]}"
    console = [unescape(m) for m in re.findall(r"CONSOLE[^\]]*\] (.*)", said)]
    return server.report, server.asked, console


def print_to_pdf(page: Path, pdf: Path, profile: Path) -> None:
    """Print a page as the browser would."""
    arguments = ("--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri())
    subprocess.run(command(profile, *arguments), check=True, capture_output=True, timeout=PATIENCE)

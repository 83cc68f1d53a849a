"""The built host, as the scripts around `make documents` use it: with a data folder of its own that goes with it."""

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target").absolute()
HOST = Path(os.environ.get("QIANFAN_HOST") or TARGET / "release/qianfan-host").absolute()
CACHE = Path(
    os.environ.get("QIANFAN_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qianfan-host"
).absolute()
# Looking at documents asks no embedder, so one that nobody listens for will do.
NO_EMBEDDER = 'kind = "openai"\nbase_url = "http://127.0.0.1:9"\nmodel = "none"'
# Seconds for one command, and for one request.
PATIENCE = 600


@dataclass
class Document:
    """A document as `kb import --dry-run` shows it."""

    notes: list[str] = field(default_factory=list)
    # Each its headings, then its lines.
    sections: list[list[str]] = field(default_factory=list)
    # Sections beyond those that are shown.
    more: int = 0

    def text(self) -> str:
        return "\n".join(line for section in self.sections for line in section)


class Host:
    """A host with these knowledge bases."""

    def __init__(self, *bases: str, embedder: str = NO_EMBEDDER):
        if not HOST.exists():
            sys.exit(f"{HOST} is not there: run `make build`, or set QIANFAN_HOST to the program")
        self.folder = Path(tempfile.mkdtemp(prefix="documents-"))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        tables = "".join(f'[knowledge.{base}]\nembedder = "one"\n' for base in bases)
        text = f'[server]\nlisten = "127.0.0.1:0"\ndata_dir = "{self.folder}/data"\n[embedders.one]\n{embedder}\n{tables}'
        (self.folder / "host.toml").write_text(text, "utf-8")

    def run(self, *words: str | Path) -> subprocess.CompletedProcess:
        command = [str(HOST), "--config", str(self.folder / "host.toml"), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)

    def look(self, base: str, path: Path) -> tuple[dict[str, Document], dict[str, str]]:
        """What a file or a folder's files would be cut into, and why others are refused, by their names."""
        said = self.run("kb", "import", base, path, "--dry-run")
        refused = dict(line.strip().split(": ", 1) for line in said.stderr.splitlines() if ": " in line)
        return shown(said.stdout), refused

    def serve(self) -> str:
        """Starts serving; the address."""
        command = [str(HOST), "--config", str(self.folder / "host.toml"), "serve"]
        log = open(self.folder / "log", "wb")
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        atexit.register(server.wait)
        atexit.register(server.terminate)
        for line in server.stdout:
            if at := re.search(r"listening on (http://\S+)", line):
                return at.group(1)
        sys.exit(f"the host ended:\n{(self.folder / 'log').read_text('utf-8', 'replace')}")


def ask(url: str, body: dict) -> dict:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


def shown(text: str) -> dict[str, Document]:
    """The documents of a dry run's output."""
    documents, document = {}, None
    for line in text.splitlines():
        if head := re.match(r"(?:new|replaces|unchanged)\t([^\t]+)\t", line):
            document = documents[head.group(1)] = Document()
        elif document is None:
            continue
        elif line.startswith("  note: "):
            document.notes.append(line[8:])
        elif more := re.match(r"and (\d+) sections more$", line):
            document.more = int(more.group(1))
        elif section := re.match(r"\[\d+\](?: \(off\))? ?(.*)", line):
            document.sections.append([section.group(1)])
        elif document.sections and line.startswith("  ") and not line.startswith("  windows: "):
            document.sections[-1].append(line[2:])
    return documents

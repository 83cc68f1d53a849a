#!/usr/bin/env python3
"""The admission score API of the demo: what an operator's own service might look like, on sample data.

    GET /v1/scores?school=星海大学&province=广东&year=2024    province and year are optional
    GET /v1/scores?q=星海大学2024年在广东的分数线              finds the three in a sentence

Answers JSON: 200 with the lines that match, newest first; 404 where there are none; 400 for a request that names no
school. Prints {"port": N} on one line once it listens.
"""

import argparse
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

DATA = Path(__file__).with_name("scores.json")


class Refusal(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.status, self.code = status, code


def scores(data: dict, query: dict[str, str]) -> dict:
    """The lines of one school, narrowed by province and year where the query has them."""
    sentence = query.get("q", "")
    asked = query.get("school", "")
    school = next((s for s in data["schools"] if asked in (s["school"], *s["aliases"])), None) if asked else None
    if not asked:
        school = next((s for s in data["schools"] if any(n in sentence for n in (s["school"], *s["aliases"]))), None)
    if school is None and not asked and not sentence:
        raise Refusal(400, "missing_school", "缺少参数 school（学校名称）或 q（一句话）")
    known = "、".join(s["school"] for s in data["schools"])
    if school is None:
        raise Refusal(404, "unknown_school", f"示例数据里没有这所学校，只有：{known}")

    provinces = {line["province"] for line in school["lines"]}
    province = query.get("province") or next((p for p in sorted(provinces) if p in sentence), "")
    year = query.get("year") or next(iter(re.findall(r"20\d\d", sentence)), "")
    if year and not re.fullmatch(r"20\d\d", year):
        raise Refusal(400, "bad_year", f"参数 year 应当是四位年份，收到的是 {year[:20]}")
    lines = [
        line for line in school["lines"]
        if (not province or line["province"] == province) and (not year or line["year"] == int(year))
    ]
    if not lines:
        wanted = " ".join(part for part in (year, province) if part)
        raise Refusal(404, "no_lines", f"示例数据里没有{school['school']} {wanted} 的分数线")
    return {"notice": data["notice"], "school": school["school"], "province": province, "year": year, "lines": lines}


class Handler(BaseHTTPRequestHandler):
    data: dict = {}
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        try:
            address = urlsplit(self.path)
            if address.path == "/healthz":
                return self.answer(200, {"status": "ok"})
            if address.path != "/v1/scores":
                raise Refusal(404, "unknown_path", f"没有 {address.path}，只有 /v1/scores")
            query = {name: values[0].strip() for name, values in parse_qs(address.query).items()}
            self.answer(200, scores(self.data, query))
        except Refusal as refusal:
            self.answer(refusal.status, {"error": {"code": refusal.code, "message": str(refusal)}})

    def answer(self, status: int, body: dict) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args) -> None:
        print(f"{self.command} {self.path} {args[1] if len(args) > 1 else ''}", file=sys.stderr, flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--port", type=int, default=9801, help="0 takes any free port (default: %(default)s)")
    port = arguments.parse_args().port
    Handler.data = json.loads(DATA.read_text(encoding="utf-8"))
    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        print(json.dumps({"port": server.server_port}), flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()

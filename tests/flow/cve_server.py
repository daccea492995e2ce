# SPDX-License-Identifier: Apache-2.0
"""The CVE services' API as far as psirtty asks it, over TLS on a free port of 127.0.0.1. Usage: cve_server.py FOLDER, in
which cert.pem and key.pem lie; it writes the port to FOLDER/port and a line for each request to FOLDER/heard."""
import http.server
import json
import pathlib
import ssl
import sys

folder = pathlib.Path(sys.argv[1])
reserved = []


class Services(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        who = [self.headers.get("CVE-API-" + part) for part in ("ORG", "USER")]
        with open(folder / "heard", "a") as heard:
            print(self.command, self.path, *who, body[:60].replace("\n", " "), file=heard)
        if self.headers.get("CVE-API-KEY") != "secret":
            return self.answer(401, {"error": "UNAUTHORIZED", "message": "Unauthorized"})
        if self.path.startswith("/api/cve-id?amount="):
            amount = int(self.path.split("amount=")[1].split("&")[0])
            new = [f"CVE-2026-{90000 + len(reserved) + i}" for i in range(amount)]
            reserved.extend(new)
            return self.answer(200, {"cve_ids": [{"cve_id": one, "state": "RESERVED"} for one in new]})
        if self.path == "/api/cve-id?state=RESERVED":
            known = reserved + ["CVE-2026-95555"]
            return self.answer(200, {"cve_ids": [{"cve_id": one, "state": "RESERVED"} for one in known]})
        if self.path.startswith("/api/cve/CVE-") and "cnaContainer" in json.loads(body):
            return self.answer(200, {"message": "done"})
        return self.answer(404, {"error": "NOT_FOUND", "message": "no such thing"})

    do_GET = do_POST = do_PUT = handle_one

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Services)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
(folder / "port.new").write_text(str(server.server_address[1]))
(folder / "port.new").rename(folder / "port")
server.serve_forever()

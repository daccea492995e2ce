# SPDX-License-Identifier: Apache-2.0
"""A web server on loopback that does as a script says: feed_server.py FOLDER CERTIFICATE KEY.

It serves the files below FOLDER/www over TLS with ETag, If-None-Match, Range and If-Range, writes its port to
FOLDER/port and a line for each request to FOLDER/log; FOLDER/most has how many it had at once. FOLDER/proxy is the port of a
proxy (CONNECT alone), which writes whom it was asked for to FOLDER/asked. Before a file of PATH is served it looks into FOLDER/script/PATH,
with "_" for every slash: a line there is what it does instead, and is used up unless it begins with "always":
  status N [SECONDS]   that status, with Retry-After      torn N     the length is told, N bytes come, the line breaks
  cut N                N bytes come as if they were all   stall N    N bytes come, then nothing more
  html                 a page for people, status 200      empty      status 200 and no byte
  bomb                 gzip that unpacks to a thousand times its size
"""
import gzip
import hashlib
import http.server
import os
import socket
import ssl
import sys
import threading
import time
import urllib.parse

folder, certificate, key = sys.argv[1:4]
lock = threading.Lock()
BOMB = gzip.compress(bytes(64 << 20), 1)
PAGE = b"<!DOCTYPE html>\n<html><body>Please log in to the proxy</body></html>\n"


def action(path):
    """What the script says of PATH; an empty list when it says nothing."""
    name = os.path.join(folder, "script", path.strip("/").replace("/", "_"))
    with lock:
        if not os.path.exists(name):
            return []
        with open(name) as file:
            lines = [line.split() for line in file if line.strip()]
        if not lines:
            return []
        if lines[0][0] == "always":
            return lines[0][1:]
        with open(name, "w") as file:
            file.writelines(" ".join(line) + "\n" for line in lines[1:])
        return lines[0]


def pass_on(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Proxy(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_CONNECT(self):
        with lock, open(os.path.join(folder, "asked"), "a") as file:
            file.write(self.path + "\n")
        host, port = self.path.rsplit(":", 1)
        with socket.create_connection((host, int(port))) as other:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            back = threading.Thread(target=pass_on, args=(other, self.connection), daemon=True)
            back.start()
            pass_on(self.connection, other)
            back.join()
        self.close_connection = True


running = most = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def note(self, status):
        marks = [self.headers.get(name, "-") for name in ("Range", "If-None-Match", "apiKey", "User-Agent")]
        with lock, open(os.path.join(folder, "log"), "a") as file:
            file.write(" ".join([str(status), self.path] + marks) + "\n")

    def answer(self, status, body, headers=(), length=None):
        self.note(status)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if length != -1:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def do_script(self, words, body, headers):
        count = int(words[1]) if len(words) > 1 else 0
        if words[0] == "status":
            self.answer(count, b"no", [("Retry-After", words[2])] if len(words) > 2 else [])
        elif words[0] == "torn":
            self.answer(200, body[:count], headers, len(body))
            self.close_connection = True
        elif words[0] == "cut":
            self.answer(200, body[:count], headers, -1)
        elif words[0] == "stall":
            self.answer(200, body[:count], headers, len(body))
            while not os.path.exists(os.path.join(folder, "stop")):
                time.sleep(0.05)
            self.close_connection = True
        elif words[0] == "html":
            self.answer(200, PAGE, [("Content-Type", "text/html")])
        elif words[0] == "empty":
            self.answer(200, b"")
        elif words[0] == "bomb":
            self.answer(200, BOMB, [("Content-Encoding", "gzip")])

    def do_GET(self):
        global running, most
        with lock:
            running += 1
            if running > most:
                most = running
                with open(os.path.join(folder, "most"), "w") as file:
                    file.write("%d\n" % most)
        try:
            self.serve()
        finally:
            with lock:
                running -= 1

    def serve(self):
        parts = urllib.parse.urlsplit(self.path)
        path = urllib.parse.unquote(parts.path)
        names = [path.strip("/")]
        if parts.query:
            names.insert(0, names[0] + "?" + parts.query)
        body = None
        for name in names:
            full = os.path.join(folder, "www", name)
            if os.path.isfile(full):
                with open(full, "rb") as file:
                    body = file.read().replace(b"@PORT@", str(server.server_port).encode())
                break
        etag = '"%s"' % hashlib.sha256(body or b"").hexdigest()[:16]
        headers = [("ETag", etag)]
        words = action(path)
        if words:
            self.do_script(words, body or b"", headers)
        elif body is None:
            self.answer(404, b"not here")
        elif self.headers.get("If-None-Match") == etag:
            self.answer(304, b"", headers)
        elif self.headers.get("Range", "").startswith("bytes=") and self.headers.get("If-Range", etag) == etag:
            begin = int(self.headers["Range"][6:].split("-")[0])
            if begin >= len(body):
                self.answer(416, b"", [("Content-Range", "bytes */%d" % len(body))])
            else:
                self.answer(206, body[begin:], headers + [("Content-Range", "bytes %d-%d/%d" % (begin, len(body) - 1, len(body)))])
        else:
            self.answer(200, body, headers)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *arguments):
        pass


server = Server(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
proxy.daemon_threads = True
threading.Thread(target=proxy.serve_forever, daemon=True).start()
with open(os.path.join(folder, "proxy"), "w") as out:
    out.write("%d\n" % proxy.server_port)
with open(os.path.join(folder, "port.new"), "w") as out:
    out.write("%d\n" % server.server_port)
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
server.serve_forever()

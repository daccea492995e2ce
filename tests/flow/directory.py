# SPDX-License-Identifier: Apache-2.0
# A web server with TLS on loopback, and in front of it a proxy that leads every name to it: directory.py FOLDER CERTIFICATE
# KEY. Prints the proxy's port; writes what was asked for, a line each, into FOLDER/asked.
import http.server
import os
import select
import socket
import ssl
import sys
import threading

folder, certificate, key = sys.argv[1:4]


class Pages(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments):
        super().__init__(*arguments, directory=folder)

    def log_message(self, *arguments):
        with open(os.path.join(folder, "asked"), "a") as out:
            out.write("https://%s%s\n" % (self.headers["Host"], self.path))


class Quiet(http.server.ThreadingHTTPServer):
    def handle_error(self, *arguments):
        pass


web = Quiet(("127.0.0.1", 0), Pages)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
web.socket = context.wrap_socket(web.socket, server_side=True)
threading.Thread(target=web.serve_forever, daemon=True).start()


def carry(client):
    head = b""
    while b"\r\n\r\n" not in head:
        got = client.recv(4096)
        if not got:
            return
        head += got
    server = socket.create_connection(web.server_address)
    client.sendall(b"HTTP/1.1 200 here you are\r\n\r\n")
    pair = {client: server, server: client}
    while True:
        for one in select.select(list(pair), [], [])[0]:
            got = one.recv(65536)
            if not got:
                client.close()
                server.close()
                return
            pair[one].sendall(got)


proxy = socket.create_server(("127.0.0.1", 0))
print(proxy.getsockname()[1], flush=True)
while True:
    threading.Thread(target=carry, args=(proxy.accept()[0],), daemon=True).start()

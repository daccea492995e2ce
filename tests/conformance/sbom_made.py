# SPDX-License-Identifier: Apache-2.0
"""Bills of materials made in many forms from one list, and broken ones: what is read of each, and in how much memory.

sbom_made.py PSIRTTY [CORPORA]
"""
import base64, bz2, concurrent.futures, gzip, json, lzma, os, shutil, subprocess, sys, tempfile, zlib
from xml.sax.saxutils import escape

from tap import check, done

psirtty = sys.argv[1]
corpora = sys.argv[2] if len(sys.argv) > 2 else ""
work = tempfile.mkdtemp(prefix="sm.")
MEMORY = 128 << 10

# name, version or None, purl or None; the second's parent is the first, and so on
PARTS = [("left-pad", "1.3.0", "pkg:npm/left-pad@1.3.0"), ("log4j-core", "2.17.1", "pkg:maven/org.apache.logging.log4j/log4j-core@2.17.1"),
         ("中文组件", "1.0", None), ("no-version", None, "pkg:pypi/no-version"), ("a <b> & \"c\"", "0:1.2-3~rc1", "pkg:deb/debian/abc@0:1.2-3~rc1?arch=amd64"),
         ("last", "v1.2.3+incompatible", "pkg:golang/example.org/last@v1.2.3%2Bincompatible")]
DEPENDS = [(0, 1), (0, 2), (1, 3), (3, 4)]
made = []


def add(name, body, form, parts=PARTS, depends=len(DEPENDS)):
    """FORM None: it must be refused with a sentence."""
    path = os.path.join(work, f"{len(made):03}")
    with open(path, "wb") as file:
        file.write(body if isinstance(body, bytes) else body.encode())
    made.append((name, path, form, parts, depends))


# ---- CycloneDX


def cdx_part(i, part):
    name, version, purl = part
    made_part = {"type": "library", "bom-ref": f"r{i}", "name": name, "version": version, "purl": purl}
    return {k: v for k, v in made_part.items() if v is not None}


def cdx(spec, parts=None, **more):
    body = {"bomFormat": "CycloneDX", "specVersion": spec, "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", "version": 1,
            "metadata": {"component": {"type": "application", "bom-ref": "app", "name": "app"}},
            "components": [cdx_part(i, p) for i, p in enumerate(PARTS)] if parts is None else parts,
            "dependencies": [{"ref": f"r{a}", "dependsOn": [f"r{b}" for x, b in DEPENDS if x == a]} for a in sorted({a for a, b in DEPENDS})]}
    body.update(more)
    return body


def nested(depth):
    inner = None
    for i in range(depth, 0, -1):
        inner = dict(cdx_part(i, (f"n{i}", str(i), None)), **({"components": [inner]} if inner else {}))
    return [inner]


def make_cdx():
    for spec in ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7"):
        add(f"CycloneDX {spec}", json.dumps(cdx(spec), indent=2), "cyclonedx-json")
    plain = cdx("1.6")
    small = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
    add("in one line", small, "cyclonedx-json")
    add("with a byte order mark", small.encode("utf-8-sig"), "cyclonedx-json")
    for charset in ("utf-16", "utf-16-le", "utf-16-be"):
        add(f"in {charset}", small.encode(charset), "cyclonedx-json")
    add("members the other way round", json.dumps(dict(reversed(list(plain.items())))), "cyclonedx-json")
    add("lines that end with CR LF and blanks around", ("\r\n\t " + json.dumps(plain, indent=1).replace("\n", "\r\n") + "\r\n\r\n"), "cyclonedx-json")
    add("nested 40 deep", json.dumps(cdx("1.5", nested(40), dependencies=[])), "cyclonedx-json",
        [(f"n{i}", str(i), None) for i in range(1, 41)], 0)
    add("parts of the product itself, of tools, formulas and annotators", json.dumps(cdx("1.6", metadata={
        "component": {"type": "application", "name": "app", "components": [cdx_part(9, ("inside", "1", None))]},
        "tools": {"components": [{"type": "application", "name": "scanner", "version": "9"}]},
        "lifecycles": [{"phase": "build"}]}, formulation=[{"bom-ref": "f", "components": [{"type": "library", "name": "recipe"}]}],
        annotations=[{"annotator": {"component": {"type": "application", "name": "noter"}}, "text": "t"}],
        services=[{"name": "a service"}])), "cyclonedx-json", PARTS + [("inside", "1", None)])
    add("one reference twice", json.dumps(cdx("1.4", [cdx_part(0, p) for p in PARTS], dependencies=[])), "cyclonedx-json", PARTS, 0)
    add("what 1.7 has, and what no version has yet", json.dumps(cdx("1.7", citations=[{"timestamp": "2026-01-01T00:00:00Z", "pointers": ["/components/0"]}],
        definitions={"patents": [{"bom-ref": "p", "patentNumber": "US1"}]}, later={"components": [{"name": "not one"}]})), "cyclonedx-json")
    add("components that are null", json.dumps(cdx("1.5", [], dependencies=[])), "cyclonedx-json", [], 0)
    add("with nothing else", '{"bomFormat":"CycloneDX","specVersion":"1.5"}', "cyclonedx-json", [], 0)


def xml_part(i, part, prefix, inner=""):
    p, (name, version, purl) = prefix, part
    text = f"<{p}name>{escape(name)}</{p}name>"
    if version:
        text += f"<{p}version><![CDATA[{version}]]></{p}version>"
    if purl:
        text += f"<{p}purl>{escape(purl)}</{p}purl>"
    return f'<{p}component type="library" bom-ref="r{i}"><!-- <name>no</name> -->\n{text}{inner}</{p}component>'


def cdx_xml(spec, prefix="", inner="", head="", more=""):
    p = prefix and prefix + ":"
    name = "xmlns:" + prefix if prefix else "xmlns"
    parts = "".join(xml_part(i, part, p, inner if i == 0 else "") for i, part in enumerate(PARTS))
    depends = "".join(f'<{p}dependency ref="r{a}">' + "".join(f'<{p}dependency ref="r{b}"/>' for x, b in DEPENDS if x == a) +
                      f"</{p}dependency>" for a in sorted({a for a, b in DEPENDS}))
    return (f'{head}<{p}bom {name}="http://cyclonedx.org/schema/bom/{spec}" version="1">{more}<{p}components>{parts}</{p}components>'
            f"<{p}dependencies>{depends}</{p}dependencies></{p}bom>")


def make_cdx_xml():
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    for spec in ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7"):
        add(f"CycloneDX {spec} in XML", cdx_xml(spec, head=head), "cyclonedx-xml")
    add("XML with a prefix", cdx_xml("1.5", prefix="b", head=head), "cyclonedx-xml")
    add("XML in UTF-16", cdx_xml("1.5", head='<?xml version="1.0" encoding="UTF-16"?>\n').encode("utf-16"), "cyclonedx-xml")
    add("XML with a byte order mark", cdx_xml("1.5", head=head).encode("utf-8-sig"), "cyclonedx-xml")
    add("XML in GB18030", cdx_xml("1.5", head='<?xml version="1.0" encoding="GB18030"?>\n').encode("gb18030"), "cyclonedx-xml")
    add("XML, a component in a component", cdx_xml("1.5", inner="<components>" + xml_part(9, ("inside", "1", None), "") + "</components>"),
        "cyclonedx-xml", PARTS + [("inside", "1", None)])
    add("XML, forefathers and tools", cdx_xml("1.5", inner="<pedigree><ancestors><component><name>old</name></component></ancestors></pedigree>",
        more="<metadata><tools><components><component><name>scanner</name></component></components></tools></metadata>"), "cyclonedx-xml")


# ---- SPDX


def spdx(version, category="PACKAGE-MANAGER", relationships=None, **more):
    packages = []
    for i, (name, ver, purl) in enumerate(PARTS):
        package = {"SPDXID": f"SPDXRef-{i}", "name": name, "downloadLocation": "NOASSERTION", "licenseConcluded": "NOASSERTION"}
        if ver:
            package["versionInfo"] = ver
        if purl:
            package["externalRefs"] = [{"referenceCategory": category, "referenceType": "purl", "referenceLocator": purl},
                                       {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*"}]
        packages.append(package)
    if relationships is None:
        relationships = [("SPDXRef-%d" % a, "DEPENDS_ON", "SPDXRef-%d" % b) for a, b in DEPENDS]
    body = {"spdxVersion": version, "SPDXID": "SPDXRef-DOCUMENT", "name": "doc", "dataLicense": "CC0-1.0",
            "documentNamespace": "https://example.org/x", "creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": ["Tool: t"]},
            "packages": packages, "files": [{"SPDXID": "SPDXRef-f", "fileName": "./a"}],
            "relationships": [{"spdxElementId": a, "relationshipType": t, "relatedSpdxElement": b} for a, t, b in relationships]}
    body.update(more)
    return body


def tag_value(version, newline="\n", note=""):
    lines = [f"SPDXVersion: {version}", "DataLicense: CC0-1.0", "SPDXID: SPDXRef-DOCUMENT", "## a remark", "DocumentName: doc", ""]
    for i, (name, ver, purl) in enumerate(PARTS):
        lines += [f"PackageName: {name}", f"SPDXID: SPDXRef-{i}"] + ([f"PackageVersion: {ver}"] if ver else []) + [
            f"PackageComment: <text>{note}</text>", "PackageDownloadLocation: NOASSERTION"]
        lines += [f"ExternalRef: PACKAGE-MANAGER purl {purl}"] if purl else []
        lines += ["", "FileName: ./f%d" % i, "SPDXID: SPDXRef-f%d" % i, "FileChecksum: SHA1: da39a3ee5e6b4b0d3255bfef95601890afd80709", ""]
    lines += ["Relationship: SPDXRef-%d DEPENDS_ON SPDXRef-%d" % pair for pair in DEPENDS]
    return newline.join(lines) + newline


def spdx3(wrapped=True):
    graph = [{"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1"},
             {"type": "SpdxDocument", "spdxId": "https://example.org/doc", "rootElement": ["https://example.org/0"]}]
    for i, (name, ver, purl) in enumerate(PARTS):
        graph.append({k: v for k, v in {"type": "software_Package", "spdxId": f"https://example.org/{i}", "creationInfo": "_:c", "name": name,
                                        "software_packageVersion": ver, "software_packageUrl": purl}.items() if v})
    graph += [{"type": "Relationship", "spdxId": f"https://example.org/r{a}{b}", "relationshipType": "dependsOn",
               "from": f"https://example.org/{a}", "to": [f"https://example.org/{b}"]} for a, b in DEPENDS]
    return json.dumps({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": graph})


def make_spdx():
    for version, category in (("SPDX-2.2", "PACKAGE_MANAGER"), ("SPDX-2.3", "PACKAGE-MANAGER"), ("SPDX-2.3", "PACKAGE_MANAGER")):
        add(f"{version}, {category}", json.dumps(spdx(version, category), indent=1), "spdx-json")
    around = [("SPDXRef-%d" % b, "DEPENDENCY_OF", "SPDXRef-%d" % a) for a, b in DEPENDS]
    add("SPDX, dependencies the other way round", json.dumps(spdx("SPDX-2.3", relationships=around)), "spdx-json")
    several = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-0"), ("SPDXRef-0", "CONTAINS", "SPDXRef-1"), ("SPDXRef-1", "BUILD_TOOL_OF", "SPDXRef-2"),
               ("SPDXRef-3", "RUNTIME_DEPENDENCY_OF", "SPDXRef-0"), ("SPDXRef-0", "CONTAINS", "SPDXRef-f"), ("SPDXRef-2", "OTHER", "SPDXRef-3")]
    add("SPDX, relationships of every sort", json.dumps(spdx("SPDX-2.3", relationships=several)), "spdx-json", PARTS, None)
    add("SPDX without packages", json.dumps(spdx("SPDX-2.3", relationships=[], packages=[])), "spdx-json", [], 0)
    tricky = "first\nPackageName: not one\nPackageVersion: 6\n  <b>"
    for version in ("SPDX-2.2", "SPDX-2.3"):
        add(f"{version}, tag and value", tag_value(version), "spdx-tag-value")
    add("tags, a text of several lines that look like tags", tag_value("SPDX-2.3", note=tricky), "spdx-tag-value")
    add("tags, CR LF", tag_value("SPDX-2.3", newline="\r\n", note=tricky.replace("\n", "\r\n")), "spdx-tag-value")
    add("tags with a byte order mark", tag_value("SPDX-2.3").encode("utf-8-sig"), "spdx-tag-value")
    add("SPDX 3.0", spdx3(), "spdx-3-json", PARTS, None)


# ---- DSDX

LANGUAGES = {"maven": "Java", "npm": "JavaScript", "pypi": "Python", "golang": "Golang", "composer": "Php", "gem": "Ruby", "cargo": "Rust"}
DSDX = [("org.example", "core", "1.0", "Java", "pkg:maven/org.example/core@1.0"), ("", "pad", "2.0", "JavaScript", "pkg:npm/pad@2.0"),
        ("", "lib.x", "3", "Python", "pkg:pypi/lib.x@3"), ("vendor", "pack", "4", "Php", "pkg:composer/vendor/pack@4"),
        ("", "bone", "5", "Ruby", "pkg:gem/bone@5"), ("", "crab", "6", "Rust", "pkg:cargo/crab@6"), ("", "libc", "7", "C", None)]


def make_dsdx():
    parts = [(name, version, purl) for group, name, version, language, purl in DSDX]
    rows = [{"id": f"i{i}", "group": g, "name": n, "version": v, "language": l, "license": ["MIT"]} for i, (g, n, v, l, p) in enumerate(DSDX)]
    body = {"name": "产品", "creator": "t", "dsdx_version": "DSDX-1.0", "create_time": "2026-11-21 02:00:00", "dsdx_id": "x", "project_name": "产品",
            "components": rows, "dependencies": {"i0": ["i1", "i2"], "i2": ["i3"]}}
    add("DSDX", json.dumps(body, ensure_ascii=False), "dsdx-json", parts, 3)
    lines = ["Name: 产品", "DSDXVersion: DSDX-1.0", "DSDXID: x", "Creator: t", "CreateTime: 2026-11-21 02:00:00", "ProjectName: 产品", ""]
    for row in rows:
        lines += [f"ComponentName: {row['name']}", f"ComponentGroup: {row['group']}", f"ComponentVersion: {row['version']}",
                  f"ComponentID: {row['id']}", f"ComponentLanguage: {row['language']}", 'ComponentLicense: ["MIT"]', ""]
    lines.append("Dependencies: " + json.dumps(body["dependencies"]))
    add("DSDX, tag and value", "\n".join(lines) + "\n", "dsdx-tag-value", parts, 3)
    text = "".join(f"<components><id>{r['id']}</id><group>{r['group']}</group><name>{r['name']}</name><version>{r['version']}</version>"
                   f"<language>{r['language']}</language><license>MIT</license></components>" for r in rows)
    add("DSDX in XML", f'<?xml version="1.0" encoding="UTF-8"?>\n<DsdxDocument><name>产品</name><creator>t</creator><dsdx_version>DSDX-1.0</dsdx_version>'
        f"<dsdx_id>x</dsdx_id><project_name>产品</project_name>{text}</DsdxDocument>", "dsdx-xml", parts, 0)
    add("DSDX in XML, components in one element", "<DSDX><dsdx_version>DSDX-1.0</dsdx_version><components>" + text.replace("components>", "component>") +
        "</components></DSDX>", "dsdx-xml", parts, 0)


# ---- wrapped and packed


def make_wrapped():
    inner = cdx("1.5")
    statement = {"_type": "https://in-toto.io/Statement/v1", "subject": [], "predicateType": "https://cyclonedx.org/bom", "predicate": inner}
    envelope = {"payloadType": "application/vnd.in-toto+json", "payload": base64.b64encode(json.dumps(statement).encode()).decode(),
                "signatures": [{"sig": "AA=="}]}
    add("in-toto", json.dumps(statement), "cyclonedx-json")
    add("DSSE", json.dumps(envelope), "cyclonedx-json")
    add("in-toto, the document as a text", json.dumps(dict(statement, predicate={"Data": json.dumps(inner)})), "cyclonedx-json")
    add("GitHub's", json.dumps({"sbom": spdx("SPDX-2.3")}), "spdx-json")
    body = json.dumps(inner).encode()
    zstd = shutil.which("zstd") and subprocess.run(["zstd", "-qc"], input=body, capture_output=True).stdout
    for name, packed in (("gzip", gzip.compress(body)), ("xz", lzma.compress(body)), ("bzip2", bz2.compress(body)), ("zstd", zstd),
                         ("gzip four times", gzip.compress(gzip.compress(gzip.compress(gzip.compress(body))))), ("gzip, two members", gzip.compress(body[:99]) + gzip.compress(body[99:])),
                         ("nothing at all, with a page's foot behind it", body + b"\n</body></html>\n")):
        if packed:
            add(f"in {name}", packed, "cyclonedx-json")
    add("DSSE in gzip", gzip.compress(json.dumps(envelope).encode()), "cyclonedx-json")
    add("tags in xz", lzma.compress(tag_value("SPDX-2.2").encode()), "spdx-tag-value")


# ---- broken


def gzip_much(head, piece, count):
    """Without ever holding it: what this process holds is counted as the program's too, for it begins as a copy."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(head) + b"".join(packer.compress(piece) for _ in range(count)) + packer.flush()


def make_broken():
    body = json.dumps(cdx("1.5")).encode()
    for name, text in (
            ("cut off", body[:-40]), ("nothing", b""), ("a page for people", b"<!DOCTYPE html><html><body>404</body></html>"),
            ("a comma too many", body.replace(b"}]}", b"},]}", 1)),
            ("nested 100000 deep", b'{"bomFormat":"CycloneDX","components":' + b'[{"components":' * 50000),
            ("arrays without end", b"[" * 2000000), ("entities of entities", b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + b"".join(
                b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10 if i > 1 else b"&a;" * 10) for i in range(1, 12)) +
             b']><bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components><component><name>&a11;</name></component></components></bom>'),
            ("an entity of a file", b'<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]><bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components>'
             b"<component><name>&x;</name></component></components></bom>"),
            ("gzip that is cut off", gzip.compress(body)[:-20]), ("gzip of 200 MB of blanks", gzip_much(b'{"bomFormat":"CycloneDX"', b" " * (1 << 20), 200)),
            ("gzip of ten million components", gzip_much(b'{"bomFormat":"CycloneDX","components":[', b'{"name":"a"},' * 100000, 100)),
            ("gzip of four million elements", gzip_much(b'<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components>',
                                                         b"<component><name>a</name></component>" * 40000, 100)),
            ("a name of 8 MB that never ends", b'{"bomFormat":"CycloneDX","components":[{"name":"' + b"x" * (8 << 20)),
            ("XML without an end", cdx_xml("1.5").encode()[:-20]), ("random bytes", bytes(range(256)) * 4000), ("zeros", bytes(1 << 20)),
            ("invalid UTF-8", body.replace(b"left-pad", b"left\xff\xfepad")), ("half a pair", body.replace(b"left-pad", b"\\ud800")),
            ("XML, a million open elements", b'<bom xmlns="http://cyclonedx.org/schema/bom/1.5">' + b"<components><component>" * 500000)):
        add(name, text, None, None, None)
    folder = os.path.join(corpora, "sbom", "malformed-made")
    for name in sorted(os.listdir(folder)) if corpora and os.path.isdir(folder) else []:
        made.append(("the collection's " + name, os.path.join(folder, name), "any", None, None))


# ---- reading


def read(path):
    run = subprocess.Popen([psirtty, "--json", "sbom", "read", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    out, said = run.stdout.read(), run.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(run.pid, 0)
    return os.waitstatus_to_exitcode(status), out, said, usage.ru_maxrss


def right(form, parts, depends, code, out):
    if code:
        return False
    got = json.loads(out)
    names = [(c["name"], c["version"], c["purl"]) for c in got["components"]]
    return (got["format"] == form and sorted(names, key=str) == sorted(parts, key=str) and
            (depends is None or len(got["dependencies"]) == depends))


for make in (make_cdx, make_cdx_xml, make_spdx, make_dsdx, make_wrapped, make_broken):
    make()
try:
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda row: read(row[1]), made))
    most = 0
    for (name, path, form, parts, depends), (code, out, said, memory) in zip(made, answers):
        most = max(most, memory)
        sentence = code == 3 and said.startswith("psirtty: ") and said.count("\n") == 1
        good = sentence if form is None else sentence or code == 0 if form == "any" else right(form, parts, depends, code, out)
        check(good and memory <= MEMORY, name, f"{code}, {memory >> 10} MB, {said.strip() or out[-500:]}")
    print(f"# the largest process had {most >> 10} MB")
finally:
    shutil.rmtree(work)
done()

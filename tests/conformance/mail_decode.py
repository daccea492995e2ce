# SPDX-License-Identifier: Apache-2.0
"""Every encoded word, parameter and body of the collected mail, decoded three ways: by psirtty and GMime (the helper
that is the first argument) and by Python's email package. Where they differ a rule of the table below must say why;
a difference that no rule explains is a failure, and so is a rule that explains none."""
import base64
import binascii
import email
import email.header
import email.utils
import os
import quopri
import random
import re
import subprocess
import sys
import unicodedata

HELPER, CORPORA = sys.argv[1], sys.argv[2]


def text(raw):
    return raw.decode("utf-8", "replace")


# ---- what Python makes of it

def python_words(raw):
    try:
        parts = email.header.decode_header(raw.decode("ascii", "surrogateescape"))
        out = []
        for part, charset in parts:
            if isinstance(part, str):
                part = part.encode("ascii", "surrogateescape")
            out.append(part.decode(charset or "utf-8", "replace"))
        return "".join(out)
    except (LookupError, ValueError, email.errors.HeaderParseError, binascii.Error):
        return None


def python_parameter(name, raw):
    message = email.message.Message()
    message["Content-Disposition"] = raw.decode("ascii", "surrogateescape").replace("\n", " ").replace("\r", " ")
    try:
        value = message.get_param(name, None, "content-disposition")
        if value is None:
            return None
        return email.utils.collapse_rfc2231_value(value)
    except (LookupError, ValueError):
        return None


def python_base64(raw):
    message = email.message.Message()
    message["Content-Transfer-Encoding"] = "base64"
    message.set_payload(raw.decode("ascii", "surrogateescape"))
    return message.get_payload(decode=True)


def python_quoted(raw):
    message = email.message.Message()
    message["Content-Transfer-Encoding"] = "quoted-printable"
    message.set_payload(raw.decode("ascii", "surrogateescape"))
    return message.get_payload(decode=True)


# ---- atoms: (kind, name, raw bytes)

def split_messages(raw):
    if raw.startswith(b"From "):
        for part in re.split(rb"(?:\A|\n\n)From [^\n]*\n", raw):
            if part.strip():
                yield part
    else:
        yield raw


def header_atoms(part):
    for name, value in part.raw_items():
        raw = str(value).encode("ascii", "surrogateescape")
        if b"=?" in raw:
            yield "W", "", raw
        if name.lower() in ("content-type", "content-disposition"):
            for parameter in sorted(set(re.findall(r"[;\s]([A-Za-z][A-Za-z0-9_-]*)\*?[0-9]*\*?\s*=", str(value)))):
                yield "P", parameter.lower(), raw


def atoms_of(raw):
    for message in split_messages(raw):
        for part in email.message_from_bytes(message).walk():
            yield from header_atoms(part)
            encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
            payload = part._payload  # with the bytes as they are
            if encoding in ("base64", "quoted-printable") and isinstance(payload, str):
                yield "B" if encoding == "base64" else "Q", "", payload.encode("ascii", "surrogateescape")


def all_atoms():
    atoms = []
    for folder in ("mail", "mail-hostile"):
        rows = open(f"{CORPORA}/{folder}/index.tsv", encoding="utf-8").read().splitlines()[1:]
        for row in rows:
            path = f"{CORPORA}/{folder}/" + row.split("\t")[0]
            if os.path.getsize(path) < 2000000:
                atoms.extend(atoms_of(open(path, "rb").read()))
    return sorted(set(atoms))


# ---- why they may differ: name, who differs from us, when

def plain(value):
    """Without what is only layout: folding, runs of blanks, blanks at the ends."""
    return re.sub(r"\s+", " ", value).strip() if value is not None else None


def marked(value):
    """With every character that stands for something broken, or that may not stand in a header, alike."""
    if value is None:
        return None
    value = "".join("?" if c == "\ufffd" or unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n\r " else c
                    for c in value)
    return re.sub(r"\?+", "?", value)


RULES = []


def rule(name, who, kinds):
    def add(function):
        RULES.append([name, who, kinds, function, 0])
        return function
    return add


@rule("blanks and folds are joined to one blank by each in its own way (RFC 5322 2.2.3)", "GP", "WP")
def layout(atom, ours, theirs):
    return theirs is not None and ours is not None and plain(ours) == plain(theirs)


@rule("what is broken or a control character is U+FFFD here, something else there", "GP", "WP")
def broken(atom, ours, theirs):
    return theirs is not None and ours is not None and marked(plain(ours)) == marked(plain(theirs))


@rule("blanks between an encoded word and what stands beside it: Python drops or keeps them", "P", "WP")
def glued(atom, ours, theirs):
    return theirs is not None and ours is not None and \
        marked(re.sub(r"\s+", "", ours)) == marked(re.sub(r"\s+", "", theirs))


@rule("a line end that was encoded is none here: no header grows out of a subject", "GP", "W")
def no_line_end(atom, ours, theirs):
    return theirs is not None and ours == re.sub(r"[\r\n]", "\ufffd", theirs)


@rule("GMime loses the text behind the padding of an encoded word (its issue 133)", "G", "W")
def lost_behind_padding(atom, ours, theirs):
    return re.search(rb"=\?=\s+=\?", atom[2]) and ours.startswith(theirs)


@rule("a character parted between two encoded words of one charset is joined here; GMime decodes each alone", "G", "W")
def parted(atom, ours, theirs):
    return len(re.findall(rb"=\?[^?]+\?[BbQq]\?", atom[2])) > 1 and "?" in theirs and "\ufffd" not in ours


@rule("GMime and Python stop at the first padding of base64; a reader that goes on sees more (GMime's issue 150)", "GP", "B")
def stops_at_padding(atom, ours, theirs):
    return re.search(rb"=\s*[A-Za-z0-9+/]", atom[2]) and ours.startswith(theirs)


@rule("the whole bytes of a last base64 group without padding are kept here", "G", "B")
def last_group(atom, ours, theirs):
    digits = len(re.sub(rb"[^A-Za-z0-9+/]", b"", atom[2]))
    return digits % 4 and ours.startswith(theirs) and len(ours) - len(theirs) <= 2


@rule("blanks before a line end were added on the way (RFC 2045 6.7 rule 3)", "GP", "Q")
def trailing(atom, ours, theirs):
    return ours == re.sub(rb"[ \t]+(?=\r?\n|\Z)", b"", theirs)


@rule("GMime's names end at a zero byte", "G", "P")
def zero(atom, ours, theirs):
    return b"%00" in atom[2] and None not in (ours, theirs) and ours.startswith(theirs + "\ufffd")


@rule("encoded words in a parameter, which no standard allows and many senders write, Python leaves", "P", "P")
def words_in_parameter(atom, ours, theirs):
    return theirs is not None and "=?" in theirs and "?=" in theirs


@rule("continuations end at the first gap (RFC 2231 3); the others join what is left", "GP", "P")
def gap(atom, ours, theirs):
    return re.search(rb"\*0\*?=", atom[2]) and None not in (ours, theirs) and theirs.startswith(ours)


@rule("bytes that are UTF-8 without saying so are read as such; Python replaces them", "P", "WP")
def bare_utf8(atom, ours, theirs):
    return re.search(rb"[\x80-\xff]", atom[2]) and None not in (ours, theirs) and "\ufffd" in theirs and "\ufffd" not in ours


# ---- made here: what comes out must be what went in

TEXTS = {"utf-8": ["\u7f51\u5173\u6f0f\u6d1e", "h\u00e9llo w\u00f6rld", "a_b=c?d"], "gb18030": ["\u7f51\u5173", "\U00020000\u4e02"],
         "gb2312": ["\u7f51\u5173"], "big5": ["\u7db2\u95dc"], "iso-2022-jp": ["\u30b2\u30fc\u30c8"], "shift_jis": ["\u30b2\u30fc\u30c8"],
         "euc-jp": ["\u30b2\u30fc\u30c8"], "euc-kr": ["\ud55c\uad6d\uc5b4"], "koi8-r": ["\u0428\u043b\u044e\u0437"],
         "windows-1251": ["\u0428\u043b\u044e\u0437"], "iso-8859-1": ["h\u00e9llo"]}


def encoded_word(dice, charset, raw):
    if dice.random() < .5:
        return f"=?{charset}?B?{base64.b64encode(raw).decode()}?="
    return f"=?{charset}?q?" + "".join(chr(b) if b < 128 and chr(b).isalnum() else "_" if b == 32 else f"={b:02X}" for b in raw) + "?="


def made_header(dice):
    """Words of any charset, many cut in the middle of a character or of an escape sequence, between plain ones."""
    blank, raw, value, before = dice.choice([" ", "\n ", "\r\n\t"]), [], "", None
    for _ in range(dice.randint(1, 5)):
        plain_word = dice.random() < .3
        charset = dice.choice(list(TEXTS))
        words = dice.choice(["Re:", "[x]", "abc"]) if plain_word else dice.choice(TEXTS[charset])
        value += " " * (before is not None and (plain_word or before)) + words
        if plain_word:
            raw.append(words)
        else:
            octets = words.encode(charset)
            cut = dice.randint(1, len(octets) - 1) if dice.random() < .5 else len(octets)
            raw += [encoded_word(dice, charset, part) for part in (octets[:cut], octets[cut:]) if part]
        before = plain_word
    return "W", "", blank.join(raw).encode(), value.encode()


def made_parameter(dice):
    charset = dice.choice(["utf-8", "gb18030", "iso-8859-1"])
    value = dice.choice(TEXTS[charset])
    octets = value.encode(charset)
    cuts = [0] + sorted(dice.randint(0, len(octets)) for _ in range(dice.randint(0, 3))) + [len(octets)]
    pieces = ["".join(f"%{b:02X}" for b in octets[a:z]) for a, z in zip(cuts, cuts[1:])]
    one = len(pieces) == 1
    fields = [f"filename*{'' if one else f'{i}*'}={charset + chr(39) * 2 if i == 0 else ''}{piece}" for i, piece in enumerate(pieces)]
    dice.shuffle(fields)
    return "P", "filename", ("attachment;\r\n " + ";\r\n\t".join(fields) + dice.choice(["", '; x="y;filename=bad"'])).encode(), value.encode()


def made_body(dice):
    if dice.random() < .5:
        raw = dice.randbytes(dice.randint(0, 200))
        return "B", "", base64.encodebytes(raw).replace(b"\n", dice.choice([b"\n", b"\r\n", b" \r\n"])), raw
    raw = (dice.choice(TEXTS["utf-8"]) * dice.randint(1, 30) + "\n tail ").encode()
    return "Q", "", quopri.encodestring(raw, quotetabs=True).replace(b"=\n", b"=" + dice.choice([b"", b" ", b"\t "]) + b"\n"), raw


def wrong_of_made(count):
    dice = random.Random(count)
    made = [make(dice) for make in (made_header, made_parameter, made_body) for _ in range(count)]
    answers = ask_helper([row[:3] for row in made])
    return [(row, ours) for row, (ours, _) in zip(made, answers) if (ours or b"") != row[3]]


# ---- the comparison

def ask_helper(atoms):
    lines = "".join(f"{kind} {name + ' ' if name else ''}{raw.hex()}\n" for kind, name, raw in atoms)
    answer = subprocess.run([HELPER], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    return [[None if word == "-" else bytes.fromhex(word) for word in line.split(" ")] for line in answer]


def python_answer(kind, name, raw):
    if kind == "W":
        return python_words(raw)
    if kind == "P":
        return python_parameter(name, raw)
    return (python_base64 if kind == "B" else python_quoted)(raw)


def explained(who, atom, ours, theirs):
    for entry in RULES:
        if who in entry[1] and atom[0] in entry[2] and entry[3](atom, ours, theirs):
            entry[4] += 1
            return True
    return False


def main():
    atoms = all_atoms()
    counts = {}
    strange = []
    for atom, (ours, gmime) in zip(atoms, ask_helper(atoms)):
        kind, name, raw = atom
        if kind in "WP":
            ours, gmime = (None if v is None else text(v) for v in (ours, gmime))
        for who, theirs in (("G", gmime), ("P", python_answer(kind, name, raw))):
            key = (kind, who)
            same = ours == theirs
            tally = counts.setdefault(key, [0, 0])
            tally[0] += 1
            tally[1] += not same
            if not same and not explained(who, atom, ours, theirs):
                strange.append((who, atom, ours, theirs))
    number = 0
    for (kind, who), (total, different) in sorted(counts.items()):
        number += 1
        what = {"W": "texts of headers", "P": "parameters", "B": "base64 bodies", "Q": "quoted-printable bodies"}[kind]
        print(f"ok {number} - {total} {what} beside {'GMime' if who == 'G' else 'Python'}: {different} differ")
    for name, who, kinds, _, hits in RULES:
        number += 1
        print(f"{'ok' if hits else 'not ok'} {number} - {hits} times: {name}")
    wrong = wrong_of_made(2000)
    number += 1
    print(f"{'not ok' if wrong else 'ok'} {number} - 6000 texts, parameters and bodies made here are what they were made of ({len(wrong)} are not)")
    for row, ours in wrong[:5]:
        print(f"# {row[2][:300]!r}\n#   ours   {ours!r}\n#   made of {row[3]!r}")
    number += 1
    print(f"{'not ok' if strange else 'ok'} {number} - every difference has a reason ({len(strange)} have none)")
    for who, (kind, name, raw), ours, theirs in strange[:int(os.environ.get("SHOWN", "20"))]:
        print(f"# {kind} {name} {who}: {raw[:300]!r}\n#   ours   {ours if ours is None else ours[:200]!r}\n#   theirs {theirs if theirs is None else theirs[:200]!r}")
    print(f"1..{number}")
    return 1 if strange or wrong or not all(entry[4] for entry in RULES) else 0


if __name__ == "__main__":
    sys.exit(main())

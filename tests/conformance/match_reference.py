# SPDX-License-Identifier: Apache-2.0
"""A plain second opinion on matching: every record held against every component, one by one.

match_reference.py make CORPORA BILL        writes a bill of materials of packages the feeds know
match_reference.py check CORPORA BILL LIST  compares LIST (match list --all --json) with its own answers

Only the order of two versions is asked of the program ($PSIRTTY compare -): that has tests of its own.
"""
import glob
import gzip
import json
import os
import re
import subprocess
import sys
import zipfile

ECOSYSTEMS = {'PyPI': 'pypi', 'crates.io': 'cargo', 'CRAN': 'cran', 'Hackage': 'hackage'}
STEP, PACKAGES, NAMES = 37, 60, 60


def osv_records(corpora):
    for path in sorted(glob.glob(corpora + '/feeds/packaged/osv/*/all.zip')):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                yield json.loads(archive.read(name))


def nvd_records(corpora):
    for path in sorted(glob.glob(corpora + '/feeds/nvd-2.0-pages/*')):
        opener = gzip.open if path.endswith('.gz') else open
        if '.json' in path:
            with opener(path, 'rt', encoding='utf-8') as file:
                for item in json.load(file)['vulnerabilities']:
                    yield item['cve']


def fold(kind, name):
    if kind == 'pypi':
        return re.sub(r'[-_.]+', '-', name).lower()
    return name.lower().replace('_', '-') if kind == 'cargo' else name


def packages(record):
    for affected in record.get('affected', []):
        kind = ECOSYSTEMS.get(affected.get('package', {}).get('ecosystem', ''))
        if kind:
            yield kind, fold(kind, affected['package']['name']), affected


def criteria(cve):
    for number, configuration in enumerate(cve.get('configurations', [])):
        for node in configuration.get('nodes', []):
            for match in node.get('cpeMatch', []):
                yield number, configuration.get('operator') == 'AND', match


# ---- the bill


def versions_of(affected):
    """A few versions to try: named ones, and the ends of ranges."""
    names = [e[k] for r in affected.get('ranges', []) if r['type'] != 'GIT' for e in r['events'] for k in e]
    names += affected.get('versions', [])[::50]
    return [n for n in names if n != '0'][:3]


def make(corpora, path):
    components, seen = [], set()
    for count, record in enumerate(osv_records(corpora)):
        for kind, name, affected in packages(record):
            if count % STEP == 0 and not record.get('withdrawn') and len(components) < PACKAGES:
                for version in versions_of(affected):
                    purl = 'pkg:%s/%s@%s' % (kind, affected['package']['name'], version)
                    if purl not in seen and re.fullmatch(r'[A-Za-z0-9.@/:_-]+', purl):
                        seen.add(purl)
                        components.append({'type': 'library', 'name': name, 'version': version, 'purl': purl, 'bom-ref': purl})
    for count, cve in enumerate(nvd_records(corpora)):
        for number, group, match in criteria(cve):
            if count % STEP == 0 and len(components) < PACKAGES + NAMES:
                parts = match['criteria'].split(':')
                bound = match.get('versionEndExcluding') or match.get('versionEndIncluding') or parts[5]
                if len(parts) == 13 and re.fullmatch(r'[0-9][0-9.]*', bound):
                    name = 'cpe:2.3:%s:%s:%s:%s:*:*:*:*:*:*:*' % (parts[2], parts[3], parts[4], bound)
                    if name not in seen:
                        seen.add(name)
                        components.append({'type': 'application', 'name': parts[4], 'version': bound, 'cpe': name, 'bom-ref': name})
    with open(path, 'w') as file:
        json.dump({'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'components': components}, file)


# ---- the order of versions, all asked at once


class Order:
    def __init__(self):
        self.wanted, self.known = {}, {}

    def ask(self, kind, a, b):
        """-1, 0, 1, or None: the first pass gathers, the second answers."""
        return self.known.get((kind, a, b), self.wanted.setdefault((kind, a, b)))

    def fill(self):
        keys = [k for k in self.wanted if not any(c in "".join(k) for c in "\t\n")]
        lines = ''.join('\t'.join(k) + '\n' for k in keys)
        out = subprocess.run([os.environ['PSIRTTY'], 'compare', '-'], input=lines, capture_output=True, text=True).stdout
        for key, line in zip(keys, out.splitlines()):
            self.known[key] = {'<': -1, '=': 0, '>': 1}.get(line.split('\t')[0])


def in_events(order, kind, version, events):
    """OSV, "Evaluation": the last event that is not behind the version decides."""
    state = False
    signs = [(what, 1 if at == '0' else order.ask(kind, version, at)) for event in events for what, at in event.items()]
    if None in [sign for what, sign in signs]:
        return None
    for what, sign in signs:
        if what == 'introduced' and sign >= 0:
            state = True
        if what == 'fixed' and sign >= 0:
            state = False
        if what == 'last_affected' and sign > 0:
            state = False
    return state


def osv_answer(order, kind, version, affected):
    if version in affected.get('versions', []):
        return 'affected'
    answers = [in_events(order, kind, version, r['events']) for r in affected.get('ranges', []) if r['type'] != 'GIT']
    if True in answers:
        return 'affected'
    return 'needs-a-look' if None in answers or not (answers or affected.get('versions')) else 'not-affected'


RANK = ['none', 'not-affected', 'product-only', 'needs-a-look', 'affected']


def nvd_answer(order, name, group, match):
    mine, theirs = name.split(':'), match['criteria'].split(':')
    if len(theirs) != 13 or mine[2:5] != theirs[2:5]:
        return 'none'
    version, bounds = mine[5], [k for k in match if k.startswith('version')]
    signs = {k: order.ask('generic', version, match[k]) for k in bounds}
    inside = all((k.endswith('Including') and s == 0) or (s is not None and (s > 0) == k.startswith('versionStart') and s != 0)
                 for k, s in signs.items())
    if bounds and not inside or not bounds and theirs[5] not in ('*', '-') and theirs[5] != version:
        return 'not-affected'
    if not bounds and theirs[5] == '-':
        return 'not-affected'
    if not bounds and theirs[5] == '*':
        return 'product-only'
    if any(part != '*' for part in theirs[6:]) or group:
        return 'needs-a-look'
    return 'affected'


def expected(corpora, components, order):
    """(component, record): answer, the strongest of all the record says of it."""
    answers = {}

    def note(component, record, answer):
        key = (component, record)
        if RANK.index(answer) > RANK.index(answers.get(key, 'none')):
            answers[key] = answer

    by_package, by_name = {}, {}
    for c in components:
        if 'purl' in c:
            kind, name = re.match(r'pkg:([a-z]+)/(.*)@', c['purl']).groups()
            by_package.setdefault((kind, fold(kind, name)), []).append(c)
        else:
            by_name.setdefault(tuple(c['cpe'].split(':')[3:5]), []).append(c)
    for record in osv_records(corpora):
        if record.get('withdrawn'):
            continue
        for kind, name, affected in packages(record):
            for c in by_package.get((kind, name), []):
                note(c['purl'], record['id'], osv_answer(order, kind, c['version'], affected))
    for cve in nvd_records(corpora):
        if cve.get('vulnStatus') == 'Rejected':
            continue
        for number, group, match in criteria(cve):
            for c in by_name.get(tuple(match['criteria'].split(':')[3:5]), []):
                if match['vulnerable']:
                    note(c['cpe'], cve['id'], nvd_answer(order, c['cpe'], group, match))
    return answers


def check(corpora, bill, listed):
    with open(bill) as file:
        components = json.load(file)['components']
    with open(listed) as file:
        matches = json.load(file)
    order = Order()
    expected(corpora, components, order)
    order.fill()
    want = expected(corpora, components, order)
    worth = {k: a for k, a in want.items() if RANK.index(a) > 1}
    got, silent = {}, 0
    for match in matches:
        for place in match['places']:
            for one in place['evidence']:
                name = place['purl']
                if not name:
                    name = next(c['cpe'] for c in components if 'cpe' in c and c['version'] == place['component_version']
                                and ':'.join(c['cpe'].split(':')[3:5]) == match['component'][4:])
                got[(name, one['record'])] = one['answer']
                silent += not (one['rule'] and one['source'] and (one['range'] or one['why']))
    wrong = ['%s %s: expected %s, got %s' % (k + (worth.get(k), got.get(k))) for k in sorted(set(worth) | set(got))
             if want.get(k, 'none') != got.get(k, 'none') and (k in worth or got[k] != 'not-affected')]
    for line in wrong[:20]:
        print(line)
    print('pairs %d, components %d, answers %d, affected %d, wrong %d, without evidence %d' % (
        len(want), len(components), len(worth), sum(a == 'affected' for a in worth.values()), len(wrong), silent))
    return len(wrong) + silent


if __name__ == '__main__':
    sys.exit(bool(make(*sys.argv[2:]) if sys.argv[1] == 'make' else check(*sys.argv[2:])))

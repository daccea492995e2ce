// SPDX-License-Identifier: Apache-2.0
// Judges documents by JSON schemas that are not ours. Usage:
//   PSIRTTY_SCHEMAS=folder[:folder…] PSIRTTY_CSAF_VALIDATOR=.../node_modules node schemas.mjs FORMAT FILE...
// The folders are searched for the schemas' own ids, the node_modules folder for Ajv. Exit 3: no schema of FORMAT.
// Prints a line for each fault: file, path, message.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createRequire } from 'node:module'

const file = Symbol('file')
const require = createRequire(join(process.env.PSIRTTY_CSAF_VALIDATOR, 'x.js'))
const formats = {
  cve: (schema) => /cve-?schema.*(CVE_Record_Format|CVE_JSON)|cve\.org\/cve\/record\//i.test(schema.$id ?? ''),
  osv: (schema) => /osv-schema.*schema\.json$/.test(schema.$id ?? ''),
  openvex: (schema) => /openvex.*(0\.2\.0|json_schema)/.test(schema.$id ?? ''),
  'cyclonedx-vex': (schema) => /cyclonedx\.org\/schema\/bom-1\.6\.schema\.json$/.test(schema.$id ?? ''),
}

function* schemas(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) yield* schemas(path)
    else if (name.endsWith('.json') && statSync(path).size < 4 << 20)
      try {
        const schema = JSON.parse(readFileSync(path, 'utf8'))
        if (schema?.$schema && schema.$id) yield Object.assign(schema, { [file]: name })
      } catch {}
  }
}

const [format, ...files] = process.argv.slice(2)
const found = [...new Map((process.env.PSIRTTY_SCHEMAS ?? '').split(':').filter(Boolean)
  .flatMap((folder) => [...schemas(folder)]).map((schema) => [schema.$id, schema])).values()]
const main = found.find(formats[format])
if (!main) process.exit(3)
// Debian's bundle is of 5.0, and later versions only add: what the version is called does not count.
const older = format === 'cve' && main.definitions?.dataVersion?.enum
if (older) delete main.definitions.dataVersion.enum
// What 5.1 brought is taken away before: metrics of CVSS 4.0.
const known = (record) => {
  const cna = record.containers?.cna
  if (older && cna?.metrics) cna.metrics = cna.metrics.filter((metric) => !metric.cvssV4_0)
  if (older && cna?.metrics?.length === 0) delete cna.metrics
  return record
}
const kind = main.$schema.includes('2020-12') ? 'ajv/dist/2020.js' : 'ajv'
const Ajv = require(kind).default ?? require(kind)
const ajv = new Ajv({ strict: false, allErrors: true, multipleOfPrecision: 6, validateFormats: true })
;(require('ajv-formats').default ?? require('ajv-formats'))(ajv)
ajv.addFormat('idn-email', true)
ajv.addFormat('iri-reference', true)
for (const schema of found)
  if (schema !== main && schema.$schema === main.$schema && new URL(schema.$id).host === new URL(main.$id).host)
    for (const id of new Set([schema.$id, new URL(schema[file], main.$id).href]))
      try { ajv.addSchema({ ...schema, $id: id }) } catch {}
const validate = ajv.compile(main)
for (const file of files)
  if (!validate(known(JSON.parse(readFileSync(file, 'utf8')))))
    for (const error of validate.errors.slice(0, 3)) console.log([basename(file), error.instancePath, error.message].join('\t'))

// SPDX-License-Identifier: Apache-2.0
// Judges CSAF 2.0 documents with an independent validator. Usage:
//   PSIRTTY_CSAF_VALIDATOR=.../node_modules node csaf-validate.mjs FILE...
// Prints a line for each finding: file, "mandatory" or "optional", test, path and message.
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const library = join(process.env.PSIRTTY_CSAF_VALIDATOR, '@secvisogram', 'csaf-validator-lib')
const load = (name) => import(pathToFileURL(join(library, name)).href)
const { default: validate } = await load('validate.js')
const groups = {
  mandatory: { ...(await load('schemaTests.js')), ...(await load('mandatoryTests.js')) },
  optional: await load('optionalTests.js'),
}

for (const file of process.argv.slice(2)) {
  const document = JSON.parse(readFileSync(file, 'utf8'))
  for (const [group, tests] of Object.entries(groups)) {
    const wanted = Object.values(tests).filter((test) => typeof test === 'function')
    const result = await validate(wanted, document)
    for (const test of result.tests) {
      for (const finding of [...(test.errors ?? []), ...(test.warnings ?? [])]) {
        console.log([basename(file), group, test.name, finding.instancePath, finding.message].join('\t'))
      }
    }
  }
}

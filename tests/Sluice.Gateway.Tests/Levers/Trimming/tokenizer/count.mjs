// Prints the o200k token counts of the texts in a JSON file, as a JSON array in the same order.
import { readFileSync } from 'node:fs';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

const texts = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const plain = { disallowedSpecial: new Set() };
console.log(JSON.stringify(texts.map((text) => countTokens(text, plain))));

import { beforeAll, expect, test } from 'vitest';
import type { Part } from '../src/structure/model';
import { indices, type Knowledge, load } from '../src/structure/store';
import { bytesOf, golden, makersTable } from './golden';

let knowledge: Knowledge;
beforeAll(async () => {
  knowledge = await load(bytesOf('model/structure.npz'), await makersTable());
});

test('strings are as likely as in Python', () => {
  for (const { string, as_vin, as_text, ninth } of golden('structure')) {
    const part: Part = knowledge.structure.parts[0].part;
    expect(knowledge.structure.logProb(indices(string)), string).toBeCloseTo(as_vin, 5);
    expect(knowledge.text.logProb(indices(string)), string).toBeCloseTo(as_text, 5);
    expect(part.ninth(indices(string), [0]).obeys, string).toBeCloseTo(ninth, 6);
    expect(knowledge.likeness(string), string).toBeCloseTo(as_vin - as_text, 5);
  }
});
